// Package accelerator gives a system two fixed addresses that the whole world
// reaches by the nearest edge of AWS: Global Accelerator.
//
// From stage 5 on it is the choice beside names by latency. It moves users to
// another region within seconds, because no resolver keeps an address too long,
// and it carries them over AWS's network instead of the internet. It costs $18.25
// a month and, beside the usual transfer, from $0.015 for each GB.
//
// The users' own addresses are kept, so that load balancers admit whom they
// admitted before: CloudFront's addresses, or the world. Global Accelerator
// makes a security group named GlobalAccelerator in each network, and leaves it
// there: AWS lets a network go only once that group was deleted by hand.
//
// The package refuses a region twice and a port that the listener cannot
// forward. What can serve is decided by the balancers' own health checks.
package accelerator

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/globalaccelerator"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type and alarmsToken that of its alarms' parent.
// They stand in every stack's state: never change them.
const (
	Token       = "rung:components:Accelerator"
	alarmsToken = "rung:components:AcceleratorAlarms"
)

// DefaultWeight is AWS's own.
const DefaultWeight = 128

// Cell is one region's load balancer.
type Cell struct {
	// Region is the AWS region, "eu-west-1" say, and Code its short name in
	// logical names, "euw1" say. Both are required.
	Region, Code string
	// BalancerARN is the application load balancer. Required.
	BalancerARN pulumi.StringInput
	// Closed sends nobody to the region who could go to another, as for
	// maintenance. It is an update that takes effect within a minute.
	Closed bool
}

// Args describe an accelerator. Cells is required.
type Args struct {
	part.Common
	// Cells are the regions; a user goes to the nearest that is healthy.
	Cells []Cell
	// Ports are the TCP ports that it forwards to the same ports of the
	// balancers. Empty means 443.
	Ports []int
	// Sticky keeps a user's address at one balancer. False spreads connections;
	// sessions belong into the cache.
	Sticky bool
	// LogBucket is the name of the bucket that takes the flow logs. Nil keeps none.
	LogBucket pulumi.StringInput
	// USWest2 is a provider for us-west-2, where Global Accelerator's metrics
	// are, for its alarm. Nil leaves the alarm out.
	USWest2 pulumi.ProviderResource
	// USWest2Alerts is the SNS topic in us-west-2 that the alarm notifies. Nil
	// notifies nobody.
	USWest2Alerts pulumi.StringInput
}

// Accelerator is a pair of fixed addresses before several regions.
type Accelerator struct {
	pulumi.ResourceState

	// ARN is the accelerator's.
	ARN pulumi.StringOutput
	// DNSName and ZoneID are what an alias record names.
	DNSName, ZoneID pulumi.StringOutput
	// Addresses are the two fixed IPv4 addresses: what partners put on their lists.
	Addresses pulumi.StringArrayOutput
}

var _ pulumi.ComponentResource = (*Accelerator)(nil)

func (a Args) withDefaults() Args {
	if len(a.Ports) == 0 {
		a.Ports = []int{443}
	}
	return a
}

func (a Args) validate() error {
	var errs []error
	if len(a.Cells) == 0 {
		errs = append(errs, errors.New("Cells: got none, want at least one"))
	}
	seen := map[string]bool{}
	for i, c := range a.Cells {
		if c.Region == "" || c.Code == "" || seen[c.Region] || seen[c.Code] {
			errs = append(errs, fmt.Errorf("Cells[%d]: got region %q (%q), want each region once, with its code", i, c.Region,
				c.Code))
		}
		if c.BalancerARN == nil {
			errs = append(errs, fmt.Errorf("Cells[%d].BalancerARN: required", i))
		}
		seen[c.Region], seen[c.Code] = true, true
	}
	for i, p := range a.Ports {
		if p < 1 || p > 65535 || slices.Index(a.Ports, p) != i {
			errs = append(errs, fmt.Errorf("Ports[%d]: got %d, want 1 to 65535, each once", i, p))
		}
	}
	if len(a.Ports) > maxPortRanges {
		errs = append(errs, fmt.Errorf("Ports: got %d, want at most %d", len(a.Ports), maxPortRanges))
	}
	return errors.Join(errs...)
}

// maxPortRanges is how many a listener has.
const maxPortRanges = 10

// New builds the accelerator. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Accelerator, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("accelerator %s: %w", name, err)
	}
	a := &Accelerator{}
	if err := ctx.RegisterComponentResource(Token, name, a, opts...); err != nil {
		return nil, fmt.Errorf("register accelerator %s: %w", name, err)
	}
	if err := a.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("accelerator %s: %w", name, err)
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"arn": a.ARN, "dnsName": a.DNSName, "addresses": a.Addresses})
}

func (a *Accelerator) build(ctx *pulumi.Context, name string, args Args) error {
	main, err := globalaccelerator.NewAccelerator(ctx, name+"-main", &globalaccelerator.AcceleratorArgs{
		Enabled:       pulumi.Bool(true),
		IpAddressType: pulumi.String("IPV4"),
		Attributes:    args.attributes(name),
		Tags:          args.TagsFor(ctx, name, part.Named(name)),
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("create the addresses: %w", err)
	}
	a.ARN, a.DNSName, a.ZoneID = main.Arn, main.DnsName, main.HostedZoneId
	a.Addresses = main.IpSets.ApplyT(addresses).(pulumi.StringArrayOutput)
	listener, err := globalaccelerator.NewListener(ctx, name+"-listener", &globalaccelerator.ListenerArgs{
		AcceleratorArn: main.Arn,
		Protocol:       pulumi.String("TCP"),
		ClientAffinity: pulumi.String(map[bool]string{true: "SOURCE_IP", false: "NONE"}[args.Sticky]),
		PortRanges:     args.portRanges(),
	}, pulumi.Parent(a))
	if err != nil {
		return fmt.Errorf("create the listener: %w", err)
	}
	for _, c := range args.Cells {
		if err := a.serve(ctx, name, listener, c); err != nil {
			return fmt.Errorf("serve from %s: %w", c.Region, err)
		}
	}
	return a.watch(ctx, name, args)
}

func addresses(sets []globalaccelerator.AcceleratorIpSet) []string {
	var all []string
	for _, s := range sets {
		all = append(all, s.IpAddresses...)
	}
	return all
}

// attributes say where the flow logs go; stated also where there are none, so
// that turning them off is an update.
func (a Args) attributes(name string) *globalaccelerator.AcceleratorAttributesArgs {
	if a.LogBucket == nil {
		return &globalaccelerator.AcceleratorAttributesArgs{FlowLogsEnabled: pulumi.Bool(false)}
	}
	return &globalaccelerator.AcceleratorAttributesArgs{
		FlowLogsEnabled:  pulumi.Bool(true),
		FlowLogsS3Bucket: a.LogBucket.ToStringOutput(),
		FlowLogsS3Prefix: pulumi.String(name),
	}
}

func (a Args) portRanges() globalaccelerator.ListenerPortRangeArray {
	var list globalaccelerator.ListenerPortRangeArray
	for _, p := range slices.Sorted(slices.Values(a.Ports)) {
		list = append(list, globalaccelerator.ListenerPortRangeArgs{FromPort: pulumi.Int(p), ToPort: pulumi.Int(p)})
	}
	return list
}

// serve puts a region's balancer behind the addresses.
func (a *Accelerator) serve(ctx *pulumi.Context, name string, listener *globalaccelerator.Listener, c Cell) error {
	share := 100.0
	if c.Closed {
		share = 0
	}
	_, err := globalaccelerator.NewEndpointGroup(ctx, name+"-"+c.Code, &globalaccelerator.EndpointGroupArgs{
		ListenerArn:           listener.ID(),
		EndpointGroupRegion:   pulumi.String(c.Region),
		TrafficDialPercentage: pulumi.Float64(share),
		EndpointConfigurations: globalaccelerator.EndpointGroupEndpointConfigurationArray{
			globalaccelerator.EndpointGroupEndpointConfigurationArgs{
				EndpointId:                  c.BalancerARN.ToStringOutput(),
				Weight:                      pulumi.Int(DefaultWeight),
				ClientIpPreservationEnabled: pulumi.Bool(true),
			},
		},
	}, pulumi.Parent(a))
	return err
}
