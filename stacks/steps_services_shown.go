package stacks

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/dashboard"
	"github.com/rung-dev/rung/components/slo"
	"github.com/rung-dev/rung/stacks/config"
)

// addSLO watches what users were promised.
func (c *cell) addSLO() (err error) {
	if err := c.needs("watch the promises", hasAlerts, hasBalancer); err != nil {
		return err
	}
	c.services.slo, err = slo.New(c.ctx, c.name("slo"),
		slo.Args{Common: c.common, LoadBalancerSuffix: c.balancer.ARNSuffix}, c.in())
	return err
}

// addServiceDashboard shows the services one below the other.
func (c *cell) addServiceDashboard() error {
	if err := c.needs("add the services' dashboard",
		hasSLO, hasGateway, hasInner, hasFleets, hasStores, hasSearch, hasEvents, hasProxy, hasEdgeFirewall,
		hasFirewall); err != nil {
		return err
	}
	groups := []dashboard.Group{{Title: "Promises", Widgets: c.services.slo.Widgets()}}
	if c.services.gateway != nil {
		groups = append(groups, dashboard.Group{Title: "Gateway", Widgets: c.services.gateway.Widgets()})
	}
	for _, one := range served(c.cfg) {
		name := one.route.Name
		widgets := append(c.services.inner.Services[name].Widgets(), c.services.fleets[name].Widgets()...)
		groups = append(groups, dashboard.Group{Title: "Service: " + name, Widgets: widgets})
	}
	groups = append(groups, c.storeGroups()...)
	if c.proxyHere() {
		groups = append(groups, dashboard.Group{Title: "Database proxy", Widgets: c.services.proxy.Widgets()})
	}
	if c.services.firewall != nil {
		groups = append(groups, c.firewallGroup())
	}
	_, err := dashboard.New(c.ctx, c.name("dashboard-services"),
		dashboard.Args{Common: c.common, Region: c.region, Groups: groups}, c.in())
	return err
}

// storeGroups show what the services keep, and tell each other.
func (c *cell) storeGroups() (groups []dashboard.Group) {
	for _, name := range c.cfg.OwnDatabases() {
		groups = append(groups, dashboard.Group{Title: titleOf(name), Widgets: c.services.stores[name].Widgets()})
	}
	if c.services.engine != nil {
		groups = append(groups, dashboard.Group{Title: "Search engine", Widgets: c.services.engine.Widgets()})
	}
	if c.services.events != nil {
		groups = append(groups, dashboard.Group{Title: "Events", Widgets: c.services.events.Widgets()})
	}
	return groups
}

// titleOf is what people call the database of a service.
func titleOf(service string) string {
	if config.DatabaseOf(service) == usersDatabase {
		return "Users' database"
	}
	return "Database of " + service
}

// exportServices publishes where the services are.
func (c *cell) exportServices() error {
	if err := c.needs("publish the services",
		hasGateway, hasStores, hasSearch, hasCDN, hasRoute, hasBalancer); err != nil {
		return err
	}
	if c.services.gateway != nil {
		c.ctx.Export(c.name("api"), pulumi.Sprintf("https://%s", c.services.gateway.Host))
	} else {
		c.ctx.Export(c.name("api"), c.url())
	}
	for _, name := range c.cfg.OwnDatabases() {
		c.ctx.Export(c.name(outputOf(name)), c.services.stores[name].Endpoint.Host)
	}
	if c.services.engine != nil {
		c.ctx.Export(c.name("searchEngine"), c.services.engine.URL)
	}
	return nil
}

// outputOf is under what the host of a service's database is published, usersDatabase say.
func outputOf(service string) string {
	first, rest, _ := strings.Cut(service, "-")
	for word := range strings.SplitSeq(rest, "-") {
		if word != "" {
			first += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return first + "Database"
}
