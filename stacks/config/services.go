package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rung-dev/rung/stacks/manifest"
)

// API is the way by which programs outside call the services.
type API string

const (
	// APIGateway limits, logs and counts every call: $1 for a million.
	APIGateway API = "gateway"
	// APIBalancer leaves it to the public load balancer's paths, which cost nothing more.
	APIBalancer API = "balancer"
)

// Proxy says whether a proxy stands before the database.
type Proxy string

const (
	// ProxyAuto adds one where the machines may open more connections than the
	// database takes.
	ProxyAuto   Proxy = "auto"
	ProxyAlways Proxy = "always"
	ProxyNever  Proxy = "never"
)

// Services are the services of stage 4 and up.
type Services struct {
	// Fleet is the size of each.
	Fleet
	// Weights are the shares of a service's paths that it serves in place of
	// the one app, in percent by name; what is not named serves nothing yet.
	Weights map[string]int
	// API is how programs outside reach them.
	API API
}

// ServiceNames are the services that may take paths over: those of the app's
// description, or of rung's own app.
func (c Config) ServiceNames() []string {
	if c.App == nil {
		return []string{"users", "posts", "search"}
	}
	var names []string
	for _, s := range c.App.Services {
		names = append(names, s.Name)
	}
	return names
}

// OwnDatabases are the services that have a database to themselves.
func (c Config) OwnDatabases() []string {
	if c.App == nil {
		return []string{"users"}
	}
	var names []string
	for _, s := range c.App.Services {
		if s.Store == manifest.OwnStore {
			names = append(names, s.Name)
		}
	}
	return names
}

// HasSearch reports whether the stack has a search engine, and HasEvents whether it has
// topics: rung's own app uses them from stage 4 on, and knows what they carry.
func (c Config) HasSearch() bool { return c.Stage >= 4 && c.App == nil }

// HasEvents is described with [Config.HasSearch].
func (c Config) HasEvents() bool { return c.HasSearch() }

// DatabaseOf is the name of the database that a service has to itself.
func DatabaseOf(service string) string { return service + "-database" }

// UsersDatabase is what differs between the users' database and [Database].
// Zero values mean the same.
type UsersDatabase struct {
	// Class is the instance class of the primary.
	Class string
	// StorageGiB is the size at creation.
	StorageGiB int
	// Replicas is the number of read replicas; nil means the same.
	Replicas *int
}

// usersClasses are the instance classes of the users' primary and replicas.
func (c Config) usersClasses() (primary, replica string) {
	if c.UsersDatabase.Class != "" {
		return c.UsersDatabase.Class, c.UsersDatabase.Class
	}
	return c.Database.Class, c.replicaClass()
}

// UsersReplicas is the number of read replicas of the users' database.
func (c Config) UsersReplicas() int {
	if c.UsersDatabase.Replicas == nil {
		return c.Database.Replicas
	}
	return *c.UsersDatabase.Replicas
}

// Search is the search engine of stage 4 and up. It stands in two zones: AWS
// replaces a domain whose subnets change, and its index with it.
type Search struct {
	// InstanceType and Instances are the data nodes.
	InstanceType string
	Instances    int
	// MasterType and Masters are the nodes that keep the cluster together.
	MasterType string
	Masters    int
	// StorageGiB is the disk of each data node.
	StorageGiB int
}

// Firewall is the web ACL of stage 4 and up.
type Firewall struct {
	// Requests is the most that one address may send in five minutes.
	Requests int
	// OnlyCount refuses nothing, and counts what it would refuse.
	OnlyCount bool
}

func serviceKeys() []Key {
	return []Key{
		key("services.weights",
			"share of a service's paths that it serves in place of the one app, in percent; others stay with the app", nothing,
			weights(func(c *Config, v map[string]int) { c.Services.Weights = v })),
		key("services.api", "how programs outside reach the services: a gateway with limits and a log, or the load "+
			"balancer's paths, which are cheaper", always("gateway"),
			oneOf([]API{APIGateway, APIBalancer}, func(c *Config, v API) { c.Services.API = v })),
		key("services.instanceTypes", "machine types of each service, cheapest first",
			rising("c7g.medium,c6g.medium,m7g.medium,m6g.medium", rise{5, "c7g.xlarge,c6g.xlarge,m7g.xlarge,m6g.xlarge"}),
			gravitons(func(c *Config, v []string) { c.Services.InstanceTypes = v })),
		key("services.min", "machines of each service that always run in each region; they are on-demand",
			rising("2", rise{5, "4"}),
			whole(1, 1_000, func(c *Config, v int) { c.Services.Min = v })),
		key("services.max", "the most machines of each service in each region", rising("6", rise{5, "24"}),
			whole(1, 1_000, func(c *Config, v int) { c.Services.Max = v })),
		key("services.spotShare", "part of a service's machines above the minimum that are spot, in percent", always("50"),
			whole(0, 100, func(c *Config, v int) { c.Services.SpotShare = v })),
		key("database.proxy",
			"whether a proxy stands before the database: auto adds one where the machines may open more connections than it "+
				"takes", always("auto"),
			oneOf([]Proxy{ProxyAuto, ProxyAlways, ProxyNever}, func(c *Config, v Proxy) { c.Database.Proxy = v })),
		key("usersDatabase.class", "instance class of the users' database, or of those that your own app's services have "+
			"to themselves; without it that of the database", nothing,
			databaseClass(func(c *Config, v string) { c.UsersDatabase.Class = v })),
		key("usersDatabase.storageGiB", "storage of the users' database at creation, in GiB; without it that of the database",
			nothing,
			whole(20, 13_000, func(c *Config, v int) { c.UsersDatabase.StorageGiB = v })),
		key("usersDatabase.replicas",
			"read replicas of the users' database in each region; without it as many as the database has; further regions "+
				"have at least 1", nothing,
			whole(0, mostReplicas, func(c *Config, v int) { c.UsersDatabase.Replicas = &v })),
		key("search.instanceType", "type of the search engine's data nodes", always("m7g.large.search"),
			searchNode(func(c *Config, v string) { c.Search.InstanceType = v })),
		key("search.instances", "data nodes of the search engine, half in each of two zones", always("4"),
			whole(2, 80, func(c *Config, v int) { c.Search.Instances = v })),
		key("search.masterType", "type of the nodes that keep the search engine together", always("m7g.medium.search"),
			searchMaster(func(c *Config, v string) { c.Search.MasterType = v })),
		key("search.masters", "nodes that keep the search engine together, 3 or 5; 0 leaves it to the data nodes",
			always("3"),
			zeroOr(3, 5, func(c *Config, v int) { c.Search.Masters = v })),
		key("search.storageGiB", "disk of each data node, in GiB", always("100"),
			whole(10, 16_384, func(c *Config, v int) { c.Search.StorageGiB = v })),
		key("firewall.requests", "the most requests that one address may send in five minutes", always("2000"),
			whole(10, 2_000_000_000, func(c *Config, v int) { c.Firewall.Requests = v })),
		key("firewall.onlyCount",
			"refuse nothing and count what would be refused: for the first weeks of a site that has users already",
			always("false"),
			flag(func(c *Config, v bool) { c.Firewall.OnlyCount = v })),
	}
}

// weights takes name=percent pairs, as text or as a JSON object. Which names there are
// the app says; see checkWeights.
func weights(put func(*Config, map[string]int)) setter {
	const allowed = "percents by service, users=10,posts=100 say, of users, posts, search or the services of your own app"
	return setter{typ: "percents", allowed: allowed, set: func(c *Config, v string) error {
		shares, err := readCounts(v)
		if err != nil {
			return want(allowed)
		}
		for _, name := range slices.Sorted(maps.Keys(shares)) {
			if n := shares[name]; n < 0 || n > 100 {
				return fmt.Errorf("%s=%d: want %s, each 0 to 100", name, n, allowed)
			}
		}
		put(c, shares)
		return nil
	}}
}

// checkWeights holds the weights against the services that there are.
func checkWeights(c Config, add report) {
	names := c.ServiceNames()
	for _, name := range slices.Sorted(maps.Keys(c.Services.Weights)) {
		switch {
		case slices.Contains(names, name):
		case len(names) == 0:
			add("services.weights", fmt.Sprintf("%s: the app has no services: want none, or list them in services of %s", name,
				manifest.FileName))
		default:
			add("services.weights", fmt.Sprintf("%s: want percents by service, %s=10 say, of %s, each 0 to 100", name, names[0],
				strings.Join(names, ", ")))
		}
	}
}

func checkServices(c Config, add report) {
	checkFleet("services", c.Services.Fleet, add)
	checkWeights(c, add)
	if c.UsersDatabase.Replicas != nil {
		checkCopies(c, "usersDatabase.replicas", c.UsersReplicas(), add)
	}
	if c.Stage < 4 && len(c.Services.Weights) > 0 {
		add("services.weights", fmt.Sprintf("stage %d has no services: leave the key out, or set rung:stage 4", c.Stage))
	}
	if c.Stage >= 4 && c.HasServer() && len(c.Services.Weights) > 0 {
		add("services.weights", "the server still serves all (rung:handover pending): one move at a time, so leave the key out until the handover is done")
	}
	if c.Stage >= 4 && c.Services.Min < c.Zones && len(c.ServiceNames()) > 0 {
		add("services.min", fmt.Sprintf("%d zones need at least %d machines of each service, so that it outlives a zone",
			c.Zones, c.Zones))
	}
	if c.Search.Instances%2 != 0 {
		add("search.instances", "the nodes stand in two zones: want an even number")
	}
	if c.Search.Masters == 4 {
		add("search.masters", "an even number cannot agree: want 3, 5, or 0 for none")
	}
	if c.Search.Masters == 0 && c.Search.Instances == 2 {
		add("search.masters", "two data nodes cannot agree by themselves: want 3, or rung:search.instances of at least 4")
	}
	checkSmallSearch(c.Search, add)
}

// smallDisks are the largest disks of the burstable nodes, in GiB.
// Source: OpenSearch developer guide, "EBS volume size quotas".
var smallDisks = map[string]int{"t3.small.search": 100, "t3.medium.search": 200}

// mostSmallNodes is how many burstable data nodes a domain may have.
const mostSmallNodes = 10

func checkSmallSearch(s Search, add report) {
	most, small := smallDisks[s.InstanceType]
	if small && s.StorageGiB > most {
		add("search.storageGiB",
			fmt.Sprintf("a %s has a disk of at most %d GiB: want that, or a larger rung:search.instanceType", s.InstanceType,
				most))
	}
	if small && s.Instances > mostSmallNodes {
		add("search.instances",
			fmt.Sprintf("AWS allows at most %d nodes of a t3 type: want that, or a larger rung:search.instanceType",
				mostSmallNodes))
	}
}
