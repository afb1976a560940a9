package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alerts"
	"github.com/rung-dev/rung/components/cdn"
	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/components/secret"
	"github.com/rung-dev/rung/stacks/config"
)

// addNames makes the domain's zone. With Cloudflare the domain's names are
// there, and the CDN makes them; the load balancer's certificate needs a proof.
func (c *cell) addNames() (err error) {
	if err := c.needs("add the domain's names", hasAlerts); err != nil {
		return err
	}
	if c.cfg.CDN == config.Cloudflare {
		return c.proveNames()
	}
	if c.cfg.Domain == "" {
		return nil
	}
	args := dns.Args{
		Common:     c.common,
		Domain:     c.cfg.Domain,
		ZoneID:     c.cfg.HostedZone,
		TTLSeconds: c.cfg.DNSTTLSeconds,
		Region:     c.region,
	}
	if c.routed() {
		if args.USEast1, args.USEast1Alerts, err = c.edgeWatch(); err != nil {
			return err
		}
	}
	if c.zone, err = dns.New(c.ctx, "dns", args, c.in()); err != nil || c.cfg.HostedZone != "" {
		return err
	}
	return c.tellNameServers()
}

func (c *cell) proveNames() (err error) {
	if c.cfg.Stage < 3 {
		return nil // the one server has no certificate
	}
	c.proofs, err = dns.New(c.ctx, "dns", dns.Args{
		Common:         c.common,
		Domain:         c.cfg.Domain,
		CloudflareZone: pulumi.String(c.cfg.CloudflareZone),
	}, c.in())
	return err
}

// addOriginSecret makes what requests from the CDN carry, so that nobody else
// is served by the origin. Fleets know it from their first day, also without a CDN, so
// that they know who has come past one when it comes; only servers read it.
func (c *cell) addOriginSecret() (err error) {
	if !c.hasOriginSecret() {
		return nil
	}
	args := secret.Args{
		Common:      c.common,
		Description: "What requests from the CDN carry, so that the origin serves nobody else",
	}
	if c.cfg.CDN == config.NoCDN {
		args.Unstored = true
	} else {
		args.Replicas = secret.ReplicasIn(c.cfg.Regions[1:])
	}
	c.origin, err = secret.New(c.ctx, "origin", args, c.in())
	return err
}

// hasOriginSecret is true where a CDN may come while people ask, and where one is.
func (c *cell) hasOriginSecret() bool { return c.cfg.CDN != config.NoCDN || c.cfg.Stage >= 3 }

// originSecret is by what the cell's machines read the origin's secret.
func (c *cell) originSecret() pulumi.StringOutput {
	if c.home() {
		return c.origin.ARN
	}
	return c.origin.In(c.region)
}

// addCDN puts the CDN in front of whatever serves: the load balancer, or the
// server where there is none. A changed origin is an update in place.
func (c *cell) addCDN() (err error) {
	if err := c.needs("add the CDN",
		hasAlerts, hasBuckets, hasNames, hasOrigin, hasServer, hasServerName, hasBalancer, hasRoute, hasEdge,
		hasEdgeFirewall); err != nil {
		return err
	}
	if c.cfg.CDN == config.NoCDN {
		return nil
	}
	args, err := c.cdnArgs()
	if err != nil {
		return err
	}
	if c.cdn, err = cdn.New(c.ctx, "cdn", args, c.in()); err != nil {
		return err
	}
	c.cdnID.is(c.cdn.ID)
	c.cdnURL.is(c.cdn.URL)
	if c.static == nil {
		return nil
	}
	return c.static.AttachPolicy(c.cdn.BucketStatement)
}

func (c *cell) cdnArgs() (args cdn.Args, err error) {
	topic, err := c.edgeAlerts()
	if err != nil {
		return args, err
	}
	args = cdn.Args{
		Common:        c.common,
		Kind:          cdn.Kind(c.cfg.CDN),
		Origin:        c.cdnOrigin(),
		OriginSecret:  c.origin.Value,
		Proxies:       c.proxies(),
		Domain:        c.cfg.Domain,
		Region:        c.region,
		USEast1:       c.edge,
		USEast1Alerts: topic,
		FirewallARN:   c.edgeFirewall(),
		Edge:          c.onEdge(),
		Shield:        c.shield(),
	}
	if c.cfg.CDN == config.Cloudflare {
		args.ZoneID = pulumi.String(c.cfg.CloudflareZone)
	}
	if c.logs != nil && c.cfg.CDN == config.CloudFront {
		args.LogBucketARN = c.logsARN()
	}
	c.spread(&args)
	if c.static != nil {
		args.Files = &cdn.Files{DomainName: c.static.DomainName, ARN: c.static.ARN}
	}
	if c.zone != nil {
		args.CertificateARN, err = c.edgeCertificate()
	}
	return args, err
}

// cdnOrigin is where the CDN fetches: a name that stays the same while what
// users type moves.
func (c *cell) cdnOrigin() cdn.Origin {
	if host := c.sharedHost(); host != "" {
		return cdn.Origin{Host: pulumi.String(host), HTTPS: true, After: append(c.allDoors(), c.records(host)...)}
	}
	if c.accelerator != nil { // speaks for the balancers, which have no certificate without a domain
		return cdn.Origin{Host: c.accelerator.DNSName}
	}
	if c.balancer != nil {
		return c.balancerOrigin()
	}
	if c.zone != nil {
		host := c.zone.Origin()
		return cdn.Origin{Host: pulumi.String(host), After: c.records(host)}
	}
	return cdn.Origin{Host: c.server.PublicDNS}
}

// balancerOrigin is the cell's own load balancer as an origin.
func (c *cell) balancerOrigin() cdn.Origin {
	return cdn.Origin{
		Host: c.balancer.OriginHost, HTTPS: c.balancer.TLS,
		After: slices.Concat(c.balancer.Doors, c.records(c.host(balancerLabel))),
	}
}

// records are those of a name of the domain; nil where it is at Cloudflare or
// there is none.
func (s *site) records(host string) []pulumi.Resource {
	if s.zone == nil {
		return nil
	}
	return s.zone.Records(host)
}

// allDoors are the doors of the load balancers of all cells.
func (c *cell) allDoors() []pulumi.Resource {
	var all []pulumi.Resource
	for _, each := range append([]*cell{c}, c.further...) {
		all = append(all, each.balancer.Doors...)
	}
	return all
}

// edgeWatch is the provider of us-east-1, and the topic for alarms there.
func (c *cell) edgeWatch() (pulumi.ProviderResource, pulumi.StringInput, error) {
	topic, err := c.edgeAlerts()
	return c.edge, topic, err
}

// edgeAlerts is the topic for alarms in us-east-1: an alarm cannot notify a
// topic of another region, so a stack that is at home elsewhere has a second one.
func (c *cell) edgeAlerts() (pulumi.StringInput, error) {
	if c.region == edgeRegion || c.cfg.CDN != config.CloudFront && !c.routed() {
		return c.common.Alerts, nil
	}
	if c.edgeTopic != nil {
		return c.edgeTopic, nil
	}
	topic, err := alerts.New(c.ctx, "edge-alerts", c.alertsArgs(), pulumi.Provider(c.edge))
	if err != nil {
		return nil, err
	}
	c.edgeTopic = topic.ARN
	return c.edgeTopic, nil
}

func (c *cell) certificate(name, host string, region pulumi.ProviderResource) (pulumi.StringInput, error) {
	return c.zone.Certificate(name, []string{host}, region)
}

// edgeCertificate is the CDN's for the site's name. It is asked for before others
// that prove the same name: the record of the proof takes its name from the first
// of them, and would seem to be replaced where that is new.
func (c *cell) edgeCertificate() (arn pulumi.StringInput, err error) {
	if c.siteCertificate == nil {
		c.siteCertificate, err = c.certificate("edge", c.cfg.Domain, c.edge)
	}
	return c.siteCertificate, err
}

// nameSite moves the domain to the CDN, or to the load balancers where there is
// no CDN, and opens and closes them in order with it.
func (c *cell) nameSite() error {
	if err := c.needs("name the site", hasNames, hasCDN, hasBalancer, hasRoute); err != nil {
		return err
	}
	if c.zone == nil {
		return nil
	}
	if c.cdn != nil {
		to := dns.Target{Name: c.cdn.Domain, ZoneID: c.cdn.HostedZoneID, IPv6: true}
		if err := c.zone.Alias(c.cfg.Domain, to); err != nil {
			return err
		}
		return c.closeBalancers()
	}
	if c.balancer == nil {
		return nil // the server's own name is the domain
	}
	to, err := c.openedTo()
	if err != nil {
		return err
	}
	return c.zone.Alias(c.cfg.Domain, to)
}

// balanced are the cells, home first, whose load balancers people may come to.
func (c *cell) balanced() []*cell {
	if c.balancer == nil {
		return nil
	}
	return append([]*cell{c}, c.further...)
}

// closeBalancers refuses those who do not come by the CDN, once the domain leads there and
// nobody remembers anything else, so that a CDN may come while people ask.
func (c *cell) closeBalancers() error {
	for _, each := range c.balanced() {
		if _, err := each.balancer.Lead(false, each.routes(), pulumi.DependsOn(c.records(c.cfg.Domain)),
			pulumi.ResourceHooks(&pulumi.ResourceHookBinding{BeforeUpdate: []*pulumi.ResourceHook{c.waitForDNS}})); err != nil {
			return err
		}
	}
	return nil
}

// openedTo lets everybody in, and gives where the domain leads then, known once everybody is.
func (c *cell) openedTo() (to dns.Target, err error) {
	var doors []pulumi.Resource
	for _, each := range c.balanced() {
		rules, err := each.balancer.Lead(true, each.routes())
		if err != nil {
			return to, err
		}
		doors = append(doors, rules...)
	}
	to = dns.Target{Name: c.balancer.DNSName, ZoneID: c.balancer.ZoneID, Health: true}
	if host := c.sharedHost(); host != "" {
		if to, err = c.zone.Own(host); err != nil {
			return to, err
		}
	}
	to.Name = knownAfter(to.Name, doors)
	return to, nil
}

// knownAfter is a value that is known once all of the resources are there.
func knownAfter(value pulumi.StringInput, all []pulumi.Resource) pulumi.StringInput {
	values := pulumi.StringArray{value}
	for _, r := range all {
		values = append(values, r.URN().ToStringOutput())
	}
	return values.ToStringArrayOutput().Index(pulumi.Int(0))
}
