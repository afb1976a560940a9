package ec2

import (
	"fmt"
	"math"
	"slices"

	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// capacityKinds is the table of capacity that is held and of where machines stand.
func capacityKinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.EC2CapacityReservation, Service: "EC2", API: "CapacityReservation", Noun: "EC2 Capacity Reservation",
			Verbs:    map[sim.Verb]string{sim.Delete: "CancelCapacityReservation"},
			IDPrefix: "cr",
			Defaults: sim.Props{
				"ebsOptimized": false, "endDateType": "unlimited", "ephemeralStorage": false, "instanceMatchCriteria": "open", "tenancy": "default",
			},
			Enums: map[string][]string{
				"endDateType": {"unlimited", "limited"}, "instanceMatchCriteria": {"open", "targeted"}, "tenancy": {"default", "dedicated"},
				"instancePlatform": {
					"Linux/UNIX", "Red Hat Enterprise Linux", "SUSE Linux", "Windows", "Windows with SQL Server",
					"Windows with SQL Server Enterprise",
					"Windows with SQL Server Standard", "Windows with SQL Server Web",
				},
			},
			ReplaceOn: []string{
				"availabilityZone", "ebsOptimized", "ephemeralStorage", "instanceMatchCriteria", "instancePlatform", "instanceType",
				"outpostArn",
				"tenancy",
			},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("ec2", "capacity-reservation/"+o.ID), "ownerId": o.Account}
			},
			Rules: sim.Many(sim.Create|sim.Update, instanceTypeExists, capacityIsThere),
		},
		{
			Token: token.EC2PlacementGroup, Service: "EC2", API: "PlacementGroup", Noun: "EC2 Placement Group",
			Name:      &sim.Name{Auto: true, Max: 255, Taken: "InvalidPlacementGroup.Duplicate"},
			Enums:     map[string][]string{"strategy": {"cluster", "partition", "spread"}, "spreadLevel": {"host", "rack"}},
			Ranges:    map[string]sim.Range{"partitionCount": {Min: 0, Max: 7}},
			ReplaceOn: []string{"name", "partitionCount", "spreadLevel", "strategy"},
			Outputs:   placementOutputs,
			Rules:     sim.Many(sim.Create, partitionsFit),
			Quota:     &sim.Quota{Key: "ec2.placement-groups", Default: 500, Code: "PlacementGroupLimitExceeded"},
		},
	}
}

// capacityIsThere refuses a zone or a number that cannot be. AWS also counts
// reservations against the account's vCPUs; how many those are differs between
// accounts, so there is a limit only where the state file sets one.
func capacityIsThere(o *sim.Op) error {
	zone, n := o.In.Str("availabilityZone"), o.In.Int("instanceCount")
	switch {
	case !slices.Contains(place.ZonesOf(o.Region), zone):
		return sim.Refuse("InvalidParameterValue", fmt.Sprintf("Invalid availability zone: %s", zone),
			"Name one of "+fmt.Sprint(place.ZonesOf(o.Region))+".")
	case n < 1:
		return sim.Refuse("InvalidParameterValue", fmt.Sprintf("Instance count must be positive, got %d", n),
			"Give instanceCount.")
	}
	held := n
	for _, other := range o.Others() {
		held += other.Props.Int("instanceCount")
	}
	if limit := o.Quota("ec2.reserved-instances", math.MaxInt); held > limit {
		return sim.Refuse("InstanceLimitExceeded",
			fmt.Sprintf("You have requested more capacity (%d instances) than your limit of %d", held, limit),
			"Ask for a higher quota of running on-demand instances.")
	}
	return nil
}

func placementOutputs(o *sim.Op) sim.Props {
	out := sim.Props{"arn": o.ARN("ec2", "placement-group/"+o.NameOf()), "placementGroupId": o.HexID("pg"),
		"partitionCount": 0, "spreadLevel": ""}
	switch o.In.Str("strategy") {
	case "partition":
		out["partitionCount"] = 2
	case "spread":
		out["spreadLevel"] = "rack"
	}
	return out
}

func partitionsFit(o *sim.Op) error {
	if o.In.Int("partitionCount") == 0 || o.In.Str("strategy") == "partition" {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination", "PartitionCount can only be used with the strategy partition",
		"Take partitionCount away.")
}
