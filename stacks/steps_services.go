package stacks

import (
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/dashboard"
	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/discovery"
	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/components/firewall"
	"github.com/rung-dev/rung/components/fleet"
	"github.com/rung-dev/rung/components/gateway"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/ownapp"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/components/search"
	"github.com/rung-dev/rung/components/slo"
	"github.com/rung-dev/rung/stacks/config"
)

// addUsersDatabase makes the users' own database. Posts stay where all data
// was; users are copied over from there while both are written.
func (c *cell) addUsersDatabase() error {
	if err := c.needs("add the users' database", hasAlerts, hasNetwork, hasDatabase); err != nil {
		return err
	}
	made, err := database.New(c.ctx, usersDatabase, c.usersDatabaseArgs(), c.in())
	if err != nil {
		return err
	}
	c.services.users = &store{usersDatabase, made}
	return c.joinUsers()
}

// usersDatabaseArgs are those of the database that the users leave, but for
// what the configuration says of theirs.
func (c *cell) usersDatabaseArgs() database.Args {
	args, own := c.databaseArgs(), c.cfg.UsersDatabase
	if own.Class != "" {
		args.Class, args.ReplicaClass = own.Class, ""
	}
	if own.StorageGiB > 0 {
		args.AllocatedGiB, args.MaxAllocatedGiB = own.StorageGiB, 5*own.StorageGiB
	}
	args.Replicas = c.cfg.UsersReplicas()
	return args
}

// joinUsers lets the users' database copy from the one that they leave.
func (c *cell) joinUsers() error {
	posts := part.Client{Name: postsDatabase, SecurityGroupID: c.database.SecurityGroupID}
	if err := c.services.users.CopyFrom(posts); err != nil {
		return err
	}
	return c.database.Admit(part.Client{Name: usersDatabase, SecurityGroupID: c.services.users.SecurityGroupID})
}

// searchZones never follows the network's zones: AWS replaces a domain whose
// subnets change.
const searchZones = 2

// addSearch makes the search engine. The one at home also makes the account's
// role, for which the others wait.
func (c *cell) addSearch() (err error) {
	if err := c.needs("add the search engine", hasAlerts, hasNetwork); err != nil {
		return err
	}
	args := search.Args{
		Common: c.common, VPCID: c.network.VPCID, Subnets: c.network.Data,
		Zones: searchZones, Instances: c.cfg.Search.Instances, InstanceType: c.cfg.Search.InstanceType,
		Masters: c.cfg.Search.Masters, MasterType: c.cfg.Search.MasterType, GiB: c.cfg.Search.StorageGiB,
		CreateServiceRole: c.home(),
	}
	if args.Masters == 0 {
		args.Masters = search.NoMasters
	}
	if c.searchRole != nil {
		args.After = append(args.After, c.searchRole)
	}
	if c.services.engine, err = search.New(c.ctx, c.name("search"), args, c.in()); err == nil && c.home() {
		c.searchRole = c.services.engine.ServiceRole
	}
	return err
}

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

// innerLabel is the inner load balancer's own name below the domain.
const innerLabel = "inner"

// addInner makes the load balancer inside the network: the gateway's target,
// and the way of one service to another.
func (c *cell) addInner() (err error) {
	if err := c.needs("add the inner load balancer", hasAlerts, hasBuckets, hasNetwork, hasNames); err != nil {
		return err
	}
	port := 80
	args := loadbalancer.Args{
		Common:     c.common,
		VPCID:      c.network.VPCID,
		Subnets:    c.network.Private,
		Internal:   true,
		TargetCIDR: c.network.CIDR,
		Algorithm:  loadbalancer.Algorithm(c.cfg.Balancer.Algorithm),
		LogBucket:  c.logs.Ready,
		Routes:     weighted(func(loadbalancer.Route) int { return 100 }),
	}
	if c.zone != nil {
		port, args.HostName = 443, c.host(innerLabel)
		if args.CertificateARN, err = c.certificate(c.name("inner"), args.HostName, c.here); err != nil {
			return err
		}
	}
	if args.Clients, err = c.addLink(port); err != nil {
		return err
	}
	if c.services.inner, err = loadbalancer.New(c.ctx, c.name("inner"), args, c.in()); err != nil || c.zone == nil {
		return err
	}
	return c.zone.Alias(args.HostName,
		dns.Target{Name: c.services.inner.DNSName, ZoneID: c.services.inner.ZoneID, Health: true})
}

// addLink makes the gateway's way into the network, where there is a gateway.
func (c *cell) addLink(port int) ([]part.Client, error) {
	if c.cfg.Services.API != config.APIGateway {
		return nil, nil
	}
	var err error
	c.services.link, err = gateway.NewLink(c.ctx, c.name("gateway-link"), gateway.LinkArgs{
		Common: c.common, VPCID: c.network.VPCID, Subnets: c.network.Private, TargetCIDR: c.network.CIDR, TargetPort: port,
	}, c.in())
	if err != nil {
		return nil, err
	}
	return []part.Client{{Name: c.name("gateway"), SecurityGroupID: c.services.link.SecurityGroupID}}, nil
}

// addDiscovery gives each service a name inside the network.
func (c *cell) addDiscovery() (err error) {
	if err := c.needs("name the services", hasNetwork, hasInner); err != nil {
		return err
	}
	args := discovery.Args{Common: c.common, VPCID: c.network.VPCID, Namespace: namespace(c.ctx.Stack())}
	for _, one := range served() {
		args.Services = append(args.Services, discovery.Service{Name: one.route.Name, Balancer: c.services.inner.DNSName})
	}
	c.services.names, err = discovery.New(c.ctx, c.name("discovery"), args, c.in())
	return err
}

// serviceURL is where one service reaches another: with a domain by the name
// on the inner load balancer's certificate, else by the service's own.
func (c *cell) serviceURL(name string) pulumi.StringInput {
	if c.zone != nil {
		return pulumi.String("https://" + c.host(innerLabel))
	}
	return pulumi.String("http://" + c.services.names.Host(name))
}

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

func (c *cell) firewallGroup() dashboard.Group {
	group := dashboard.Group{Title: "Firewall", Region: c.region, Widgets: c.services.firewall.Widgets()}
	if c.atEdge() {
		group.Region = edgeRegion
	}
	return group
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
