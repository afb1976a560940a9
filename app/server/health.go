package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/rueidis"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/health"
	"github.com/rung-dev/rung/app/redis"
)

// newHealth looks at what the app depends on, over connections of its own.
func (a *App) newHealth() *health.Health {
	home := a.pools.Primary().Config().ConnConfig
	c := health.Config{Peers: peers{a.redis, fmt.Sprintf("%s:%d/%s", home.Host, home.Port, home.Database)},
		Stuck: a.stuck(), Detail: a.detail, Log: a.Log}
	for i, pools := range a.Databases() {
		probe := pools.Probe()
		a.probes = append(a.probes, probe)
		d := health.Dependency{Name: "database", Ask: probe.Ask, Needed: true}
		if i > 0 { // takes its part of the users with it; the others are served
			d = health.Dependency{Name: pools.Name(), Ask: probe.Ask}
		}
		c.Dependencies = append(c.Dependencies, d)
	}
	c.Dependencies = append(c.Dependencies,
		health.Dependency{Name: "redis", Away: "served from the database, slower", Ask: func(context.Context) error {
			if !a.redis.Up() {
				return redis.ErrAway
			}
			return nil
		}})
	return health.New(c)
}

// Databases are the pools of all databases, the first one first.
func (a *App) Databases() []*database.Pools { return append([]*database.Pools{a.pools}, a.further...) }

// stuck says which pool gives no connection back.
func (a *App) stuck() func() string {
	looked := database.NewStuck()
	return func() string {
		for _, pools := range a.Databases() {
			if looked.Look(pools) {
				return "stuck: no connection of the database's pool comes back"
			}
		}
		return ""
	}
}

// detail is what is known beside what answers and what does not.
func (a *App) detail() map[string]any {
	out, replicas := map[string]any{}, map[string]string{}
	for i, pools := range a.Databases() {
		if pools.Full() {
			name := "database"
			if i > 0 {
				name = pools.Name()
			}
			out[name] = "full: every connection of the pool is in use"
		}
		for _, r := range pools.State().Replicas {
			name := fmt.Sprintf("replica-%d", len(replicas)+1) // where it is is nobody's business
			replicas[name] = "ok"
			if !r.Healthy {
				replicas[name] = "left out: away or more than a second behind"
			}
		}
	}
	if why := a.redis.Refuses(); why != "" {
		out["redis"] = "takes no writes, so that nothing new is cached: " + why
	}
	if len(replicas) > 0 {
		out["replicas"] = replicas
	}
	return out
}

// peers hear of one another through Redis. Those whose first database is
// another one are not of the same kind.
type peers struct {
	redis *redis.Client
	home  string
}

// peersTime is for how long it is believed that somebody reaches something.
const peersTime = 3000

func (p peers) key(dependency string) string {
	return "reached:" + p.home + ":" + dependency
}

// Tell is as the interface says.
func (p peers) Tell(ctx context.Context, dependency string) error {
	return p.redis.Do(ctx, func(ctx context.Context, r rueidis.Client) error {
		return r.Do(ctx, r.B().Set().Key(p.key(dependency)).Value("1").PxMilliseconds(peersTime).Build()).Error()
	})
}

// Reach is as the interface says.
func (p peers) Reach(ctx context.Context, dependency string) (reached bool, err error) {
	err = p.redis.Do(ctx, func(ctx context.Context, r rueidis.Client) error {
		reached, err = r.Do(ctx, r.B().Exists().Key(p.key(dependency)).Build()).AsBool()
		return err
	})
	if err != nil {
		return false, errors.Join(errors.New("ask peers"), err)
	}
	return reached, nil
}
