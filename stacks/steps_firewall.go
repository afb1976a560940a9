package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/dashboard"
	"github.com/rung-dev/rung/components/firewall"
	"github.com/rung-dev/rung/stacks/config"
)

// atEdge is true where the firewall stands on the distribution: it sees
// visitors' own addresses there.
func (c *cell) atEdge() bool { return c.cfg.CDN == config.CloudFront }

// addEdgeFirewall makes the distribution's firewall, which is in us-east-1
// wherever the stack is.
func (c *cell) addEdgeFirewall() (err error) {
	if err := c.needs("add the CDN's firewall", hasAlerts); err != nil {
		return err
	}
	if !c.atEdge() {
		return nil
	}
	args := firewall.Args{Common: c.common, Scope: firewall.CloudFront, Requests: c.cfg.Firewall.Requests,
		OnlyCount: c.cfg.Firewall.OnlyCount, Near: nearUsers(c.cfg)}
	if args.Alerts, err = c.edgeAlerts(); err != nil {
		return err
	}
	c.services.firewall, err = firewall.New(c.ctx, "firewall", args, pulumi.Provider(c.edge))
	return err
}

// addFirewall makes the public load balancer's firewall where no distribution
// has one.
func (c *cell) addFirewall() (err error) {
	if err := c.needs("add the load balancer's firewall", hasAlerts, hasBalancer); err != nil {
		return err
	}
	if c.atEdge() {
		return nil
	}
	args := firewall.Args{
		Common: c.common, Region: c.region, Requests: c.cfg.Firewall.Requests, OnlyCount: c.cfg.Firewall.OnlyCount, Near: nearUsers(c.cfg),
		Balancers: map[string]pulumi.StringInput{c.name("loadbalancer"): c.balancer.ARN},
	}
	if c.cfg.CDN != config.NoCDN {
		args.ForwardedHeader = "X-Forwarded-For"
	}
	c.services.firewall, err = firewall.New(c.ctx, c.name("firewall"), args, c.in())
	return err
}

func (c *cell) firewallGroup() dashboard.Group {
	group := dashboard.Group{Title: "Firewall", Region: c.region, Widgets: c.services.firewall.Widgets()}
	if c.atEdge() {
		group.Region = edgeRegion
	}
	return group
}
