package demands

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/aws/ec2"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// What the internet is to reach in a network needs the network's internet gateway.

// publicNeedsGateway: a database that the internet is to reach (RDS user guide,
// "Troubleshooting", and the message itself).
func publicNeedsGateway(o *sim.Op) error {
	name := o.In.Str("dbSubnetGroupName")
	if o.Kind.Token == token.RDSClusterInstance {
		cluster, _ := o.Find(token.RDSCluster, o.In.Str("clusterIdentifier"))
		name = cluster.Str("dbSubnetGroupName")
	}
	group, _ := o.Find(token.RDSSubnetGroup, name)
	vpc := group.Str("vpcId")
	if !o.In.Bool("publiclyAccessible") || vpc == "" || ec2.GatewayAttached(o, vpc) {
		return nil
	}
	return sim.Refuse("InvalidVPCNetworkStateFault",
		"Cannot create a publicly accessible DBInstance. The specified VPC has no internet gateway attached.",
		"Set publiclyAccessible to false; or attach an internet gateway to "+vpc+" first, and depend on it.")
}

// acceleratedNetworkIsOpen: Global Accelerator brings traffic of the internet to load
// balancers, internal ones among them, so that their network must have a gateway
// (developer guide, "Secure VPC connections"). The code is not verified.
func acceleratedNetworkIsOpen(o *sim.Op) error {
	for _, id := range o.In.Strs("endpointConfigurations.endpointId") {
		if vpc := closedNetworkOf(o, id); vpc != "" {
			return sim.Refuse("InvalidArgumentException",
				fmt.Sprintf("The VPC %s of the endpoint %s has no internet gateway", vpc, id),
				"Attach an internet gateway to it first, and let the endpoint group depend on it.")
		}
	}
	return nil
}

// originNetworkIsOpen: CloudFront reaches a VPC origin where the network has an internet
// gateway, which no traffic passes (developer guide, "Restrict access with VPC
// origins"). The code is not verified.
func originNetworkIsOpen(o *sim.Op) error {
	vpc := closedNetworkOf(o, o.In.Str("vpcOriginEndpointConfig.arn"))
	if vpc == "" {
		return nil
	}
	return sim.Refuse("InvalidArgument", fmt.Sprintf("The VPC %s of the origin has no internet gateway", vpc),
		"Attach an internet gateway to it first, and let the origin depend on it.")
}

// closedNetworkOf is the VPC of a load balancer or of a machine by its ARN, in any
// region, where the VPC has no internet gateway; empty otherwise.
func closedNetworkOf(o *sim.Op, arn string) string {
	subnets := []string{}
	if balancer, ok := refer.Anywhere(o, token.LBLoadBalancer, arn); ok {
		subnets = balancer.Props.Strs("subnets")
	}
	if at := strings.LastIndex(arn, ":instance/"); at >= 0 {
		instance, _ := refer.Anywhere(o, token.EC2Instance, arn[at+len(":instance/"):])
		subnets = []string{instance.Props.Str("subnetId")}
	}
	for _, id := range subnets {
		subnet, ok := refer.Anywhere(o, token.EC2Subnet, id)
		vpc := subnet.Props.Str("vpcId")
		if _, open := refer.AnywhereBy(o, token.EC2InternetGateway, "vpcId", vpc); ok && !open {
			return vpc
		}
	}
	return ""
}
