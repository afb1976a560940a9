package stacks

import (
	"cmp"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/discovery"
	"github.com/rung-dev/rung/components/events"
	"github.com/rung-dev/rung/components/firewall"
	"github.com/rung-dev/rung/components/fleet"
	"github.com/rung-dev/rung/components/gateway"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/search"
	"github.com/rung-dev/rung/components/slo"
	"github.com/rung-dev/rung/names"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/manifest"
)

// service is one of the services that leave the one app on stage 4.
type service struct {
	// name is its fleet's logical name.
	name string
	role contract.Role
	// route is what leads to it, also by its short name inside the network.
	route loadbalancer.Route
	// pages are what it shows to people beside, who come by the public load balancer.
	pages []string
	// publishes and takes are the kinds of events that it tells and hears of.
	publishes, takes []string
	// yours is what rung.yaml says of it; nil for one of rung's own app.
	yours *manifest.Service
}

// served are the services, in the order in which they are built: those of rung.yaml,
// or of rung's own app.
func served(cfg config.Config) []service {
	if cfg.App != nil {
		return yourServices(cfg.App.Services)
	}
	return []service{
		{
			name: "users-service", role: contract.RoleUsers, publishes: []string{contract.TopicUserCreated},
			route: loadbalancer.Route{Name: "users", Priority: 25, Paths: []string{"/api/users*", "/api/sessions*", "/api/me*"}},
			pages: contract.AccountPages(),
		},
		{
			name: "posts-service", role: contract.RolePosts, publishes: []string{contract.TopicPostCreated}, takes: []string{contract.TopicUserCreated},
			// A person's posts and followers lie with the posts, so this rule stands before that of users.
			route: loadbalancer.Route{Name: "posts", Priority: 20,
				Paths: []string{"/api/posts*", "/api/feed*", "/api/users/*/posts*", "/api/users/*/follow*"}},
		},
		{
			name: "search-service", role: contract.RoleSearch, takes: []string{contract.TopicUserCreated, contract.TopicPostCreated},
			route: loadbalancer.Route{Name: "search", Priority: 30, Paths: []string{"/api/search*"}},
		},
	}
}

// services is what stage 4 adds to a cell, as far as its steps have come; lower
// stages have nothing in it.
type services struct {
	// stores are the databases that services have to themselves, by the service's name.
	stores map[string]*store
	// proxy stands before the posts' database, in the cell that has the writes;
	// every cell writes through it.
	proxy    *database.Proxy
	engine   *search.Search
	events   *events.Events
	link     *gateway.Link
	inner    *loadbalancer.LoadBalancer
	names    *discovery.Discovery
	fleets   map[string]*fleet.Fleet
	gateway  *gateway.Gateway
	firewall *firewall.Firewall
	slo      *slo.SLO
}

// routes are the ways from the public load balancer to the services. While
// users are still served by the server of stage 2 there are none: one move at
// a time.
func (c *cell) routes() []loadbalancer.Route {
	if c.cfg.Stage < 4 || c.cfg.HasServer() {
		return nil
	}
	var list []loadbalancer.Route
	for _, one := range served(c.cfg) {
		r := one.route
		r.Weight, r.Paths = c.cfg.Services.Weights[r.Name], append(r.Paths, one.pages...)
		list = append(list, r)
	}
	return list
}

// innerRoutes are the ways from the inner load balancer: programs have the services'
// paths whole, and no pages.
func innerRoutes(cfg config.Config) []loadbalancer.Route {
	var list []loadbalancer.Route
	for _, one := range served(cfg) {
		r := one.route
		r.Weight = 100
		list = append(list, r)
	}
	return list
}

// shareInner lets the web fleet also serve what reaches the inner load balancer and
// is no service's.
func (c *cell) shareInner(args *fleet.Args) {
	if c.services.inner == nil {
		return
	}
	args.TargetGroups = append(args.TargetGroups, c.services.inner.TargetGroupARN)
	args.Clients = append(args.Clients, c.innerClient())
}

// innerClient is the inner load balancer as a client of what it leads to.
func (c *cell) innerClient() part.Client {
	return part.Client{Name: c.name("inner"), SecurityGroupID: c.services.inner.SecurityGroupID}
}

// edgeFirewall is the web ACL of the distribution; nil for none.
func (c *cell) edgeFirewall() pulumi.StringInput {
	if c.services.firewall == nil || !c.atEdge() {
		return nil
	}
	return c.services.firewall.ARN
}

// label is what a host's name takes between two dots.
var label = names.Form{Max: 50, Refused: regexp.MustCompile(`[^a-z0-9]+`), Lower: true}

// namespace is the suffix of the services' names inside the network, which no
// other stack shares.
func namespace(stack string) string { return cmp.Or(label.Of(stack, "", ""), "stack") + ".internal" }

// leastPool and mostPool bound the connections that one machine of the app
// opens: two for each core of the database and one (contract.EnvDatabasePool).
const leastPool, mostPool = 5, 20

// budgetPercent is the share of the database's connections that machines may
// use together without a proxy.
const budgetPercent = 80

// wantsProxy asks the configuration, and where that leaves it open the sizes of
// all fleets, as the policy connection-budget counts them: a proxy too many
// costs less than a database that takes nobody in.
func (c *cell) wantsProxy() (bool, error) {
	switch c.cfg.Database.Proxy {
	case config.ProxyAlways:
		return true, nil
	case config.ProxyNever:
		return false, nil
	}
	if !c.uses(manifest.Database) {
		return false, nil
	}
	machines := len(c.cfg.Regions) * (c.cfg.Web.Max + len(served(c.cfg))*c.cfg.Services.Max + c.cfg.Workers.Max)
	return needsProxy(c.cfg.Database.Class, machines)
}

// needsProxy is true where so many machines may open more connections than the
// database takes.
func needsProxy(class string, machines int) (bool, error) {
	memory, err := database.MemoryGiB(class)
	if err != nil {
		return false, fmt.Errorf("work out the connections of the database: %w", err)
	}
	cores, err := database.Cores(class)
	if err != nil {
		return false, fmt.Errorf("work out the connections of a machine: %w", err)
	}
	pool := min(max(2*cores+1, leastPool), mostPool)
	return machines*pool*100 > database.MaxConnections(memory)*budgetPercent, nil
}
