package stacks

import (
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/fleet"
	"github.com/rung-dev/rung/components/ownapp"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/stacks/manifest"
)

// addFleets runs the services. Each has its own role with no more than it needs.
func (c *cell) addFleets() error {
	if err := c.needs("add the services",
		append(machines(), hasInner, hasDiscovery, hasStores, hasSearch, hasEvents, hasRoutes)...); err != nil {
		return err
	}
	c.services.fleets = map[string]*fleet.Fleet{}
	for _, one := range served(c.cfg) {
		if err := c.addFleet(one); err != nil {
			return err
		}
	}
	return nil
}

func (c *cell) addFleet(one service) error {
	args := c.fleetArgs(c.cfg.Services.Fleet, one.role)
	args.ReservedInstances = 0 // the one app and the workers have them
	if one.yours != nil {
		args.Program = c.yourService(one)
	} else {
		args.Program = ownapp.Program(one.role, c.artifact, c.serviceEnvironment(one)...)
	}
	permissions, err := c.servicePermissions(one)
	if err != nil {
		return err
	}
	args.Permissions = permissions
	targets := c.services.inner.Services[one.route.Name]
	args.TargetGroups = pulumi.StringArray{targets.ARN}
	args.GateAlarms = c.gates(targets.GateAlarms)
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
	switch {
	case one.role == contract.RolePosts, one.yours != nil && one.yours.Store == manifest.SharedStore:
		return c.database
	}
	return c.services.stores[one.route.Name]
}

// admitService lets a service into its own store, the cache, and the inner
// load balancer, and nowhere else.
func (c *cell) admitService(one service, f *fleet.Fleet) error {
	client := part.Client{Name: c.name(one.name), SecurityGroupID: f.SecurityGroupID}
	if err := c.services.inner.Admit(client); err != nil {
		return err
	}
	if c.uses(manifest.Cache) {
		if err := c.cache.Admit(client); err != nil {
			return err
		}
	}
	if one.role == contract.RoleSearch {
		return c.services.engine.Admit(client)
	}
	switch d := c.storeOf(one); d {
	case nil:
		return nil
	case c.database:
		return c.admitToDatabases(client)
	default:
		return d.Admit(client)
	}
}

// servicePermissions are what a service's machines may do beside their own log.
func (c *cell) servicePermissions(one service) ([]part.Permission, error) {
	if one.yours != nil {
		return c.yourServicePermissions(one), nil
	}
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
		text(contract.EnvOriginProof, c.origin.Digest()),
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
