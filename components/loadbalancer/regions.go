package loadbalancer

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Certificate is a further certificate of a balancer, for a name that it
// shares with the balancers of other regions.
type Certificate struct {
	// Name is its part of logical names, "cells" say.
	Name string
	// ARN is the certificate, in the balancer's region.
	ARN pulumi.StringInput
}

// healthPriority comes after every rule that asks for the origin's secret.
const healthPriority = rulePriority + 1

// checkRegions is about what a balancer needs beside those of other regions.
func (a Args) checkRegions() error {
	var errs []error
	if len(a.Certificates) > 0 && a.CertificateARN == nil {
		errs = append(errs, errors.New("Certificates: need a CertificateARN, which a listener has first"))
	}
	seen := map[string]bool{}
	for i, c := range a.Certificates {
		if c.Name == "" || c.ARN == nil || seen[c.Name] {
			errs = append(errs, fmt.Errorf("Certificates[%d]: got name %q, want a name of its own and an ARN", i, c.Name))
		}
		seen[c.Name] = true
	}
	if a.HealthCheckers != nil && !a.restricted() {
		errs = append(errs, errors.New("HealthCheckers: the balancer is open to the world already; leave them out"))
	}
	return errors.Join(errs...)
}

// certify adds the further certificates to the listener that serves.
func (l *LoadBalancer) certify(ctx *pulumi.Context, name string, args Args) error {
	for _, c := range args.Certificates {
		made, err := lb.NewListenerCertificate(ctx, name+"-certificate-"+c.Name, &lb.ListenerCertificateArgs{
			ListenerArn: l.ListenerARN, CertificateArn: c.ARN.ToStringOutput(),
		}, pulumi.Parent(l))
		if err != nil {
			return fmt.Errorf("add certificate %s: %w", c.Name, err)
		}
		l.Doors = append(l.Doors, made)
	}
	return nil
}

// healthGroup opens the port that serves to Route 53's health checkers. It is a
// group of its own, because CloudFront's list leaves no room in the first.
func (l *LoadBalancer) healthGroup(ctx *pulumi.Context, name string, args Args) error {
	l.groups = pulumi.StringArray{l.SecurityGroupID}
	if args.HealthCheckers == nil {
		return nil
	}
	group, err := ec2.NewSecurityGroup(ctx, name+"-health-sg", &ec2.SecurityGroupArgs{
		Description: pulumi.String("Health checks of load balancer " + name),
		VpcId:       args.VPCID,
		Tags:        args.TagsFor(ctx, name),
	}, pulumi.Parent(l))
	if err != nil {
		return err
	}
	l.groups = append(l.groups, group.ID())
	_, err = vpc.NewSecurityGroupIngressRule(ctx, name+"-from-health-checkers", &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group.ID(),
		Description:     pulumi.String(fmt.Sprintf("The health checkers of Route 53 may connect to port %d", l.Port)),
		PrefixListId:    args.HealthCheckers.ToStringOutput().ToStringPtrOutput(),
		IpProtocol:      pulumi.String("tcp"),
		FromPort:        pulumi.Int(l.Port),
		ToPort:          pulumi.Int(l.Port),
		Tags:            args.TagsFor(ctx, name),
	}, pulumi.Parent(l))
	return err
}

// answerHealth lets those who cannot carry the origin's secret ask whether the
// targets can serve, and nothing else.
func (l *LoadBalancer) answerHealth(ctx *pulumi.Context, name string, args Args) error {
	if args.HealthCheckers == nil || args.OriginSecret == nil {
		return nil
	}
	_, err := lb.NewListenerRule(ctx, name+"-health", &lb.ListenerRuleArgs{
		ListenerArn: l.ListenerARN,
		Priority:    pulumi.Int(healthPriority),
		Conditions: lb.ListenerRuleConditionArray{lb.ListenerRuleConditionArgs{
			PathPattern: &lb.ListenerRuleConditionPathPatternArgs{Values: pulumi.ToStringArray([]string{pathOf(args.StatusPath)})},
		}},
		Actions: lb.ListenerRuleActionArray{l.serve(args)},
		Tags:    args.TagsFor(ctx, name),
	}, pulumi.Parent(l))
	return err
}
