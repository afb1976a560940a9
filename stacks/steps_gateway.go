package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/components/gateway"
	"github.com/rung-dev/rung/stacks/config"
)

// apiLabel is the API's name below the domain, which programs keep on every stage.
const apiLabel = "api"

// The labels of a gateway's further names.
const (
	ownName    = "own"    // leads to this cell's gateway and no other
	sharedName = "shared" // is the API's own name, in cells that are not home
)

// apiHost is the API's name.
func (s *site) apiHost() string { return apiLabel + "." + s.cfg.Domain }

// cellAPI is the name of the cell's own gateway, for tests and health checks.
func (c *cell) cellAPI() string { return apiLabel + "-" + config.Code(c.region) + "." + c.cfg.Domain }

// addGateway lets programs outside call the services, under limits of their own.
func (c *cell) addGateway() (err error) {
	if err := c.needs("add the gateway", hasAlerts, hasInner, hasNames, hasOrigin); err != nil {
		return err
	}
	if c.services.link == nil { // the paths of the public load balancer are the way
		return nil
	}
	args, err := c.gatewayArgs()
	if err != nil {
		return err
	}
	if c.services.gateway, err = gateway.New(c.ctx, c.name("gateway"), args, c.in()); err != nil || c.zone == nil {
		return err
	}
	if own, ok := c.services.gateway.Names[ownName]; ok { // home's first name is the API's, which routeAPI leads on
		return c.zone.Alias(c.cellAPI(), dns.Target{Name: own.Target, ZoneID: own.ZoneID})
	}
	return c.zone.Alias(args.Domain, dns.Target{Name: c.services.gateway.Target, ZoneID: c.services.gateway.TargetZoneID})
}

func (c *cell) gatewayArgs() (args gateway.Args, err error) {
	args = gateway.Args{
		Common: c.common, Link: c.services.link, ListenerARN: c.services.inner.ListenerARN,
		RequestsPerSecond: min(c.cfg.Traffic().PeakRequestsPerSecond, gateway.DefaultRequestsPerSecond),
		Burst:             gateway.DefaultBurst,
	}
	if c.cfg.CDN != config.NoCDN { // machines that an earlier rung has launched ask for it
		args.Headers = map[string]pulumi.StringInput{contract.OriginHeader: c.origin.Value}
	}
	if c.zone == nil {
		return args, nil
	}
	args.ServerName, args.Domain, args.Names = c.host(innerLabel), c.host(apiLabel), c.apiNames()
	args.CertificateARN, err = c.certificate(c.name("api"), args.Domain, c.here)
	return args, err
}

// apiNames are a gateway's further names: every cell's answers to the API's
// name and to one of its own.
func (c *cell) apiNames() []gateway.Name {
	switch {
	case c.sharedHost() == "":
		return nil
	case c.home():
		return []gateway.Name{{Label: ownName, Domain: c.cellAPI(), CertificateARN: c.wildcard}}
	}
	return []gateway.Name{{Label: sharedName, Domain: c.apiHost(), CertificateARN: c.wildcard}}
}

// apiLabels are the names below the domain through which the API's name leads
// to all cells, one for each policy, as for the site's (sharedLabels).
var apiLabels = map[dns.Policy]string{dns.Latency: "api-nearest", dns.Failover: "api-standby"}

// routeAPI leads the API's name to the cell that suits the caller best and
// answers, as users come to the site. An accelerator takes no gateways, so
// there the nearest answers. The name itself is one record on every stage, which
// moves from home's gateway to all of them in place.
func (m *multiRegion) routeAPI() error {
	if err := m.needs("lead the API to all regions", hasGateway); err != nil {
		return err
	}
	c := m.home
	if c.sharedHost() == "" || c.services.gateway == nil {
		return nil
	}
	policy := dns.Latency
	if c.cfg.Routing == config.HomeFirst {
		policy = dns.Failover
	}
	host := apiLabels[policy] + "." + c.cfg.Domain
	if err := c.zone.Global(host, policy, m.apis()); err != nil {
		return err
	}
	all, err := c.zone.Own(host)
	if err != nil {
		return fmt.Errorf("lead %s to all regions: %w", c.apiHost(), err)
	}
	return c.zone.Alias(c.apiHost(), all)
}

// apis are the gateways as the domain's zone sees them. Route 53 sees no health
// of a gateway, so each is asked under its own name.
func (m *multiRegion) apis() []dns.Cell {
	led := m.led()
	list := make([]dns.Cell, len(led))
	for i, c := range led {
		g := c.services.gateway
		at := gateway.Address{Target: g.Target, ZoneID: g.TargetZoneID}
		if shared, ok := g.Names[sharedName]; ok {
			at = shared
		}
		list[i] = dns.Cell{
			Region: c.region, Code: config.Code(c.region), Target: dns.Target{Name: at.Target, ZoneID: at.ZoneID},
			Check: &dns.HealthCheck{Host: pulumi.String(c.cellAPI()), HTTPS: true, Path: c.statusPath()},
		}
	}
	return list
}
