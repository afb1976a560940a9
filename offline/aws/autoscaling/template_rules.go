package autoscaling

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/rung-dev/rung/offline/aws/ec2"
	"github.com/rung-dev/rung/offline/aws/internal/offer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// TemplateOf gives the launch template's block, id, name and properties, be it
// given directly or in a mixed instances policy.
func TemplateOf(o *sim.Op) (spec sim.Props, id, name string, template sim.Props) {
	spec = o.In.Map("launchTemplate")
	id, name = spec.Str("id"), spec.Str("name")
	if spec == nil {
		spec = o.In.Map("mixedInstancesPolicy.launchTemplate.launchTemplateSpecification")
		id, name = spec.Str("launchTemplateId"), spec.Str("launchTemplateName")
	}
	for _, found := range o.All(token.EC2LaunchTemplate) {
		if (id != "" && found.ID == id) || (name != "" && found.Props.Str("name") == name) {
			return spec, found.ID, found.Props.Str("name"), found.Props
		}
	}
	return spec, id, name, nil
}

const notFormed = "You must use a valid fully-formed launch template. "

// templateUsable wants a version that exists, with an image and a type that fit
// together.
func templateUsable(o *sim.Op) error {
	spec, id, _, template := TemplateOf(o)
	if template == nil {
		return nil // the reference has been checked; a launch configuration is not simulated
	}
	version := cmp.Or(spec.Str("version"), "$Default")
	if n, err := strconv.Atoi(version); version != "$Latest" && version != "$Default" &&
		(err != nil || n < 1 || n > template.Int("latestVersion")) {
		return scalingRefuse(notFormed+fmt.Sprintf("Could not find launch template version %s for %s", version, id),
			fmt.Sprintf("Use $Latest, $Default, or a number up to %d.", template.Int("latestVersion")))
	}
	if template.Str("imageId") == "" {
		return scalingRefuse(notFormed+"The request must contain the parameter ImageId",
			"Give imageId in the launch template.")
	}
	types := overrideTypes(o)
	if len(types) == 0 {
		types = []string{template.Str("instanceType")}
	}
	for _, name := range types {
		if err := typeFits(o, template, name); err != nil {
			return err
		}
	}
	return nil
}

func typeFits(o *sim.Op, template sim.Props, name string) error {
	requirements := template.Has("instanceRequirements") ||
		len(o.In.Maps("mixedInstancesPolicy.launchTemplate.overrides")) > 0
	switch {
	case name == "" && requirements:
		return nil
	case name == "":
		return scalingRefuse(notFormed+"The request must contain the parameter InstanceType",
			"Give instanceType in the launch template.")
	case offer.Architecture(name) == "":
		return scalingRefuse(notFormed+fmt.Sprintf("The following instance types do not exist: [%s]", name),
			"Choose a type that EC2 offers in "+o.Region+".")
	}
	var refusal *sim.Refusal
	if errors.As(ec2.ImageFits(o, template.Str("imageId"), name), &refusal) {
		return scalingRefuse(notFormed+refusal.Message, refusal.Hint)
	}
	return nil
}

func overrideTypes(o *sim.Op) []string {
	return o.In.Strs("mixedInstancesPolicy.launchTemplate.overrides.instanceType")
}

// mostOverrides is how many instance types one group may mix.
const mostOverrides = 40

func mixGood(o *sim.Op) error {
	policy := o.In.Map("mixedInstancesPolicy")
	if policy == nil {
		return nil
	}
	types, overrides := overrideTypes(o), policy.Maps("launchTemplate.overrides")
	weights := len(policy.Strs("launchTemplate.overrides.weightedCapacity"))
	how := policy.Map("instancesDistribution")
	sorted := slices.Sorted(slices.Values(types))
	switch {
	case len(overrides) > mostOverrides:
		return scalingRefuse(fmt.Sprintf("A mixed instances policy has at most %d overrides, got %d", mostOverrides,
			len(overrides)), "Take instance types out.")
	case len(slices.Compact(sorted)) < len(types):
		return scalingRefuse("Instance types in the overrides of a mixed instances policy must be unique",
			"Name every instance type once.")
	case weights > 0 && weights < len(overrides):
		return scalingRefuse("Weighted capacity must be specified for all instance types in overrides or for none",
			"Give weightedCapacity to all, or to none.")
	case how.Has("spotInstancePools") && how.Str("spotAllocationStrategy") != "" && how.Str("spotAllocationStrategy") != "lowest-price":
		return scalingRefuse("SpotInstancePools option is only available with the lowest-price allocation strategy",
			"Take spotInstancePools away, or set spotAllocationStrategy to lowest-price.")
	case how.Str("onDemandAllocationStrategy") == "lowest-price" && len(types) > 0:
		return scalingRefuse("The lowest-price on-demand allocation strategy needs attribute-based instance type selection",
			"Set onDemandAllocationStrategy to prioritized, or use instanceRequirements instead of instance types.")
	}
	for _, weight := range policy.Strs("launchTemplate.overrides.weightedCapacity") {
		if n, err := strconv.Atoi(weight); err != nil || n < 1 || n > 999 {
			return scalingRefuse(fmt.Sprintf("Weighted capacity %q must be a number from 1 to 999", weight),
				"Change weightedCapacity.")
		}
	}
	return nil
}
