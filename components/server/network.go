package server

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/guard"
)

// httpPort is where the world and the CDN reach the server; the kernel leads it
// to the app's own port.
const httpPort = 80

// anywhere is every IPv4 address.
const anywhere = "0.0.0.0/0"

// buildGroup makes the security group. Its rules are resources of their own:
// when the server is locked to the CDN, the CDN's rule is created first and the
// world's rule deleted last.
func (b *builder) buildGroup() error {
	group, err := b.group(b.name, "the single server")
	if err != nil {
		return fmt.Errorf("create the security group: %w", err)
	}
	b.server.SecurityGroupID = group.ID().ToStringOutput()
	b.server.door = door.At(b.ctx, b.server.SecurityGroupID, b.server, b.name, b.args.Common,
		door.Door{What: "app", Port: b.args.Program.Port, Words: "may connect to the app"})
	for _, open := range []func() error{b.openOut, b.openWorld, b.buildCDNGroup, b.openCIDRs, b.openClients} {
		if err := open(); err != nil {
			return err
		}
	}
	return nil
}

// group makes a security group without rules.
func (b *builder) group(name, description string) (*ec2.SecurityGroup, error) {
	return ec2.NewSecurityGroup(b.ctx, name, &ec2.SecurityGroupArgs{
		Description: pulumi.String(description), // cannot be changed: another text replaces the group
		VpcId:       b.args.VPCID.ToStringOutput(),
		Tags:        b.tags(name),
	}, b.child())
}

// buildCDNGroup makes the group that holds the CDN's prefix list and nothing
// else: CloudFront's counts for 55 of the 60 rules that a group may have.
//
// The instance has the group also while there is no such list in it. So the CDN
// comes and goes by a rule, made before the names move and deleted at the end of
// a run; a group would leave the instance in its midst, while users still come.
//
// A server from before this group had the rule in its own. A run makes the group,
// then the rule in it, then gives the instance the group beside its own, in place
// and at once; the engine deletes what no program names any more after all that,
// and not at all when something failed. The CDN is let in at each moment.
func (b *builder) buildCDNGroup() error {
	group, err := b.group(b.name+"-cdn", "the CDN of the single server")
	if err != nil {
		return fmt.Errorf("create the CDN's security group: %w", err)
	}
	b.cdnGroup = group.ID().ToStringOutput()
	if b.args.CDNPrefixList == nil {
		return nil
	}
	rule, err := b.allowIn(b.cdnGroup, "cdn-list", httpPort, &vpc.SecurityGroupIngressRuleArgs{
		Description:  pulumi.String("the CDN"),
		PrefixListId: b.args.CDNPrefixList.ToStringOutput(),
	})
	b.ready = append(b.ready, rule)
	return err
}

func (b *builder) openOut() error {
	out, err := vpc.NewSecurityGroupEgressRule(b.ctx, b.name+"-out", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: b.server.SecurityGroupID,
		Description:     pulumi.String("packages, S3, SSM and whatever the app calls"),
		CidrIpv4:        pulumi.String(anywhere),
		IpProtocol:      pulumi.String("-1"),
		Tags:            b.tags(b.name + "-out"),
	}, b.child())
	if err != nil {
		return fmt.Errorf("let the server out: %w", err)
	}
	b.ready = append(b.ready, out)
	return nil
}

func (b *builder) openWorld() error {
	for _, port := range b.args.Open {
		err := b.allow(fmt.Sprintf("world-%d", port), port, &vpc.SecurityGroupIngressRuleArgs{
			Description: pulumi.String("the world"),
			CidrIpv4:    pulumi.String(anywhere),
		}, b.closing()...)
		if err != nil {
			return err
		}
	}
	return nil
}

// closing are the options of a rule that admits the world.
func (b *builder) closing() []pulumi.ResourceOption {
	if b.args.BeforeClosing == nil {
		return nil
	}
	return []pulumi.ResourceOption{guard.BeforeDelete(b.args.BeforeClosing)}
}

// openCIDRs lets in the CDN that has no prefix list.
func (b *builder) openCIDRs() error {
	for i, cidr := range b.args.CIDRs {
		err := b.allow(fmt.Sprintf("cdn-%d", i), httpPort, &vpc.SecurityGroupIngressRuleArgs{
			Description: pulumi.String("the CDN"),
			CidrIpv4:    pulumi.String(cidr),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Admit lets a client ask the app itself, past the redirected port: the server's
// part in a handover. It comes after New because a balancer names the server as
// its target.
func (s *Server) Admit(client part.Client) error { return s.door.Admit(client) }

func (b *builder) openClients() error {
	for _, c := range b.args.Clients {
		err := b.allow("database-"+c.Name, DatabasePort, &vpc.SecurityGroupIngressRuleArgs{
			Description:               pulumi.String("PostgreSQL in the handover"),
			ReferencedSecurityGroupId: c.SecurityGroupID.ToStringOutput(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// allow opens one TCP port of the server's own group to whom rule names.
func (b *builder) allow(name string, port int, rule *vpc.SecurityGroupIngressRuleArgs,
	opts ...pulumi.ResourceOption) error {
	_, err := b.allowIn(b.server.SecurityGroupID, name, port, rule, opts...)
	return err
}

func (b *builder) allowIn(group pulumi.StringOutput, name string, port int, rule *vpc.SecurityGroupIngressRuleArgs,
	opts ...pulumi.ResourceOption) (*vpc.SecurityGroupIngressRule, error) {
	name = b.name + "-from-" + name
	rule.SecurityGroupId = group
	rule.IpProtocol = pulumi.String("tcp")
	rule.FromPort, rule.ToPort = pulumi.Int(port), pulumi.Int(port)
	rule.Tags = b.tags(name)
	made, err := vpc.NewSecurityGroupIngressRule(b.ctx, name, rule, append(opts, b.child())...)
	if err != nil {
		return nil, fmt.Errorf("open port %d: %w", port, err)
	}
	return made, nil
}
