package elb

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/aws/ec2"
	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/s3"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func notInternalName(in sim.Props) []sim.Failure {
	if !strings.HasPrefix(in.Str("name"), "internal-") {
		return nil
	}
	return check.Wrong("name", "cannot begin with \"internal-\"")
}

func application(in sim.Props) bool { return in.Str("loadBalancerType") == "application" }

// twoZones wants subnets in two availability zones, and one for each zone.
func twoZones(o *sim.Op) error {
	ids := balancerSubnets(o.In)
	zones := map[string]string{}
	for _, id := range ids {
		zone := place.ZoneOfSubnet(o, id)
		if other := zones[zone]; other != "" && other != id {
			return sim.Refuse(elbConfig, "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
				fmt.Sprintf("Both %s and %s are in %s: give one subnet for each zone.", other, id, zone))
		}
		zones[zone] = id
	}
	if len(zones) < 2 && application(o.In) {
		return sim.Refuse(elbInvalid, "At least two subnets in two different Availability Zones must be specified",
			"Give subnets in two zones or more.")
	}
	return nil
}

func subnetsOfOneVPC(o *sim.Op) error {
	if _, err := place.OneVPC(o, balancerSubnets(o.In)); err != nil {
		return sim.Refuse(elbConfig, "All subnets must belong to the same VPC", check.Sentence(err.Error())+".")
	}
	return nil
}

// reachable wants an internet gateway in the VPC of a load balancer that faces
// the internet. AWS does not look at the subnets' routes: one without a route
// to the gateway is taken, and does not answer.
func reachable(o *sim.Op) error {
	vpc := balancerVPC(o)
	if o.In.Bool("internal") || vpc == "" || ec2.GatewayAttached(o, vpc) {
		return nil
	}
	return sim.Refuse("InvalidSubnet", fmt.Sprintf("VPC %s has no internet gateway", vpc),
		"Attach an internet gateway to the VPC first and depend on it, or set internal to true.")
}

func groupsOfItsVPC(o *sim.Op) error {
	vpc := balancerVPC(o)
	for _, id := range o.In.Strs("securityGroups") {
		group, ok := o.Find(token.EC2SecurityGroup, id)
		if ok && vpc != "" && group.Str("vpcId") != vpc {
			return sim.Refuse(elbConfig, "One or more security groups are invalid",
				fmt.Sprintf("%s belongs to %s, the load balancer to %s.", id, group.Str("vpcId"), vpc))
		}
	}
	return nil
}

// logDelivery is the service that writes access logs.
const logDelivery = "logdelivery.elasticloadbalancing.amazonaws.com"

// logsArrive wants a bucket that lets the service write: AWS tries it.
func logsArrive(property string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		logs := o.In.Map(property)
		if !logs.Bool("enabled") {
			return nil
		}
		bucket := logs.Str("bucket")
		denied := func(hint string) error {
			return sim.Refuse(elbConfig, fmt.Sprintf("Access Denied for bucket: %s. Please check S3bucket permission", bucket),
				hint)
		}
		if found, ok := s3.Named(o, bucket); !ok || found.Region != o.Region {
			return denied(fmt.Sprintf("There is no such bucket in %s, and the bucket must be in the load balancer's region.",
				o.Region))
		}
		if s3.UsesKMS(o, bucket) {
			return denied("Access logs need a bucket with AES256 encryption; a KMS key is not supported.")
		}
		if !s3.Allows(o, bucket, logDelivery, logs.Str("prefix")) {
			return denied(fmt.Sprintf("Let the service %s put objects below %s in the bucket's policy, and depend on that "+
				"policy.",
				logDelivery, strings.TrimPrefix(logs.Str("prefix")+"/AWSLogs/"+o.Account, "/")))
		}
		return nil
	}
}

func deletionAllowed(o *sim.Op) error {
	if !o.In.Bool("enableDeletionProtection") {
		return nil
	}
	return sim.Refuse("OperationNotPermitted",
		fmt.Sprintf("Load balancer '%s' cannot be deleted because deletion protection is enabled", o.ID),
		"Set enableDeletionProtection to false in one update, then delete.")
}
