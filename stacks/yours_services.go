package stacks

import (
	"slices"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/stacks/bundle"
	"github.com/rung-dev/rung/stacks/manifest"
)

// priorityStep lies between the rules of services, so that one may come between.
const priorityStep = 10

// yourServices are those of rung.yaml, in its order, which decides who gets a path that
// two would take.
func yourServices(described []manifest.Service) []service {
	var list []service
	for i, s := range described {
		list = append(list, service{
			name: s.Name + "-service", role: contract.Role(bundle.ServiceWord(s.Name)), yours: &described[i],
			route: loadbalancer.Route{Name: s.Name, Priority: priorityStep * (i + 1), Paths: s.Paths},
		})
	}
	return list
}

// yourService is a service of somebody's app as it runs on its machines.
func (c *cell) yourService(one service) program.Spec {
	app, d := c.cfg.App.SeenBy(*one.yours).WithDefaults(), c.storeOf(one)
	environment := c.fleetEnvironment()
	if one.yours.Store == manifest.OwnStore {
		for _, v := range c.storeEnvironment(d) { // in the place of the app's
			i := slices.IndexFunc(environment, func(w part.Variable) bool { return w.Name == v.Name })
			environment[i] = v
		}
		environment = slices.DeleteFunc(environment, ofShards)
	}
	spec := c.yours(app, one.role, environment)
	spec.Name, spec.Secrets, spec.Setup = one.route.Name, c.yourSecrets(app, d), yourSetup(*one.yours)
	return spec
}

// ofShards are the variables of the databases beside the app's first.
func ofShards(v part.Variable) bool {
	return slices.Contains([]string{contract.EnvShards, contract.EnvShardSecrets, contract.EnvShardReaders}, v.Name)
}

// yourSetup is what runs before a service is started: what a release does to the
// database that the service is handed.
func yourSetup(s manifest.Service) []string {
	switch {
	case s.Store == manifest.SharedStore:
		return []string{roleRelease}
	case s.Store == manifest.OwnStore && s.Release != nil:
		return []string{bundle.ReleaseWord(s.Name)}
	}
	return nil
}

// yourServicePermissions are what the machines of a service may do: what those of the
// web part may, with the service's database in the place of the app's.
func (c *cell) yourServicePermissions(one service) []part.Permission {
	d, shards := c.storeOf(one), []*store(nil)
	if d == c.database {
		shards = c.shards
	}
	list := c.permissionsOver(d, shards...)
	if c.uses(manifest.Queue) {
		list = append(list, c.jobs.Producer()...)
	}
	return list
}

// whereServicesAre tells each part of somebody's app how it reaches the services.
func (c *cell) whereServicesAre() (env []part.Variable) {
	if c.cfg.App == nil || c.cfg.Stage < 4 {
		return nil
	}
	for _, s := range c.cfg.App.Services {
		env = append(env, part.Variable{Name: s.URLVariable(), Value: c.serviceURL(s.Name)})
	}
	return env
}

// answersAt is where the load balancers find the app, and how they ask for its health.
// Zero is as rung's own app has it.
func (c *cell) answersAt() (port int, health loadbalancer.HealthCheck) {
	if c.cfg.App == nil {
		return 0, health
	}
	app := c.cfg.App.WithDefaults()
	return app.Port, loadbalancer.HealthCheck{Path: app.Health}
}

// drainSeconds is how long a load balancer lets a machine that goes finish its requests:
// as long as the app may take to end. Zero is as rung's own app has it.
func (c *cell) drainSeconds() int {
	if c.cfg.App == nil {
		return 0
	}
	return max(contract.DrainSeconds, c.cfg.App.WithDefaults().StopSeconds)
}

// statusPath is where those outside ask whether a region can serve: somebody's app has
// nothing but its health path. Empty is where rung's own app says it.
func (c *cell) statusPath() string {
	if c.cfg.App == nil {
		return ""
	}
	return c.cfg.App.WithDefaults().Health
}
