package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/accelerator"
	"github.com/rung-dev/rung/components/alerts"
	"github.com/rung-dev/rung/components/cdn"
	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/stacks/config"
)

// routed is true where users come to several cells. While the handover is
// pending they all stay with the server at home: their data is there.
func (s *site) routed() bool {
	return s.cfg.Stage >= 5 && len(s.cfg.Regions) > 1 && !s.cfg.HasServer()
}

// sharedLabels are the names below the domain that all cells serve. Each way to
// a cell has one of its own: Route 53 never takes two policies under one name.
var sharedLabels = map[config.Routing]string{
	config.NearestRegion: "cells", config.HomeFirst: "standby", config.Accelerated: "anycast",
}

// sharedHost is the name that all cells serve; empty where there is none.
func (s *site) sharedHost() string {
	if !s.routed() || s.zone == nil {
		return ""
	}
	return sharedLabels[s.cfg.Routing] + "." + s.cfg.Domain
}

// shareName lets the cell's load balancer serve the name of all cells, and
// answer those who ask from outside whether it can.
func (c *cell) shareName(args *loadbalancer.Args) error {
	if c.sharedHost() == "" {
		return nil
	}
	if err := c.shareCertificates(args); err != nil {
		return err
	}
	if c.cfg.CDN == config.NoCDN || c.cfg.Routing == config.Accelerated {
		return nil // open to the world, or asked by AWS itself
	}
	list, err := dns.HealthCheckers(c.ctx, c.region, pulumi.Provider(c.here))
	if err != nil {
		return err
	}
	args.HealthCheckers = pulumi.String(list)
	return nil
}

// shareCertificates adds a certificate beside the cell's own one, for the names
// that the cells share and for the site's.
func (c *cell) shareCertificates(args *loadbalancer.Args) error {
	if c.cfg.CDN == config.CloudFront {
		if _, err := c.edgeCertificate(); err != nil {
			return err
		}
	}
	// The site's own name is on it too: CloudFront passes the visitor's on, and may
	// ask for it in its greeting.
	arn, err := c.zone.Certificate(c.name("cells"), []string{"*." + c.cfg.Domain, c.cfg.Domain}, c.here)
	if err != nil {
		return err
	}
	c.wildcard = arn
	args.Certificates = append(args.Certificates, loadbalancer.Certificate{Name: "cells", ARN: arn})
	return nil
}

// onlyHome says what several cells without a name are worth.
const onlyHome = "without rung:domain no name can lead to several regions: all users come to home, and pages that " +
	"are only read " +
	"come from the next region where the CDN is CloudFront and home's answers fail; " +
	"set rung:domain, or rung:traffic.routing to accelerator, to let every region serve (docs/regions.md)"

// routeUsers gives all cells one name, which leads to the one that suits the
// user best and answers. Cloudflare does that by itself.
func (m *multiRegion) routeUsers() error {
	if err := m.needs("lead users to all regions", hasAlerts, hasNames, hasBalancer); err != nil {
		return err
	}
	c := m.home
	switch host := c.sharedHost(); {
	case !c.routed() || c.cfg.CDN == config.Cloudflare:
		return nil
	case c.cfg.Routing == config.Accelerated:
		return m.accelerate(host)
	case host == "":
		return c.ctx.Log.Warn(onlyHome, nil)
	default:
		return c.zone.Global(host, policies[c.cfg.Routing], m.answers())
	}
}

var policies = map[config.Routing]dns.Policy{config.NearestRegion: dns.Latency, config.HomeFirst: dns.Failover}

// answers are the cells as the domain's zone sees them.
func (m *multiRegion) answers() []dns.Cell {
	led := m.led()
	list := make([]dns.Cell, len(led))
	for i, c := range led {
		list[i] = dns.Cell{
			Region: c.region, Code: config.Code(c.region),
			Target: dns.Target{Name: c.balancer.DNSName, ZoneID: c.balancer.ZoneID, Health: true},
			Check:  &dns.HealthCheck{Host: pulumi.String(c.host(balancerLabel)), HTTPS: true, Path: c.statusPath()},
		}
	}
	return list
}

// accelerate gives all cells two addresses, and, where there is a domain, a
// name for them.
func (m *multiRegion) accelerate(host string) (err error) {
	c := m.home
	args := accelerator.Args{Common: c.common, Ports: []int{c.balancer.Port}}
	for _, each := range m.led() {
		args.Cells = append(args.Cells,
			accelerator.Cell{Region: each.region, Code: config.Code(each.region), BalancerARN: each.balancer.ARN})
	}
	if args.USWest2, args.USWest2Alerts, err = m.acceleratorWatch(); err != nil {
		return err
	}
	if c.accelerator, err = accelerator.New(c.ctx, "accelerator", args, c.in()); err != nil || host == "" {
		return err
	}
	return c.zone.Alias(host, dns.Target{Name: c.accelerator.DNSName, ZoneID: c.accelerator.ZoneID, Health: true})
}

// acceleratorRegion is where AWS keeps the metrics of accelerators.
const acceleratorRegion = "us-west-2"

// acceleratorWatch is the provider of that region, and a topic for alarms there.
func (m *multiRegion) acceleratorWatch() (pulumi.ProviderResource, pulumi.StringInput, error) {
	if c := m.cell(acceleratorRegion); c != nil {
		return c.here, c.common.Alerts, nil
	}
	there, err := m.home.regional(acceleratorRegion)
	if err != nil {
		return nil, nil, err
	}
	topic, err := alerts.New(m.home.ctx, "accelerator-alerts", m.home.alertsArgs(), pulumi.Provider(there))
	if err != nil {
		return nil, nil, err
	}
	return there, topic.ARN, nil
}

// spread tells the CDN of the further cells: CloudFront asks the first of them
// for pages where home's answers fail, Cloudflare shares out among all.
func (c *cell) spread(args *cdn.Args) {
	if !c.routed() {
		return
	}
	if c.cfg.CDN == config.CloudFront {
		if led := c.led(c.further); len(led) > 0 {
			next := led[0].balancerOrigin()
			args.Standby = &next
		}
		return
	}
	args.Balance = &cdn.Balance{
		AccountID: pulumi.String(c.cfg.CloudflareAccount), Email: c.cfg.AlertEmail, StatusPath: c.statusPath(),
		Steering: map[config.Routing]cdn.Steering{config.NearestRegion: cdn.SteerLatency, config.HomeFirst: cdn.SteerFailover}[c.cfg.Routing],
	}
	for _, each := range append([]*cell{c}, c.led(c.further)...) {
		args.Balance.Cells = append(args.Balance.Cells,
			cdn.Cell{Region: each.region, Code: config.Code(each.region), Host: each.balancer.OriginHost})
	}
}
