package loadbalancer

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

const anywhere = "0.0.0.0/0"

// securityGroup builds the balancer's own group. Its rules are resources of
// their own: inline rules and standalone ones fight over the same group.
func (l *LoadBalancer) securityGroup(ctx *pulumi.Context, name string, args Args) error {
	group, err := ec2.NewSecurityGroup(ctx, name+"-sg", &ec2.SecurityGroupArgs{
		Description: pulumi.String("Load balancer " + name),
		VpcId:       args.VPCID,
		Tags:        args.TagsFor(ctx, name),
	}, pulumi.Parent(l))
	if err != nil {
		return err
	}
	l.SecurityGroupID = group.ID().ToStringOutput()
	l.door = doorway{ctx: ctx, parent: l, name: name, common: args.Common, group: l.SecurityGroupID}
	for _, on := range args.listeners() {
		for _, who := range args.visitors() {
			if err := l.door.admit(on.port, who); err != nil {
				return err
			}
		}
	}
	return l.door.reach(args.TargetPort, args.TargetCIDR)
}

// visitor is one ingress rule's source.
type visitor struct {
	// part is the rule's part of the logical name; it must not change when
	// another visitor comes or goes.
	part, who string
	cidr      string
	list, sg  pulumi.StringInput
}

// visitors are all who may connect.
func (a Args) visitors() []visitor {
	return visitors(a.CDNPrefixList, a.CIDRs, a.Clients, !a.restricted())
}

func visitors(cdn pulumi.StringInput, cidrs []string, clients []part.Client, world bool) []visitor {
	var all []visitor
	if cdn != nil {
		all = append(all, visitor{part: "cdn", who: "the origin-facing addresses of CloudFront", list: cdn})
	}
	for _, c := range cidrs {
		all = append(all, visitor{part: slug(c), who: c, cidr: c})
	}
	for _, c := range clients {
		all = append(all, visitor{part: c.Name, who: c.Name, sg: c.SecurityGroupID})
	}
	if world {
		all = append(all, visitor{part: "world", who: "The world", cidr: anywhere})
	}
	return all
}

// slug turns a range into a part of a logical name: 10.0.0.0/16 into 10-0-0-0-16.
func slug(cidr string) string { return strings.NewReplacer(".", "-", "/", "-", ":", "-").Replace(cidr) }

// doorway is a balancer's security group, with what its rules need.
type doorway struct {
	ctx    *pulumi.Context
	parent pulumi.Resource
	name   string
	common part.Common
	group  pulumi.StringOutput
}

// admit lets a visitor connect to a port.
func (d doorway) admit(port int, who visitor) error {
	rule := &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: d.group,
		Description:     pulumi.String(fmt.Sprintf("%s may connect to port %d", who.who, port)),
		IpProtocol:      pulumi.String("tcp"),
		FromPort:        pulumi.Int(port),
		ToPort:          pulumi.Int(port),
		Tags:            d.common.TagsFor(d.ctx, d.name),
	}
	switch {
	case who.list != nil:
		rule.PrefixListId = who.list.ToStringOutput().ToStringPtrOutput()
	case who.sg != nil:
		rule.ReferencedSecurityGroupId = who.sg.ToStringOutput().ToStringPtrOutput()
	case strings.Contains(who.cidr, ":"):
		rule.CidrIpv6 = pulumi.String(who.cidr)
	default:
		rule.CidrIpv4 = pulumi.String(who.cidr)
	}
	_, err := vpc.NewSecurityGroupIngressRule(d.ctx, fmt.Sprintf("%s-from-%s-%d", d.name, who.part, port), rule,
		pulumi.Parent(d.parent))
	return err
}

// reach lets the balancer connect to its targets, and to nothing else.
func (d doorway) reach(port int, cidr string) error {
	_, err := vpc.NewSecurityGroupEgressRule(d.ctx, d.name+"-to-targets", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: d.group,
		Description:     pulumi.String(fmt.Sprintf("To targets on port %d", port)),
		IpProtocol:      pulumi.String("tcp"),
		FromPort:        pulumi.Int(port),
		ToPort:          pulumi.Int(port),
		CidrIpv4:        pulumi.String(cmp.Or(cidr, anywhere)),
		Tags:            d.common.TagsFor(d.ctx, d.name),
	}, pulumi.Parent(d.parent))
	return err
}
