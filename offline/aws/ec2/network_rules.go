package ec2

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// cidrBetween checks that a property is an IPv4 network of a size between two
// prefix lengths, written with its first address.
func cidrBetween(property string, widest, narrowest int) sim.Check {
	return func(in sim.Props) []sim.Failure {
		if !in.Known(property) {
			return nil
		}
		text := in.Str(property)
		prefix, err := netip.ParsePrefix(text)
		if err == nil && prefix.Addr().Is4() && prefix.Masked() == prefix && prefix.Bits() >= widest &&
			prefix.Bits() <= narrowest {
			return nil
		}
		return []sim.Failure{{Property: property, Reason: fmt.Sprintf(
			"%s: got %q, want an IPv4 network of /%d to /%d that starts at its first address, such as 10.0.0.0/%d",
			property, text, widest, narrowest, max(widest, 16))}}
	}
}

func natAddress(in sim.Props) []sim.Failure {
	private := in.Str("connectivityType") == "private"
	switch {
	case private && in.Has("allocationId"):
		return []sim.Failure{{Property: "allocationId",
			Reason: "allocationId is not supported with connectivityType = \"private\""}}
	case !private && in.Known("connectivityType") && !in.Has("allocationId"):
		return []sim.Failure{{Property: "allocationId",
			Reason: "allocationId is required with connectivityType = \"public\""}}
	}
	return nil
}

func flowLogDestination(in sim.Props) []sim.Failure {
	var failures []sim.Failure
	if !in.Has("logDestination") && !in.Has("logGroupName") {
		failures = append(failures,
			sim.Failure{Property: "logDestination", Reason: "one of logDestination, logGroupName must be given"})
	}
	if in.Str("logDestinationType") == "cloud-watch-logs" && !in.Has("iamRoleArn") {
		failures = append(failures,
			sim.Failure{Property: "iamRoleArn", Reason: "iamRoleArn is required to deliver to CloudWatch Logs"})
	}
	return failures
}

func inVPC(o *sim.Op) string { return o.In.Str("vpcId") }

func zoneIDInRegion(o *sim.Op) error {
	id := o.In.Str("availabilityZoneId")
	if id == "" || place.ZoneByID(o.Region, id) != "" {
		return nil
	}
	return sim.Refuse("InvalidParameterValue", fmt.Sprintf("Value (%s) for parameter availabilityZoneId is invalid", id),
		"Choose a zone of "+o.Region+".")
}

func subnetNeedsRange(o *sim.Op) error {
	if o.In.Has("cidrBlock") || o.In.Bool("ipv6Native") {
		return nil
	}
	return sim.Refuse("MissingParameter", "The request must contain the parameter cidrBlock", "Give cidrBlock.")
}

func subnetInsideVPC(o *sim.Op) error {
	vpc, _ := o.Find(token.EC2Vpc, o.In.Str("vpcId"))
	outer, err := netip.ParsePrefix(vpc.Str("cidrBlock"))
	inner, err2 := netip.ParsePrefix(o.In.Str("cidrBlock"))
	if err != nil || err2 != nil || (outer.Contains(inner.Addr()) && outer.Bits() <= inner.Bits()) {
		return nil
	}
	return sim.Refuse("InvalidSubnet.Range", fmt.Sprintf("The CIDR '%s' is invalid", inner),
		fmt.Sprintf("Choose a range inside the VPC's %s.", outer))
}

func subnetOverlaps(o *sim.Op) error {
	mine, err := netip.ParsePrefix(o.In.Str("cidrBlock"))
	if err != nil {
		return nil
	}
	for _, other := range o.Others() {
		theirs, err := netip.ParsePrefix(other.Props.Str("cidrBlock"))
		if err == nil && other.Props.Str("vpcId") == o.In.Str("vpcId") && theirs.Overlaps(mine) {
			return sim.Refuse("InvalidSubnet.Conflict", fmt.Sprintf("The CIDR '%s' conflicts with another subnet", mine),
				fmt.Sprintf("Choose a range that does not overlap %s of %s.", theirs, other.ID))
		}
	}
	return nil
}

func routeOnce(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("routeTableId") == o.In.Str("routeTableId") && routeHash(other.Props) == routeHash(o.In) {
			return routeExists(o)
		}
	}
	if _, ok := o.Find(token.EC2Route, o.ID); ok {
		return routeExists(o)
	}
	return nil
}

func routeExists(o *sim.Op) error {
	dest := o.In.Str("destinationCidrBlock") + o.In.Str("destinationIpv6CidrBlock") + o.In.Str("destinationPrefixListId")
	return sim.Refuse("RouteAlreadyExists", fmt.Sprintf("The route identified by %s already exists", dest),
		"Keep one route per destination in a table.")
}

func gatewayOfSameVPC(o *sim.Op) error {
	gateway, ok := o.Find(token.EC2InternetGateway, o.In.Str("gatewayId"))
	table, found := o.Find(token.EC2RouteTable, o.In.Str("routeTableId"))
	if !ok || !found || gateway.Str("vpcId") == "" || gateway.Str("vpcId") == table.Str("vpcId") {
		return nil
	}
	return sim.Refuse("InvalidParameterValue",
		fmt.Sprintf("route table %s and network gateway %s belong to different networks",
			o.In.Str("routeTableId"), o.In.Str("gatewayId")), "Use the gateway of the table's own VPC.")
}

func associatedOnce(o *sim.Op) error {
	subnet := o.In.Str("subnetId")
	for _, other := range o.Others() {
		if subnet != "" && other.Props.Str("subnetId") == subnet {
			return sim.Refuse("Resource.AlreadyAssociated",
				fmt.Sprintf("the specified association for route table %s conflicts with an existing association",
					o.In.Str("routeTableId")),
				fmt.Sprintf("Subnet %s already has a route table; keep one association per subnet.", subnet))
		}
	}
	return nil
}

func associatedInVPC(o *sim.Op) error {
	table, _ := o.Find(token.EC2RouteTable, o.In.Str("routeTableId"))
	vpc := place.VPCOfSubnet(o, o.In.Str("subnetId"))
	if vpc == "" || vpc == table.Str("vpcId") {
		return nil
	}
	return sim.Refuse("InvalidParameterValue", fmt.Sprintf("route table %s and subnet %s belong to different networks",
		o.In.Str("routeTableId"), o.In.Str("subnetId")), "Use a route table of the subnet's own VPC.")
}

// gatewayServices are the services that have endpoints of type Gateway.
var gatewayServices = []string{"s3", "dynamodb"}

func endpointService(o *sim.Op) error {
	name := o.In.Str("serviceName")
	prefix := "com.amazonaws." + o.Region + "."
	short, ok := strings.CutPrefix(name, prefix)
	gateway := o.In.Str("vpcEndpointType") == "Gateway"
	switch {
	case name == "" || strings.HasPrefix(name, "com.amazonaws.vpce."):
		return nil
	case !ok && !strings.HasPrefix(name, "com.amazonaws.s3-global") && !strings.HasPrefix(name, "aws."):
		return sim.Refuse("InvalidServiceName", fmt.Sprintf("The Vpc Endpoint Service '%s' does not exist", name),
			"Services of this region start with "+prefix+".")
	case gateway && !slices.Contains(gatewayServices, short):
		return sim.Refuse("InvalidParameter",
			fmt.Sprintf("The Vpc Endpoint Service '%s' does not support endpoints of type Gateway", name),
			"Set vpcEndpointType to Interface.")
	}
	return nil
}

func endpointDNS(o *sim.Op) error {
	vpc, _ := o.Find(token.EC2Vpc, o.In.Str("vpcId"))
	if !o.In.Bool("privateDnsEnabled") || (vpc.Bool("enableDnsSupport") && vpc.Bool("enableDnsHostnames")) {
		return nil
	}
	return sim.Refuse("InvalidParameter",
		"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for "+
			o.In.Str("vpcId"), "Set both on the VPC.")
}

func endpointOncePerTable(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("serviceName") != o.In.Str("serviceName") || o.In.Str("vpcEndpointType") != "Gateway" {
			continue
		}
		for _, table := range o.In.Strs("routeTableIds") {
			if slices.Contains(other.Props.Strs("routeTableIds"), table) {
				return sim.Refuse("RouteAlreadyExists",
					fmt.Sprintf("route table %s already has a route with destination-prefix-list-id %s",
						table, prefixListID(o.Region, o.In.Str("serviceName"))), "Use the endpoint "+other.ID+" that the table has.")
			}
		}
	}
	return nil
}
