// Package capacity holds machines ready for a fleet's baseline: capacity
// reservations in each zone, and a placement group that keeps machines on
// different racks.
//
// A system needs it when the loss of a zone would have everybody ask for
// machines in the others at once: stage 6. A reservation guarantees that the
// machines are there; it makes none cheaper, and costs as much as the machines,
// whether they run or not. Machines that run in it are not paid again, and
// reserved instances and savings plans make reserved capacity as much cheaper
// as running machines. The placement group costs nothing.
//
// Reservations are open: any machine of the type and zone that fits uses them,
// so that a fleet needs no change. The group has partitions: up to seven in a
// zone, each with racks of its own, and any number of machines in each. The
// strategy spread would end at seven machines in a zone, which no fleet that
// scales can bear.
//
// The package refuses capacity for fewer machines than there are zones: a zone
// without any is the one that fails over to nothing.
package capacity

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It stands in every stack's state: never change it.
const Token = "rung:components:Capacity"

var _ pulumi.ComponentResource = (*Capacity)(nil)

// MaxPartitions is how many partitions a group has in a zone.
// Source: Amazon EC2 user guide, "Placement strategies for your placement groups".
const MaxPartitions = 7

// platform is that of Amazon Linux.
const platform = "Linux/UNIX"

// Args describe what is held. The zero value holds nothing.
type Args struct {
	part.Common
	// InstanceType is the type that is reserved: the fleet's first, which
	// prioritized allocation takes. Required with Instances.
	InstanceType string
	// Zones are the zones of the fleet's subnets. Required with Instances.
	Zones []string
	// Instances is how many machines are reserved over all zones, at least one
	// in each. Zero reserves none. More or fewer is an update; another type is
	// another reservation, made before the old one goes.
	Instances int
	// Partitions is the number of partitions of the placement group in each
	// zone, 2 to MaxPartitions. Zero makes no group. Another number is another
	// group.
	Partitions int
}

var (
	typeForm = regexp.MustCompile(`^[a-z][a-z0-9-]*\.[a-z0-9-]+$`)
	zoneForm = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d[a-z]$`)
)

func (a Args) validate() error {
	var errs []error
	if a.Instances != 0 && !typeForm.MatchString(a.InstanceType) {
		errs = append(errs, fmt.Errorf("InstanceType: got %q, want a type such as m7g.large", a.InstanceType))
	}
	if a.Instances != 0 && len(a.Zones) == 0 {
		errs = append(errs, errors.New("Zones: required with Instances"))
	}
	for i, z := range a.Zones {
		if !zoneForm.MatchString(z) || slices.Contains(a.Zones[:i], z) {
			errs = append(errs, fmt.Errorf("Zones[%d]: got %q, want a zone such as us-east-1a, once", i, z))
		}
	}
	if a.Instances < 0 || a.Instances > 0 && a.Instances < len(a.Zones) {
		errs = append(errs, fmt.Errorf("Instances: got %d, want none or at least one in each of the %d zones", a.Instances,
			len(a.Zones)))
	}
	if a.Partitions != 0 && (a.Partitions < 2 || a.Partitions > MaxPartitions) {
		errs = append(errs, fmt.Errorf("Partitions: got %d, want 2 to %d, or 0 for no group", a.Partitions, MaxPartitions))
	}
	return errors.Join(errs...)
}

// shares divides machines over zones as evenly as they go, the first zones
// having one more.
func shares(instances, zones int) []int {
	list := make([]int, zones)
	for i := range list {
		list[i] = instances / zones
		if i < instances%zones {
			list[i]++
		}
	}
	return list
}

// Capacity is what is held for a fleet.
type Capacity struct {
	pulumi.ResourceState
	// PlacementGroup is the name of the placement group; nil without one.
	PlacementGroup pulumi.StringInput
}

// New reserves the capacity. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Capacity, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("capacity %s: %w", name, err)
	}
	c := &Capacity{}
	if err := ctx.RegisterComponentResource(Token, name, c, opts...); err != nil {
		return nil, fmt.Errorf("register capacity %s: %w", name, err)
	}
	for _, step := range []func(*pulumi.Context, string, Args) error{c.reserve, c.place} {
		if err := step(ctx, name, args); err != nil {
			return nil, fmt.Errorf("capacity %s: %w", name, err)
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}

// reserve makes one reservation in each zone, named for the zone's letter, so
// that a further zone changes none that is there.
func (c *Capacity) reserve(ctx *pulumi.Context, name string, args Args) error {
	if args.Instances == 0 {
		return nil
	}
	for i, n := range shares(args.Instances, len(args.Zones)) {
		zone := args.Zones[i]
		letter := zone[len(zone)-1:]
		made, err := ec2.NewCapacityReservation(ctx, name+"-"+letter, &ec2.CapacityReservationArgs{
			AvailabilityZone:      pulumi.String(zone),
			InstanceType:          pulumi.String(args.InstanceType),
			InstancePlatform:      pulumi.String(platform),
			InstanceCount:         pulumi.Int(n),
			InstanceMatchCriteria: pulumi.String("open"),
			EndDateType:           pulumi.String("unlimited"),
			Tags:                  args.TagsFor(ctx, name, part.Named(name+"-"+letter)),
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("reserve capacity in %s: %w", zone, err)
		}
		if err := c.watch(ctx, name, letter, args, made.ID().ToStringOutput()); err != nil {
			return err
		}
	}
	return nil
}

// watch tells when capacity stands empty for a day: it is paid for all the same.
func (c *Capacity) watch(ctx *pulumi.Context, name, letter string, args Args, id pulumi.StringOutput) error {
	_, err := alarms.Create(ctx, c, name, args.Common, alarms.Alarm{
		Name: letter + "-unused", Namespace: "AWS/EC2CapacityReservations", Metric: "AvailableInstanceCount",
		Dimensions: pulumi.StringMap{"CapacityReservationId": id}, Statistic: "Minimum",
		Threshold: 0, PeriodSeconds: 3600, Periods: 24, Missing: alarms.MissingIsGood,
		Why: "Reserved capacity has stood empty for a day, and costs as much as machines that run. Reserve less, or look why the fleet runs fewer machines or other types.",
	})
	return err
}

func (c *Capacity) place(ctx *pulumi.Context, name string, args Args) error {
	if args.Partitions == 0 {
		return nil
	}
	group, err := ec2.NewPlacementGroup(ctx, name+"-placement", &ec2.PlacementGroupArgs{
		Strategy:       pulumi.String("partition"),
		PartitionCount: pulumi.Int(args.Partitions),
		Tags:           args.TagsFor(ctx, name, part.Named(name)),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the placement group: %w", err)
	}
	c.PlacementGroup = group.Name
	return nil
}
