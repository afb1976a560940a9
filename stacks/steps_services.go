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
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/search"
	"github.com/rung-dev/rung/components/slo"
	"github.com/rung-dev/rung/stacks/config"
)

// addUsersDatabase makes the users' own database. Posts stay where all data
// was; users are copied over from there while both are written.
func (s *services) addUsersDatabase() error {
	made, err := database.New(s.ctx, usersDatabase, s.usersDatabaseArgs(), s.in())
	if err != nil {
		return err
	}
	s.users = &store{usersDatabase, made}
	return s.joinUsers()
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
func (s *services) joinUsers() error {
	if err := s.users.CopyFrom(s.ctx, s.users.name, s.common,
		part.Client{Name: postsDatabase, SecurityGroupID: s.database.SecurityGroupID}); err != nil {
		return err
	}
	return s.database.Admit(s.ctx, s.database.name, s.common,
		part.Client{Name: usersDatabase, SecurityGroupID: s.users.SecurityGroupID})
}

// searchZones never follows the network's zones: AWS replaces a domain whose
// subnets change.
const searchZones = 2

// addSearch makes the search engine. The one at home also makes the account's
// role, for which the others wait.
func (s *services) addSearch() (err error) {
	args := search.Args{
		Common: s.common, VpcID: s.network.VPCID, Subnets: s.network.Data,
		Zones: searchZones, Instances: s.cfg.Search.Instances, InstanceType: s.cfg.Search.InstanceType,
		Masters: s.cfg.Search.Masters, MasterType: s.cfg.Search.MasterType, GiB: s.cfg.Search.StorageGiB,
		CreateServiceRole: s.home(),
	}
	if args.Masters == 0 {
		args.Masters = search.NoMasters
	}
	if s.searchRole != nil {
		args.After = append(args.After, s.searchRole)
	}
	if s.engine, err = search.New(s.ctx, s.name("search"), args, s.in()); err == nil && s.home() {
		s.searchRole = s.engine.ServiceRole
	}
	return err
}

// atEdge is true where the firewall stands on the distribution: it sees
// visitors' own addresses there.
func (s *services) atEdge() bool { return s.cfg.CDN == config.CloudFront }

// addEdgeFirewall makes the distribution's firewall, which is in us-east-1
// wherever the stack is.
func (s *services) addEdgeFirewall() (err error) {
	if !s.atEdge() {
		return nil
	}
	args := firewall.Args{Common: s.common, Scope: firewall.CloudFront, Requests: s.cfg.Firewall.Requests,
		OnlyCount: s.cfg.Firewall.OnlyCount, Near: nearUsers(s.cfg)}
	if args.Alerts, err = s.edgeAlerts(); err != nil {
		return err
	}
	s.firewall, err = firewall.New(s.ctx, "firewall", args, pulumi.Provider(s.edge))
	return err
}

// addFirewall makes the public load balancer's firewall where no distribution
// has one.
func (s *services) addFirewall() (err error) {
	if s.atEdge() {
		return nil
	}
	args := firewall.Args{
		Common: s.common, Region: s.region, Requests: s.cfg.Firewall.Requests, OnlyCount: s.cfg.Firewall.OnlyCount, Near: nearUsers(s.cfg),
		Balancers: map[string]pulumi.StringInput{s.name("loadbalancer"): s.balancer.ARN},
	}
	if s.cfg.CDN != config.NoCDN {
		args.ForwardedHeader = "X-Forwarded-For"
	}
	s.firewall, err = firewall.New(s.ctx, s.name("firewall"), args, s.in())
	return err
}

// innerLabel is the inner load balancer's own name below the domain.
const innerLabel = "inner"

// addInner makes the load balancer inside the network: the gateway's target,
// and the way of one service to another.
func (s *services) addInner() (err error) {
	port := 80
	args := loadbalancer.Args{
		Common:     s.common,
		VPCID:      s.network.VPCID,
		Subnets:    s.network.Private,
		Internal:   true,
		TargetCIDR: s.network.CIDR,
		Algorithm:  loadbalancer.Algorithm(s.cfg.Balancer.Algorithm),
		LogBucket:  s.logs.Ready,
		Routes:     s.weighted(func(loadbalancer.Route) int { return 100 }),
	}
	if s.zone != nil {
		port, args.HostName = 443, s.host(innerLabel)
		if args.CertificateARN, err = s.certificate(s.name("inner"), args.HostName, s.here); err != nil {
			return err
		}
	}
	if args.Clients, err = s.addLink(port); err != nil {
		return err
	}
	if s.inner, err = loadbalancer.New(s.ctx, s.name("inner"), args, s.in()); err != nil || s.zone == nil {
		return err
	}
	return s.zone.Alias(args.HostName, dns.Target{Name: s.inner.DNSName, ZoneID: s.inner.ZoneID, Health: true})
}

// addLink makes the gateway's way into the network, where there is a gateway.
func (s *services) addLink(port int) ([]part.Client, error) {
	if s.cfg.Services.API != config.APIGateway {
		return nil, nil
	}
	var err error
	s.link, err = gateway.NewLink(s.ctx, s.name("gateway-link"), gateway.LinkArgs{
		Common: s.common, VPCID: s.network.VPCID, Subnets: s.network.Private, TargetCIDR: s.network.CIDR, TargetPort: port,
	}, s.in())
	if err != nil {
		return nil, err
	}
	return []part.Client{{Name: s.name("gateway"), SecurityGroupID: s.link.SecurityGroupID}}, nil
}

// addDiscovery gives each service a name inside the network.
func (s *services) addDiscovery() (err error) {
	args := discovery.Args{Common: s.common, VPCID: s.network.VPCID, Namespace: namespace(s.ctx.Stack())}
	for _, one := range served() {
		args.Services = append(args.Services, discovery.Service{Name: one.route.Name, Balancer: s.inner.DNSName})
	}
	s.names, err = discovery.New(s.ctx, s.name("discovery"), args, s.in())
	return err
}

// serviceURL is where one service reaches another: with a domain by the name
// on the inner load balancer's certificate, else by the service's own.
func (s *services) serviceURL(name string) pulumi.StringInput {
	if s.zone != nil {
		return pulumi.String("https://" + s.host(innerLabel))
	}
	return pulumi.String("http://" + s.names.Host(name))
}

// addFleets runs the services. Each has its own role with no more than it needs.
func (s *services) addFleets() error {
	s.fleets = map[string]*fleet.Fleet{}
	for _, one := range served() {
		if err := s.addFleet(one); err != nil {
			return err
		}
	}
	return nil
}

func (s *services) addFleet(one service) error {
	args := s.fleetArgs(s.cfg.Services.Fleet, one.role)
	args.ReservedInstances = 0 // the one app and the workers have them
	args.Environment = s.environment(one)
	permissions, err := s.permissions(one)
	if err != nil {
		return err
	}
	args.Permissions = permissions
	targets := s.inner.Services[one.route.Name]
	args.TargetGroups = pulumi.StringArray{targets.ARN}
	args.GateAlarms = targets.GateAlarms
	args.PlacementGroup = s.racks()
	args.Clients = []part.Client{{Name: s.name("inner"), SecurityGroupID: s.inner.SecurityGroupID}}
	if public := s.balancer.Services[one.route.Name]; public != nil {
		args.TargetGroups = append(args.TargetGroups, public.ARN)
		args.Clients = append(args.Clients,
			part.Client{Name: s.name("loadbalancer"), SecurityGroupID: s.balancer.SecurityGroupID})
	}
	made, err := fleet.New(s.ctx, s.name(one.name), args, s.in())
	if err != nil {
		return err
	}
	s.fleets[one.route.Name] = made
	return s.admitService(one, made)
}

// store is the database that a service keeps its data in; search has its own engine.
func (s *services) store(one service) *store {
	switch one.role {
	case contract.RoleUsers:
		return s.users
	case contract.RolePosts:
		return s.database
	}
	return nil
}

// admitService lets a service into its own store, the cache, and the inner
// load balancer, and nowhere else.
func (s *services) admitService(one service, f *fleet.Fleet) error {
	client := part.Client{Name: s.name(one.name), SecurityGroupID: f.SecurityGroupID}
	if err := s.inner.Admit(s.ctx, s.name("inner"), s.common, client); err != nil {
		return err
	}
	if err := s.cache.Admit(s.ctx, s.name("cache"), s.common, client); err != nil {
		return err
	}
	switch one.role {
	case contract.RoleUsers:
		return s.users.Admit(s.ctx, s.users.name, s.common, client)
	case contract.RoleSearch:
		return s.engine.Admit(s.ctx, s.name("search"), s.common, client)
	}
	return s.admitToDatabases(client)
}

// permissions are what a service's machines may do beside their own log.
func (s *services) permissions(one service) ([]part.Permission, error) {
	secrets := pulumi.StringArray{s.cache.Endpoint.Secret}
	if d := s.store(one); d != nil {
		secrets = append(secrets, d.Endpoint.Secret)
	}
	if one.role == contract.RolePosts {
		for _, d := range s.shards {
			secrets = append(secrets, d.Endpoint.Secret)
		}
	}
	if one.role == contract.RoleSearch {
		secrets = append(secrets, s.engine.Endpoint.Secret)
	}
	list := []part.Permission{{Name: "secrets", Actions: []string{"secretsmanager:GetSecretValue"}, Resources: secrets}}
	if one.role == contract.RolePosts { // pictures, and jobs for the workers
		list = append(list, s.keepUploads())
		list = append(list, s.jobs.Producer()...)
	}
	produce, err := s.events.Producer(one.publishes...)
	if err != nil {
		return nil, err
	}
	list = append(list, produce...)
	if len(one.takes) == 0 {
		return list, nil
	}
	consume, err := s.events.Consumer(one.route.Name)
	return append(list, consume...), err
}

// environment is what a service reads: its own store, and where the others are.
// It does not ask for the origin's secret: the public load balancer does, and
// the inner one is reached by the stack's own machines alone.
func (s *services) environment(one service) []part.Variable {
	text := func(name string, v pulumi.StringInput) part.Variable { return part.Variable{Name: name, Value: v} }
	env := []part.Variable{
		text(contract.EnvStage, pulumi.String(strconv.Itoa(int(s.cfg.Stage)))),
		text(contract.EnvStack, pulumi.String(s.ctx.Stack())),
		text(contract.EnvRegion, pulumi.String(s.region)),
		text(contract.EnvProxies, pulumi.String(strconv.Itoa(s.proxies()))),
		text(contract.EnvRedisURL, pulumi.Sprintf("rediss://%s:%d/0", s.cache.Endpoint.Host, s.cache.Endpoint.Port)),
		text(contract.EnvRedisSecret, s.cache.Endpoint.Secret),
		text(contract.EnvRedisCluster, pulumi.String(strconv.FormatBool(s.cache.ClusterMode))),
		text(contract.EnvPublicURL, s.url()),
		text(contract.EnvUsersURL, s.serviceURL("users")),
		text(contract.EnvPostsURL, s.serviceURL("posts")),
		text(contract.EnvSearchURL, s.serviceURL("search")),
	}
	if d := s.store(one); d != nil {
		env = append(env, s.storeEnvironment(d)...)
	}
	if one.role == contract.RolePosts {
		env = append(env, s.shardEnvironment()...)
		env = append(env, text(contract.EnvUploadsBucket, s.uploads.Name), text(contract.EnvQueueURL, s.jobs.URL),
			text(contract.EnvDeadQueueURL, s.jobs.DeadURL))
	}
	if one.role == contract.RoleSearch {
		env = append(env, text(contract.EnvEngineURL, s.engine.URL), text(contract.EnvEngineSecret, s.engine.Endpoint.Secret))
	}
	return append(env, s.eventEnvironment(one)...)
}

// storeEnvironment names a database: writes through the proxy, where there is
// one, reads straight to the replicas.
func (s *services) storeEnvironment(d *store) []part.Variable {
	at, host := d.Endpoint, d.Endpoint.Host
	if d == s.database {
		host = s.writeHost()
	}
	return []part.Variable{
		{Name: contract.EnvDatabaseHost, Value: host},
		{Name: contract.EnvDatabasePort, Value: pulumi.String(strconv.Itoa(at.Port))},
		{Name: contract.EnvDatabaseName, Value: pulumi.String(d.Name)},
		{Name: contract.EnvDatabaseSecret, Value: at.Secret},
		{Name: contract.EnvDatabaseReaders, Value: joined(d.Readers)},
		{Name: contract.EnvDatabaseCA, Value: pulumi.String(fleet.DatabaseCAPath)},
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
func (s *services) addSLO() (err error) {
	s.slo, err = slo.New(s.ctx, s.name("slo"), slo.Args{Common: s.common, LoadBalancerSuffix: s.balancer.ARNSuffix},
		s.in())
	return err
}

// addServiceDashboard shows the services one below the other.
func (s *services) addServiceDashboard() error {
	groups := []dashboard.Group{{Title: "Promises", Widgets: s.slo.Widgets()}}
	if s.gateway != nil {
		groups = append(groups, dashboard.Group{Title: "Gateway", Widgets: s.gateway.Widgets()})
	}
	for _, one := range served() {
		name := one.route.Name
		groups = append(groups, dashboard.Group{
			Title: "Service: " + name, Widgets: append(s.inner.Services[name].Widgets(), s.fleets[name].Widgets()...),
		})
	}
	groups = append(groups,
		dashboard.Group{Title: "Users' database", Widgets: s.users.Widgets()},
		dashboard.Group{Title: "Search engine", Widgets: s.engine.Widgets()},
		dashboard.Group{Title: "Events", Widgets: s.events.Widgets()},
	)
	if s.hasProxy() {
		groups = append(groups, dashboard.Group{Title: "Database proxy", Widgets: s.proxy.Widgets()})
	}
	if s.firewall != nil {
		groups = append(groups, s.firewallGroup())
	}
	_, err := dashboard.New(s.ctx, s.name("dashboard-services"),
		dashboard.Args{Common: s.common, Region: s.region, Groups: groups}, s.in())
	return err
}

func (s *services) firewallGroup() dashboard.Group {
	group := dashboard.Group{Title: "Firewall", Region: s.region, Widgets: s.firewall.Widgets()}
	if s.atEdge() {
		group.Region = edgeRegion
	}
	return group
}

// exportServices publishes where the services are.
func (s *services) exportServices() error {
	if s.gateway != nil {
		s.ctx.Export(s.name("api"), pulumi.Sprintf("https://%s", s.gateway.Host))
	} else {
		s.ctx.Export(s.name("api"), s.url())
	}
	s.ctx.Export(s.name("usersDatabase"), s.users.Endpoint.Host)
	s.ctx.Export(s.name("searchEngine"), s.engine.URL)
	return nil
}
