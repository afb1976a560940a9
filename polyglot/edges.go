package polyglot

import (
	"github.com/rung-dev/rung/components/accelerator"
	"github.com/rung-dev/rung/components/cdn"
	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/components/edge"
	"github.com/rung-dev/rung/components/firewall"
	"github.com/rung-dev/rung/components/gateway"
	"github.com/rung-dev/rung/components/peering"
)

// edgeComponents are those between users and the machines, and between networks.
func edgeComponents() []component {
	return []component{
		derive(derived{kind: "Accelerator", folder: "accelerator", required: "Cells"}, accelerator.New),
		derive(derived{kind: "CDN", folder: "cdn", required: "Kind"}, cdn.New),
		derive(derived{kind: "DNS", folder: "dns"}, dns.New),
		derive(derived{kind: "Edge", folder: "edge", required: "Kind"}, edge.New),
		derive(derived{kind: "Firewall", folder: "firewall"}, firewall.New),
		derive(derived{kind: "Gateway", folder: "gateway", required: "Link ListenerARN", hides: "Names"}, gateway.New),
		derive(derived{kind: "GatewayLink", folder: "gateway", required: "VPCID Subnets TargetCIDR TargetPort"},
			gateway.NewLink),
		derive(derived{kind: "Peering", folder: "peering", required: "Sides"}, peering.New),
	}
}
