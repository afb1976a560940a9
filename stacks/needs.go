package stacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// A step says in its first line what it builds on. One that a stage lists too
// early then fails with the step that belongs before it, instead of building
// something else than its picture shows.

// need asks a cell for something that an earlier step leaves.
type need func(*cell) left

// left is what a step leaves, and the step's name. What the settings do not ask
// for counts as being there.
type left struct {
	there    bool
	what, by string
}

// needs is nil where everything is there.
func (c *cell) needs(step string, all ...need) error {
	var missing []left
	for _, one := range all {
		if l := one(c); !l.there && !slices.ContainsFunc(missing, func(m left) bool { return m.by == l.by }) {
			missing = append(missing, l)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &missingError{step, missing}
}

// needs is nil where every cell has everything.
func (m *multiRegion) needs(step string, all ...need) error {
	for _, c := range m.cells {
		if err := c.needs(step, append(all, hasRegions)...); err != nil {
			return fmt.Errorf("%s: %w", c.region, err)
		}
	}
	return nil
}

// missingError is what a step answers that runs before one that it builds on.
type missingError struct {
	step    string
	missing []left
}

func (e *missingError) Error() string {
	texts := make([]string, len(e.missing))
	for i, l := range e.missing {
		texts[i] = fmt.Sprintf("%s (%s)", l.what, l.by)
	}
	return fmt.Sprintf("%s: missing %s, which the stage's list has to make before; please report this",
		e.step, strings.Join(texts, ", "))
}

// from is what stages below the given one do not have.
func (c *cell) from(stage ladder.Number, there bool, what, by string) left {
	return left{there || c.cfg.Stage < stage, what, by}
}

// What every stage has.

func hasAlerts(c *cell) left  { return c.from(1, c.alerts != nil, "the alerts' topic", "addAlerts") }
func hasBuckets(c *cell) left { return c.from(1, c.artifacts != nil, "the buckets", "addBuckets") }
func hasNetwork(c *cell) left { return c.from(1, c.network != nil, "the network", "addNetwork") }
func hasClimb(c *cell) left   { return c.from(1, c.climb != nil, "the signals to climb", "addClimb") }

func hasNames(c *cell) left {
	there := c.zone != nil || c.cfg.Domain == ""
	if c.cfg.CDN == config.Cloudflare {
		there = c.proofs != nil || c.cfg.Stage < 3
	}
	return c.from(1, there, "the domain's zone", "addNames")
}

func hasServer(c *cell) left {
	if c.cfg.Stage < 3 {
		return c.from(1, c.server != nil, "the server", "addServer")
	}
	return c.from(3, c.server != nil || !c.cfg.HasServer() || !c.home(), "the server of before", "keepServer")
}

func hasServerName(c *cell) left {
	there := c.cfg.Stage >= 3 || c.zone == nil || len(c.records(c.serverHost())) > 0
	return c.from(1, there, "the server's name", "nameServer")
}

// What a CDN brings.

func hasOrigin(c *cell) left {
	return c.from(1, c.origin != nil || !c.hasOriginSecret(), "the origin's secret", "addOriginSecret")
}

func hasCDN(c *cell) left {
	return c.from(1, c.cdn != nil || c.cfg.CDN == config.NoCDN, "the CDN", "addCDN")
}

func hasEdge(c *cell) left {
	return c.from(6, c.code != nil || !c.wantsEdge(), "the code at the edge", "addEdge")
}

// What stage 3 adds.

func hasDatabase(c *cell) left { return c.from(3, c.database != nil, "the database", "addDatabase") }
func hasCache(c *cell) left    { return c.from(3, c.cache != nil, "the cache", "addCache") }
func hasQueue(c *cell) left {
	return c.from(1, c.jobs != nil || !c.wantsQueue(), "the jobs' queue", "addQueue")
}
func hasBalancer(c *cell) left {
	return c.from(3, c.balancer != nil, "the load balancer", "addBalancer")
}
func hasWeb(c *cell) left { return c.from(3, c.web != nil, "the web fleet", "addWeb") }
func hasWorkers(c *cell) left {
	return c.from(3, c.workers != nil || !c.hasWork(), "the workers", "addWorkers")
}

// What stage 4 adds.

func hasRoutes(c *cell) left {
	there := c.balancer != nil && len(c.balancer.Services) == len(c.routes())
	return c.from(4, there, "the ways to the services", "nameSite")
}

func hasStores(c *cell) left {
	return c.from(4, c.services.stores != nil, "the services' databases", "addServiceStores")
}

func hasProxy(c *cell) left {
	wanted, _ := c.wantsProxy() // its own step says what is wrong
	return c.from(4, c.services.proxy != nil || !wanted, "the database's proxy", "addProxy")
}

func hasSearch(c *cell) left {
	return c.from(4, c.services.engine != nil || !c.cfg.HasSearch(), "the search engine", "addSearch")
}

func hasEvents(c *cell) left {
	return c.from(4, c.services.events != nil || !c.cfg.HasEvents(), "the topics", "addEvents")
}

func hasInner(c *cell) left {
	return c.from(4, c.services.inner != nil, "the inner load balancer", "addInner")
}

func hasDiscovery(c *cell) left {
	there := c.services.names != nil || len(c.cfg.ServiceNames()) == 0
	return c.from(4, there, "the services' names", "addDiscovery")
}

func hasFleets(c *cell) left { return c.from(4, c.services.fleets != nil, "the services", "addFleets") }

func hasGateway(c *cell) left {
	there := c.services.gateway != nil || c.cfg.Services.API != config.APIGateway
	return c.from(4, there, "the gateway", "addGateway")
}

func hasSLO(c *cell) left { return c.from(4, c.services.slo != nil, "the promises", "addSLO") }

func hasEdgeFirewall(c *cell) left {
	return c.from(4, c.services.firewall != nil || !c.atEdge() || !c.home(), "the CDN's firewall", "addEdgeFirewall")
}

func hasFirewall(c *cell) left {
	return c.from(4, c.services.firewall != nil || c.atEdge(), "the load balancer's firewall", "addFirewall")
}

// What stages 5 and 6 add.

func hasHistory(c *cell) left {
	return c.from(5, c.previous != nil, "what earlier runs have left", "checkHistory")
}

func hasRegions(c *cell) left {
	return c.from(5, len(c.further) == len(c.cfg.Regions)-1, "the regions' cells", "addRegions")
}

func hasKey(c *cell) left { return c.from(5, c.key != nil, "the key of the copies", "addKey") }

func hasShards(c *cell) left {
	return c.from(5, len(c.shards) == c.cfg.Database.Shards-1, "the shards", "addShards")
}

func hasRoute(c *cell) left {
	there := c.accelerator != nil || !c.routed() || c.cfg.Routing != config.Accelerated || c.cfg.CDN == config.Cloudflare
	return c.from(5, there, "the way to all regions", "routeUsers")
}

func hasCapacity(c *cell) left {
	return c.from(5, c.held != nil || !c.wantsCapacity(), "the held capacity", "addCapacity")
}

// machines are what those of every fleet are told of or let into.
func machines() []need {
	return []need{
		hasAlerts, hasBuckets, hasNetwork, hasOrigin, hasDatabase, hasShards, hasProxy, hasCache, hasQueue, hasBalancer,
		hasCDN, hasRoute, hasCapacity,
	}
}
