package server

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
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
	group, err := ec2.NewSecurityGroup(b.ctx, b.name, &ec2.SecurityGroupArgs{
		Description: pulumi.String("the single server"), // cannot be changed: another text replaces the group
		VpcId:       b.args.VPCID.ToStringOutput(),
		Tags:        b.tags(b.name),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the security group: %w", err)
	}
	b.server.SecurityGroupID = group.ID().ToStringOutput()
	for _, open := range []func() error{b.openOut, b.openWorld, b.openCDN, b.openClients} {
		if err := open(); err != nil {
			return err
		}
	}
	return nil
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

func (b *builder) openCDN() error {
	if b.args.CDNPrefixList != nil {
		err := b.allow("cdn", httpPort, &vpc.SecurityGroupIngressRuleArgs{
			Description:  pulumi.String("the CDN"),
			PrefixListId: b.args.CDNPrefixList.ToStringOutput(),
		})
		if err != nil {
			return err
		}
	}
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

// AdmitBalancer lets a load balancer ask the app itself, past the redirected
// port: the server's part in a handover. It comes after New because the
// balancer names the server as its target.
func (s *Server) AdmitBalancer(ctx *pulumi.Context, name string, c part.Common, group pulumi.StringInput) error {
	_, err := vpc.NewSecurityGroupIngressRule(ctx, name+"-from-balancer", &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId:           s.SecurityGroupID,
		ReferencedSecurityGroupId: group.ToStringOutput(),
		Description:               pulumi.String("the load balancer in the handover"),
		IpProtocol:                pulumi.String("tcp"),
		FromPort:                  pulumi.Int(contract.Port),
		ToPort:                    pulumi.Int(contract.Port),
		Tags:                      c.TagsFor(ctx, name),
	}, pulumi.Parent(s))
	if err != nil {
		return fmt.Errorf("let the load balancer reach the server: %w", err)
	}
	return nil
}

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

// allow opens one TCP port to whom rule names.
func (b *builder) allow(name string, port int, rule *vpc.SecurityGroupIngressRuleArgs,
	opts ...pulumi.ResourceOption) error {
	name = b.name + "-from-" + name
	rule.SecurityGroupId = b.server.SecurityGroupID
	rule.IpProtocol = pulumi.String("tcp")
	rule.FromPort, rule.ToPort = pulumi.Int(port), pulumi.Int(port)
	rule.Tags = b.tags(name)
	if _, err := vpc.NewSecurityGroupIngressRule(b.ctx, name, rule, append(opts, b.child())...); err != nil {
		return fmt.Errorf("open port %d: %w", port, err)
	}
	return nil
}
