package polyglot

import (
	"github.com/rung-dev/rung/components/capacity"
	"github.com/rung-dev/rung/components/discovery"
	"github.com/rung-dev/rung/components/events"
	"github.com/rung-dev/rung/components/fleet"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/server"
)

// machineComponents are those that run programs and bring requests to them.
func machineComponents() []component {
	return []component{
		derive(derived{kind: "Fleet", folder: "fleet", required: "VPCID Subnets ImageID InstanceTypes MaxSize Files"},
			fleet.New),
		derive(derived{kind: "Server", folder: "server", required: "Region VPCID VPCCIDR Subnet ImageID BackupBucket " +
			"BackupBucketARN Program Files",
			without: "BeforeClosing", hides: "Widgets Requests"}, server.New),
		derive(derived{kind: "LoadBalancer", folder: "loadbalancer", required: "VPCID Subnets", hides: "Doors Services"},
			loadbalancer.New),
		derive(derived{kind: "TCPLoadBalancer", folder: "loadbalancer", required: "VPCID Subnets Port"}, loadbalancer.NewTCP),
		derive(derived{kind: "Capacity", folder: "capacity"}, capacity.New),
		derive(derived{kind: "Discovery", folder: "discovery", required: "VPCID Namespace"}, discovery.New),
		derive(derived{kind: "Events", folder: "events", required: "Topics"}, events.New),
	}
}
