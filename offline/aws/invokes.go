package aws

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/acm"
	"github.com/rung-dev/rung/offline/aws/cloudfront"
	"github.com/rung-dev/rung/offline/aws/ec2"
	"github.com/rung-dev/rung/offline/aws/ecr"
	"github.com/rung-dev/rung/offline/aws/eks"
	"github.com/rung-dev/rung/offline/aws/elb"
	"github.com/rung-dev/rung/offline/aws/iam"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/kms"
	"github.com/rung-dev/rung/offline/aws/route53"
	"github.com/rung-dev/rung/offline/aws/s3"
	"github.com/rung-dev/rung/offline/aws/secretsmanager"
	"github.com/rung-dev/rung/offline/aws/ssm"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// invokes are the functions that programs call, by token.
func invokes() map[string]sim.Invoke {
	all := map[string]sim.Invoke{
		token.AWSGetAvailabilityZones: availabilityZones,
		token.AWSGetCallerIdentity:    callerIdentity,
		token.AWSGetRegion:            getRegion,
		token.AWSGetPartition:         partition,
	}
	for _, more := range []map[string]sim.Invoke{ec2.Invokes(), ssm.Invokes(), iam.Invokes(), elb.Invokes(),
		cloudfront.Invokes(), route53.Invokes(), ecr.Invokes(), eks.Invokes(), secretsmanager.Invokes(), acm.Invokes(),
		kms.Invokes(), s3.Invokes()} {
		maps.Copy(all, more)
	}
	return all
}

func availabilityZones(o *sim.Op) (sim.Props, error) {
	var names, ids []string
	for _, zone := range place.ZonesOf(o.Region) {
		excluded := slices.Contains(o.In.Strs("excludeNames"), zone) ||
			slices.Contains(o.In.Strs("excludeZoneIds"), place.ZoneID(zone))
		if !excluded && o.In.Str("state") != "unavailable" {
			names, ids = append(names, zone), append(ids, place.ZoneID(zone))
		}
	}
	out := o.In.Copy()
	out["id"], out["names"], out["zoneIds"] = o.Region, sim.List(names...), sim.List(ids...)
	out["groupNames"] = sim.List(o.Region)
	return out, nil
}

func callerIdentity(o *sim.Op) (sim.Props, error) {
	return sim.Props{
		"accountId": o.Account, "id": o.Account, "userId": "AIDAIOSFODNN7EXAMPLE",
		"arn": o.GlobalARN("iam", "user/offline"),
	}, nil
}

func getRegion(o *sim.Op) (sim.Props, error) {
	name := cmp.Or(o.In.Str("name"), o.Region)
	if endpoint := o.In.Str("endpoint"); endpoint != "" {
		name = strings.TrimSuffix(strings.TrimPrefix(endpoint, "ec2."), ".amazonaws.com")
	}
	if place.ZonesOf(name) == nil {
		return nil, fmt.Errorf("no matching regions found for %q, want one of %s", name, strings.Join(place.Regions(), ", "))
	}
	return sim.Props{"id": name, "name": name, "endpoint": "ec2." + name + ".amazonaws.com", "description": name}, nil
}

func partition(o *sim.Op) (sim.Props, error) {
	return sim.Props{"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com",
		"reverseDnsPrefix": "com.amazonaws"}, nil
}
