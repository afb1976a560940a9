// Package door builds the security group of a data store: one port, open to
// named clients and to nobody else.
//
// Rules are resources of their own from the first day, because inline rules
// and standalone rules of one group delete each other. The group has no
// egress rule unless the store copies from another one: it answers, and never calls. Groups and rules are
// free. A range of addresses is let in only where it is private and no wider
// than a network, for the clients of another region: AWS knows no group there.
package door

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Door is one TCP port and who may come in.
type Door struct {
	// VPCID is the network of the store.
	VPCID pulumi.StringInput
	// What is the store in a word, "database" say; it stands in descriptions,
	// which AWS never lets anybody change, so it must stay as it is.
	What string
	// Words follow a client's name in its rule's description. Empty means "to the
	// What".
	Words string
	// Port is the TCP port.
	Port int
	// Clients are the groups that may connect. None closes the port.
	Clients []part.Client
}

// Opened is a door that stands: the store's group, and what a further rule of it
// needs, so that whoever admits a client names the client only.
type Opened struct {
	// SecurityGroupID is the store's group.
	SecurityGroupID pulumi.StringOutput

	ctx    *pulumi.Context
	parent pulumi.Resource
	name   string
	common part.Common
	door   Door
}

// New creates the group "<name>-sg" and one rule "<name>-from-<client>" for
// each client as children of parent.
func New(ctx *pulumi.Context, parent pulumi.Resource, name string, c part.Common, d Door) (*Opened, error) {
	sg, err := ec2.NewSecurityGroup(ctx, name+"-sg", &ec2.SecurityGroupArgs{
		VpcId:       d.VPCID.ToStringOutput(),
		Description: pulumi.String("Who may connect to the " + d.What),
		Tags:        c.TagsFor(ctx, name, part.Named(name)),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("create the security group: %w", err)
	}
	o := At(ctx, sg.ID().ToStringOutput(), parent, name, c, d)
	for _, client := range d.Clients {
		if err := o.open(client); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// At is a door whose group stands already, for rules that are parent's own.
func At(ctx *pulumi.Context, group pulumi.StringOutput, parent pulumi.Resource, name string, c part.Common,
	d Door) *Opened {
	return &Opened{SecurityGroupID: group, ctx: ctx, parent: parent, name: name, common: c, door: d}
}

// Admit lets one more client in after the group was made: for a client that
// must know the store before it exists itself.
func (o *Opened) Admit(client part.Client) error {
	if errs := Check([]part.Client{client}); len(errs) > 0 {
		return fmt.Errorf("admit a client of the %s: %w", o.door.What, errors.Join(errs...))
	}
	return o.open(client)
}

// AdmitRange lets the clients of another region in by their addresses, over a
// peering or a transit gateway. The rule is "<name>-from-range-<range>". It
// refuses what is not private, and what is wider than one network.
func (o *Opened) AdmitRange(from part.Range) error {
	if err := checkRange(from); err != nil {
		return fmt.Errorf("admit a range to the %s: %w", o.door.What, err)
	}
	return o.rule("range-"+from.Name, &vpc.SecurityGroupIngressRuleArgs{
		CidrIpv4:    pulumi.String(from.CIDR),
		Description: pulumi.String(fmt.Sprintf("clients in %s to the %s", from.Name, o.door.What)),
	})
}

// widestBits is the prefix of a whole network, the widest range to be let in.
const widestBits = 16

func checkRange(r part.Range) error {
	if r.Name == "" {
		return errors.New("Name: required")
	}
	p, err := netip.ParsePrefix(r.CIDR)
	if err != nil || !p.Addr().Is4() || !p.Addr().IsPrivate() || p != p.Masked() || p.Bits() < widestBits {
		return fmt.Errorf("CIDR of %s: got %q, want a private IPv4 range of /%d or narrower, such as 10.4.64.0/18", r.Name,
			r.CIDR, widestBits)
	}
	return nil
}

func (o *Opened) open(client part.Client) error {
	return o.rule(client.Name, &vpc.SecurityGroupIngressRuleArgs{
		ReferencedSecurityGroupId: client.SecurityGroupID,
		Description:               pulumi.String(client.Name + " " + cmp.Or(o.door.Words, "to the "+o.door.What)),
	})
}

// rule opens the port to whom from names; it is "<name>-from-<who>".
func (o *Opened) rule(who string, from *vpc.SecurityGroupIngressRuleArgs) error {
	name, port := o.name+"-from-"+who, pulumi.Int(o.door.Port)
	from.SecurityGroupId, from.IpProtocol, from.FromPort, from.ToPort = o.SecurityGroupID, pulumi.String("tcp"), port, port
	from.Tags = o.common.TagsFor(o.ctx, o.name)
	if _, err := vpc.NewSecurityGroupIngressRule(o.ctx, name, from, pulumi.Parent(o.parent)); err != nil {
		return fmt.Errorf("open port %d by %s: %w", o.door.Port, name, err)
	}
	return nil
}

// Reach lets the store connect to the same port of another one, to copy from
// it. It is the one way out: without it the store reaches nothing.
func (o *Opened) Reach(source part.Client) error {
	_, err := vpc.NewSecurityGroupEgressRule(o.ctx, o.name+"-to-"+source.Name, &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId:           o.SecurityGroupID,
		ReferencedSecurityGroupId: source.SecurityGroupID.ToStringOutput(),
		Description:               pulumi.String("copy from the " + source.Name),
		IpProtocol:                pulumi.String("tcp"),
		FromPort:                  pulumi.Int(o.door.Port),
		ToPort:                    pulumi.Int(o.door.Port),
		Tags:                      o.common.TagsFor(o.ctx, o.name),
	}, pulumi.Parent(o.parent))
	if err != nil {
		return fmt.Errorf("let the %s reach the %s: %w", o.door.What, source.Name, err)
	}
	return nil
}

// Check reports every client that cannot become a rule: without a name or a
// group, or with a name that stands twice.
func Check(clients []part.Client) []error {
	var errs []error
	seen := map[string]bool{}
	for i, c := range clients {
		switch {
		case c.Name == "":
			errs = append(errs, fmt.Errorf("Clients[%d].Name: required", i))
		case seen[c.Name]:
			errs = append(errs, fmt.Errorf("Clients[%d].Name: %q stands twice, want each client once", i, c.Name))
		}
		if c.SecurityGroupID == nil {
			errs = append(errs, fmt.Errorf("Clients[%d].SecurityGroupID: required (client %q)", i, c.Name))
		}
		seen[c.Name] = true
	}
	return errs
}

// Zones are the availability zones of the subnets, each once, in order.
func Zones(subnets []part.Subnet) []string {
	var zones []string
	seen := map[string]bool{}
	for _, s := range subnets {
		if !seen[s.Zone] {
			seen[s.Zone] = true
			zones = append(zones, s.Zone)
		}
	}
	return zones
}
