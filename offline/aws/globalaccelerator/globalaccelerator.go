// Package globalaccelerator simulates Global Accelerator: accelerators, listeners and endpoint groups.
package globalaccelerator

import (
	"cmp"
	"fmt"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/dnsname"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Kinds is the table of Global Accelerator. It is one service for the
// whole world; the provider asks for it in us-west-2 whatever its region is.
func Kinds() []sim.Kind {
	const noun = "Global Accelerator "
	return []sim.Kind{
		{
			Token: token.GlobalAcceleratorAccelerator, Service: "Global Accelerator", API: "Accelerator", Noun: noun + "Accelerator", Global: true,
			Name: &sim.Name{Auto: true, Max: 64},
			ID:   func(o *sim.Op) string { return o.GlobalARN("globalaccelerator", "accelerator/"+o.UUID("accelerator")) },

			Defaults: sim.Props{"enabled": true, "ipAddressType": "IPV4"},
			Enums:    map[string][]string{"ipAddressType": {"IPV4", "DUAL_STACK"}},
			Checks:   []sim.Check{flowLogsSomewhere}, ReplaceOn: []string{"ipAddresses"},
			Outputs: acceleratorOutputs,
			Quota:   &sim.Quota{Key: "globalaccelerator.accelerators", Default: 20, Code: "LimitExceededException"},
		},
		{
			Token: token.GlobalAcceleratorListener, Service: "Global Accelerator", API: "Listener", Noun: noun + "Listener", Global: true,
			ID:       func(o *sim.Op) string { return o.In.Str("acceleratorArn") + "/listener/" + o.Hex(8, "listener") },
			Required: []string{"portRanges"}, Defaults: sim.Props{"clientAffinity": "NONE"}, Sets: []string{"portRanges"},
			Enums:     map[string][]string{"protocol": {"TCP", "UDP"}, "clientAffinity": {"NONE", "SOURCE_IP"}},
			Ranges:    map[string]sim.Range{"portRanges.fromPort": {Min: 1, Max: 65535}, "portRanges.toPort": {Min: 1, Max: 65535}},
			ReplaceOn: []string{"acceleratorArn"},
			Outputs:   func(o *sim.Op) sim.Props { return sim.Props{"arn": o.ID} },
			Refs: []sim.Ref{{
				Path: "acceleratorArn", To: []sim.Target{{Token: token.GlobalAcceleratorAccelerator}}, Missing: "AcceleratorNotFoundException",
				InUse: "AssociatedListenerFoundException",
			}},
			Rules: sim.Many(sim.Create|sim.Update, portsApart),
			Quota: &sim.Quota{
				Key: "globalaccelerator.listeners", Default: 10, Code: "LimitExceededException",
				Within: func(o *sim.Op) string { return o.In.Str("acceleratorArn") },
			},
		},
		{
			Token: token.GlobalAcceleratorEndpointGroup, Service: "Global Accelerator", API: "EndpointGroup", Noun: noun + "Endpoint Group", Global: true,
			ID: func(o *sim.Op) string { return o.In.Str("listenerArn") + "/endpoint-group/" + o.Hex(12, "group") },
			Defaults: sim.Props{
				"healthCheckIntervalSeconds": 30.0, "healthCheckProtocol": "TCP", "thresholdCount": 3.0, "trafficDialPercentage": 100.0,
			},
			Enums: map[string][]string{"healthCheckProtocol": {"TCP", "HTTP", "HTTPS"}},
			Ranges: map[string]sim.Range{
				"trafficDialPercentage": {Max: 100}, "thresholdCount": {Min: 1, Max: 10}, "endpointConfigurations.weight": {Max: 255},
			},
			Checks: []sim.Check{check.OneOf("healthCheckIntervalSeconds", 10, 30)},
			Sets:   []string{"endpointConfigurations", "portOverrides"}, ReplaceOn: []string{"endpointGroupRegion", "listenerArn"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ID, "endpointGroupRegion": o.Region, "healthCheckPath": "",
					"healthCheckPort": listenedPort(o)}
			},
			Refs: []sim.Ref{{
				Path: "listenerArn", To: []sim.Target{{Token: token.GlobalAcceleratorListener}}, Missing: "ListenerNotFoundException",
				InUse: "AssociatedEndpointGroupFoundException",
			}},
			Rules: sim.Many(sim.Create|sim.Update, oneGroupPerRegion, endpointsThere),
		},
	}
}

func acceleratorOutputs(o *sim.Op) sim.Props {
	ips := sim.List("75.2."+fmt.Sprint(o.Pick(256, "a"))+"."+fmt.Sprint(1+o.Pick(254, "b")),
		"99.83."+fmt.Sprint(128+o.Pick(128, "c"))+"."+fmt.Sprint(1+o.Pick(254, "d")))
	out := sim.Props{
		"arn": o.ID, "dnsName": "a" + o.Hex(16, "dns") + ".awsglobalaccelerator.com", "dualStackDnsName": "", "hostedZoneId": dnsname.AcceleratorZone,
		"ipAddresses": ips, "ipSets": []any{map[string]any{"ipAddresses": ips, "ipFamily": "IPv4"}},
		"attributes": map[string]any{"flowLogsEnabled": false, "flowLogsS3Bucket": "", "flowLogsS3Prefix": ""},
	}
	if o.In.Str("ipAddressType") == "DUAL_STACK" {
		out["dualStackDnsName"] = "a" + o.Hex(16, "dns") + ".dualstack.awsglobalaccelerator.com"
	}
	return out
}

func flowLogsSomewhere(in sim.Props) []sim.Failure {
	if !in.Bool("attributes.flowLogsEnabled") ||
		(in.Has("attributes.flowLogsS3Bucket") && in.Has("attributes.flowLogsS3Prefix")) {
		return nil
	}
	return check.Wrong("attributes", "flow logs need flowLogsS3Bucket and flowLogsS3Prefix")
}

// listenedPort is the first port of the group's listener, where health is asked.
func listenedPort(o *sim.Op) int {
	listener, _ := o.Find(token.GlobalAcceleratorListener, o.In.Str("listenerArn"))
	for _, r := range listener.Maps("portRanges") {
		return r.Int("fromPort")
	}
	return 0
}

// portsApart: the ports of an accelerator's listeners do not overlap.
func portsApart(o *sim.Op) error {
	mine := o.In.Maps("portRanges")
	for _, other := range o.Others() {
		if other.Props.Str("acceleratorArn") != o.In.Str("acceleratorArn") ||
			other.Props.Str("protocol") != o.In.Str("protocol") {
			continue
		}
		for _, theirs := range other.Props.Maps("portRanges") {
			for _, r := range mine {
				if r.Int("fromPort") <= theirs.Int("toPort") && theirs.Int("fromPort") <= r.Int("toPort") {
					return sim.Refuse("InvalidPortRangeException",
						"The port numbers that you specified are not valid numbers or are not unique for this accelerator",
						"Give ports that "+other.ID+" does not have.")
				}
			}
		}
	}
	return nil
}

func oneGroupPerRegion(o *sim.Op) error {
	region := cmp.Or(o.In.Str("endpointGroupRegion"), o.Region)
	for _, other := range o.Others() {
		if other.Props.Str("listenerArn") == o.In.Str("listenerArn") && other.Props.Str("endpointGroupRegion") == region {
			return sim.Refuse("EndpointGroupAlreadyExistsException", "The endpoint group that you specified already exists",
				fmt.Sprintf("A listener has one group for a region; add to %s.", other.ID))
		}
	}
	return nil
}

// endpointsThere: a load balancer that is an endpoint exists in the group's region.
func endpointsThere(o *sim.Op) error {
	region := cmp.Or(o.In.Str("endpointGroupRegion"), o.Region)
	for _, id := range o.In.Strs("endpointConfigurations.endpointId") {
		balancer, ok := refer.Anywhere(o, token.LBLoadBalancer, id)
		if ok && balancer.Region == region {
			continue
		}
		return sim.Refuse("EndpointNotFoundException", fmt.Sprintf("The endpoint %s was not found in %s", id, region),
			"Give the ARN of a load balancer of "+region+"; one in another region needs a group of its own.")
	}
	return nil
}
