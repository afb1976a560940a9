package loadbalancer

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
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
	for _, on := range args.listeners() {
		for _, who := range args.visitors() {
			if err := l.admit(ctx, name, args, on, who); err != nil {
				return err
			}
		}
	}
	return l.reachTargets(ctx, name, args)
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
	var all []visitor
	if a.CDNPrefixList != nil {
		all = append(all, visitor{part: "cdn", who: "the origin-facing addresses of CloudFront", list: a.CDNPrefixList})
	}
	for _, c := range a.CIDRs {
		all = append(all, visitor{part: slug(c), who: c, cidr: c})
	}
	for _, c := range a.Clients {
		all = append(all, visitor{part: c.Name, who: c.Name, sg: c.SecurityGroupID})
	}
	if !a.restricted() {
		all = append(all, visitor{part: "world", who: "The world", cidr: anywhere})
	}
	return all
}

// slug turns a range into a part of a logical name: 10.0.0.0/16 into 10-0-0-0-16.
func slug(cidr string) string { return strings.NewReplacer(".", "-", "/", "-", ":", "-").Replace(cidr) }

func (l *LoadBalancer) admit(ctx *pulumi.Context, name string, args Args, on listener, who visitor) error {
	rule := &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: l.SecurityGroupID,
		Description:     pulumi.String(fmt.Sprintf("%s may connect to port %d", who.who, on.port)),
		IpProtocol:      pulumi.String("tcp"),
		FromPort:        pulumi.Int(on.port),
		ToPort:          pulumi.Int(on.port),
		Tags:            args.TagsFor(ctx, name),
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
	_, err := vpc.NewSecurityGroupIngressRule(ctx, fmt.Sprintf("%s-from-%s-%d", name, who.part, on.port), rule,
		pulumi.Parent(l))
	return err
}

// reachTargets lets the balancer connect to its targets and nothing else.
func (l *LoadBalancer) reachTargets(ctx *pulumi.Context, name string, args Args) error {
	_, err := vpc.NewSecurityGroupEgressRule(ctx, name+"-to-targets", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: l.SecurityGroupID,
		Description:     pulumi.String(fmt.Sprintf("To targets on port %d", args.TargetPort)),
		IpProtocol:      pulumi.String("tcp"),
		FromPort:        pulumi.Int(args.TargetPort),
		ToPort:          pulumi.Int(args.TargetPort),
		CidrIpv4:        pulumi.String(cmp.Or(args.TargetCIDR, anywhere)),
		Tags:            args.TagsFor(ctx, name),
	}, pulumi.Parent(l))
	return err
}
