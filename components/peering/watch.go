package peering

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

const namespace = "AWS/TransitGateway"

// watch raises the alarms of one region's gateway. Peerings between VPCs have
// no metrics; what they carry is seen at both ends.
func (p *Peering) watch(s *side) error {
	common := p.args.Common
	common.Alerts = s.Alerts
	alarm := func(name, metric, why string) alarms.Alarm {
		return alarms.Alarm{
			Name: name, Why: why, Namespace: namespace, Metric: metric, Dimensions: s.dimensions(),
			Statistic: "Sum", Missing: alarms.MissingIsGood,
		}
	}
	_, err := alarms.Create(p.ctx, s, p.name+"-"+s.Code, common,
		alarm("no-route", "PacketDropCountNoRoute",
			"The transit gateway drops what it knows no way for: the networks on the other "+
				"side do not answer. Compare its route table with the peerings that are available."),
		alarm("black-hole", "PacketDropCountBlackhole",
			"A route of the transit gateway leads to an attachment that is gone: "+
				"what is sent there is lost. Run `pulumi refresh`, then `pulumi up`."),
	)
	return err
}

func (s *side) dimensions() pulumi.StringMap { return pulumi.StringMap{"TransitGateway": s.hub.id} }

// Widgets are the graphs of one region's gateway for a dashboard; none for a
// peering between VPCs, which has no metrics.
func (p *Peering) Widgets(code string) []part.Widget {
	s := p.sides[code]
	if s == nil || s.hub == nil {
		return nil
	}
	metric := func(name string) part.Metric {
		return part.Metric{Namespace: namespace, Name: name, Dimensions: s.dimensions(), Statistic: "Sum"}
	}
	return []part.Widget{
		{Title: "Bytes through the transit gateway", Metrics: []part.Metric{metric("BytesIn"), metric("BytesOut")}},
		{Title: "Packets without a way", Metrics: []part.Metric{metric("PacketDropCountNoRoute"), metric("PacketDropCountBlackhole")}},
	}
}
