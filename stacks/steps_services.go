package stacks

import (
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/dashboard"
	"github.com/rung-dev/rung/components/fleet"
	"github.com/rung-dev/rung/components/ownapp"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/components/slo"
)

// addFleets runs the services. Each has its own role with no more than it needs.
func (c *cell) addFleets() error {
	if err := c.needs("add the services",
		append(machines(), hasInner, hasDiscovery, hasUsers, hasSearch, hasEvents)...); err != nil {
		return err
	}
	c.services.fleets = map[string]*fleet.Fleet{}
	for _, one := range served() {
		if err := c.addFleet(one); err != nil {
			return err
		}
	}
	return nil
}

func (c *cell) addFleet(one service) error {
	args := c.fleetArgs(c.cfg.Services.Fleet, one.role)
	args.ReservedInstances = 0 // the one app and the workers have them
	args.Program = ownapp.Program(one.role, c.artifact, c.serviceEnvironment(one)...)
	permissions, err := c.servicePermissions(one)
	if err != nil {
		return err
	}
	args.Permissions = permissions
	targets := c.services.inner.Services[one.route.Name]
	args.TargetGroups = pulumi.StringArray{targets.ARN}
	args.GateAlarms = targets.GateAlarms
	args.PlacementGroup = c.racks()
	args.Clients = []part.Client{c.innerClient()}
	if public := c.balancer.Services[one.route.Name]; public != nil {
		args.TargetGroups = append(args.TargetGroups, public.ARN)
		args.Clients = append(args.Clients,
			part.Client{Name: c.name("loadbalancer"), SecurityGroupID: c.balancer.SecurityGroupID})
	}
	made, err := fleet.New(c.ctx, c.name(one.name), args, c.in())
	if err != nil {
		return err
	}
	c.services.fleets[one.route.Name] = made
	return c.admitService(one, made)
}

// storeOf is the database that a service keeps its data in; search has its own engine.
func (c *cell) storeOf(one service) *store {
	switch one.role {
	case contract.RoleUsers:
		return c.services.users
	case contract.RolePosts:
		return c.database
	}
	return nil
}

// admitService lets a service into its own store, the cache, and the inner
// load balancer, and nowhere else.
func (c *cell) admitService(one service, f *fleet.Fleet) error {
	client := part.Client{Name: c.name(one.name), SecurityGroupID: f.SecurityGroupID}
	if err := c.services.inner.Admit(client); err != nil {
		return err
	}
	if err := c.cache.Admit(client); err != nil {
		return err
	}
	switch one.role {
	case contract.RoleUsers:
		return c.services.users.Admit(client)
	case contract.RoleSearch:
		return c.services.engine.Admit(client)
	}
	return c.admitToDatabases(client)
}

// servicePermissions are what a service's machines may do beside their own log.
func (c *cell) servicePermissions(one service) ([]part.Permission, error) {
	secrets := pulumi.StringArray{c.cache.Endpoint.Secret}
	if d := c.storeOf(one); d != nil {
		secrets = append(secrets, d.Endpoint.Secret)
	}
	if one.role == contract.RolePosts {
		for _, d := range c.shards {
			secrets = append(secrets, d.Endpoint.Secret)
		}
	}
	if one.role == contract.RoleSearch {
		secrets = append(secrets, c.services.engine.Endpoint.Secret)
	}
	list := []part.Permission{{Name: "secrets", Actions: []string{"secretsmanager:GetSecretValue"}, Resources: secrets}}
	if one.role == contract.RolePosts { // pictures, and jobs for the workers
		list = append(list, c.keepUploads())
		list = append(list, c.jobs.Producer()...)
	}
	produce, err := c.services.events.Producer(one.publishes...)
	if err != nil {
		return nil, err
	}
	list = append(list, produce...)
	if len(one.takes) == 0 {
		return list, nil
	}
	consume, err := c.services.events.Consumer(one.route.Name)
	return append(list, consume...), err
}

// serviceEnvironment is what a service reads: its own store, and where the others are.
// It does not ask for the origin's secret: the public load balancer does, and
// the inner one is reached by the stack's own machines alone.
func (c *cell) serviceEnvironment(one service) []part.Variable {
	text := func(name string, v pulumi.StringInput) part.Variable { return part.Variable{Name: name, Value: v} }
	env := []part.Variable{
		text(contract.EnvStage, pulumi.String(strconv.Itoa(int(c.cfg.Stage)))),
		text(contract.EnvStack, pulumi.String(c.ctx.Stack())),
		text(contract.EnvRegion, pulumi.String(c.region)),
		text(contract.EnvProxies, pulumi.String(strconv.Itoa(c.proxies()))),
		text(contract.EnvRedisURL, pulumi.Sprintf("rediss://%s:%d/0", c.cache.Endpoint.Host, c.cache.Endpoint.Port)),
		text(contract.EnvRedisSecret, c.cache.Endpoint.Secret),
		text(contract.EnvRedisCluster, pulumi.String(strconv.FormatBool(c.cache.ClusterMode))),
		text(contract.EnvPublicURL, c.url()),
		text(contract.EnvUsersURL, c.serviceURL("users")),
		text(contract.EnvPostsURL, c.serviceURL("posts")),
		text(contract.EnvSearchURL, c.serviceURL("search")),
	}
	if d := c.storeOf(one); d != nil {
		env = append(env, c.storeEnvironment(d)...)
	}
	if one.role == contract.RolePosts {
		env = append(env, c.shardEnvironment()...)
		env = append(env, text(contract.EnvUploadsBucket, c.uploads.Name), text(contract.EnvQueueURL, c.jobs.URL),
			text(contract.EnvDeadQueueURL, c.jobs.DeadURL))
	}
	if one.role == contract.RoleSearch {
		env = append(env, text(contract.EnvEngineURL, c.services.engine.URL),
			text(contract.EnvEngineSecret, c.services.engine.Endpoint.Secret))
	}
	return append(env, c.eventEnvironment(one)...)
}

// storeEnvironment names a database: writes through the proxy, where there is
// one, reads straight to the replicas.
func (c *cell) storeEnvironment(d *store) []part.Variable {
	at, host := d.Endpoint, d.Endpoint.Host
	if d == c.database {
		host = c.writeHost()
	}
	return []part.Variable{
		{Name: contract.EnvDatabaseHost, Value: host},
		{Name: contract.EnvDatabasePort, Value: pulumi.String(strconv.Itoa(at.Port))},
		{Name: contract.EnvDatabaseName, Value: pulumi.String(d.Name)},
		{Name: contract.EnvDatabaseSecret, Value: at.Secret},
		{Name: contract.EnvDatabaseReaders, Value: joined(d.Readers)},
		{Name: contract.EnvDatabaseCA, Value: pulumi.String(program.DatabaseCAPath)},
	}
}

// joined are the texts with commas between.
func joined(texts []pulumi.StringOutput) pulumi.StringOutput {
	all := make(pulumi.StringArray, len(texts))
	for i, t := range texts {
		all[i] = t
	}
	return all.ToStringArrayOutput().ApplyT(func(v []string) string { return strings.Join(v, ",") }).(pulumi.StringOutput)
}

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
		hasSLO, hasGateway, hasInner, hasFleets, hasUsers, hasSearch, hasEvents, hasProxy, hasEdgeFirewall,
		hasFirewall); err != nil {
		return err
	}
	groups := []dashboard.Group{{Title: "Promises", Widgets: c.services.slo.Widgets()}}
	if c.services.gateway != nil {
		groups = append(groups, dashboard.Group{Title: "Gateway", Widgets: c.services.gateway.Widgets()})
	}
	for _, one := range served() {
		name := one.route.Name
		widgets := append(c.services.inner.Services[name].Widgets(), c.services.fleets[name].Widgets()...)
		groups = append(groups, dashboard.Group{Title: "Service: " + name, Widgets: widgets})
	}
	groups = append(groups,
		dashboard.Group{Title: "Users' database", Widgets: c.services.users.Widgets()},
		dashboard.Group{Title: "Search engine", Widgets: c.services.engine.Widgets()},
		dashboard.Group{Title: "Events", Widgets: c.services.events.Widgets()},
	)
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

// exportServices publishes where the services are.
func (c *cell) exportServices() error {
	if err := c.needs("publish the services",
		hasGateway, hasUsers, hasSearch, hasCDN, hasRoute, hasBalancer); err != nil {
		return err
	}
	if c.services.gateway != nil {
		c.ctx.Export(c.name("api"), pulumi.Sprintf("https://%s", c.services.gateway.Host))
	} else {
		c.ctx.Export(c.name("api"), c.url())
	}
	c.ctx.Export(c.name("usersDatabase"), c.services.users.Endpoint.Host)
	c.ctx.Export(c.name("searchEngine"), c.services.engine.URL)
	return nil
}
