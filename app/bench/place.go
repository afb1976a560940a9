package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/tracing"
)

// size is how much is measured.
type size struct {
	rows    int           // of the large table
	queries int           // of one kind
	bulk    int           // rows inserted at a time
	posts   int           // of the person who wants a report
	period  time.Duration // of one throughput
}

var (
	full  = size{rows: 1_000_000, queries: 400, bulk: 100_000, posts: 100_000, period: time.Second}
	small = size{rows: 20_000, queries: 20, bulk: 1000, posts: 500, period: 100 * time.Millisecond}
)

// place is the servers of a run.
type place struct {
	size
	cluster *apptest.Cluster
	redis   *apptest.Redis
	pool    *pgxpool.Pool // of the primary
	app     *product.App
	dir     string
}

const databaseName = "bench"

func newPlace(ctx context.Context, s size) (p *place, err error) {
	p = &place{size: s}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.cluster, err = apptest.StartCluster(2); err != nil {
		return p, err
	}
	if err = p.cluster.Migrate(databaseName); err != nil {
		return p, err
	}
	if p.redis, err = apptest.StartRedis(); err != nil {
		return p, err
	}
	if p.dir, err = os.MkdirTemp("", "app-bench-"); err != nil {
		return p, err
	}
	if p.pool, err = pgxpool.New(ctx, p.cluster.Primary.URL(databaseName)); err != nil {
		return p, err
	}
	p.app, err = p.startApp(ctx, contract.RoleAll, changed{}) // as stage 1 does: everything in one process
	return p, err
}

// changed is how an app is another than usual.
type changed struct {
	spans *tracing.Tracing // nil is none
	wrap  func(http.Handler) http.Handler
	redis *apptest.Redis // nil is that of the place
}

// startApp runs the app in this process.
func (p *place) startApp(ctx context.Context, role contract.Role, c changed) (*product.App, error) {
	env := apptest.BareEnv()
	env[contract.EnvDatabaseURL], env[contract.EnvUploadsDir] = p.cluster.Primary.URL(databaseName), p.dir
	env[contract.EnvRedisURL] = cmp.Or(c.redis, p.redis).URL()
	s, err := settings.Read(role, env.Get)
	if err != nil {
		return nil, err
	}
	return product.Start(ctx, s, server.Options{Tracing: c.spans, Wrap: c.wrap})
}

func (p *place) close() {
	if p.app != nil {
		p.app.Stop() //nolint:errcheck // nothing of it is kept
	}
	if p.pool != nil {
		p.pool.Close()
	}
	if p.redis != nil {
		p.redis.Close()
	}
	if p.cluster != nil {
		p.cluster.Close()
	}
	if p.dir != "" {
		os.RemoveAll(p.dir)
	}
}

// primary is the address of the primary.
func (p *place) primary() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.cluster.Primary.Port))
}

// pools are the app's own, over some of the replicas, with as many
// connections to each server.
func (p *place) pools(ctx context.Context, replicas, conns int) (*database.Pools, error) {
	c := database.Config{Primary: p.cluster.Primary.URL(databaseName), MaxConns: conns, ReplicaConns: conns}
	for _, r := range p.cluster.Replicas[:replicas] {
		c.Replicas = append(c.Replicas, r.URL(databaseName))
	}
	pools, err := database.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	for range 100 {
		healthy := 0
		for _, r := range pools.State().Replicas {
			if r.Healthy {
				healthy++
			}
		}
		if healthy == replicas {
			return pools, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	pools.Close()
	return nil, fmt.Errorf("wait for %d replicas: they do not answer", replicas)
}

// measurement is one thing of the ladder.
type measurement struct {
	name string
	do   func(context.Context, *trial) []row
}

func measurements() []measurement {
	return []measurement{
		{"connection pool", pooling}, {"cache", caching}, {"cache warming", warming}, {"index", indexing},
		{"insert with indexes", inserting}, {"read replicas", replicas}, {"load balancer", balancing}, {"queue", queueing},
		{"batching", batching}, {"static files", static}, {"CDN cost", cdnCost},
		{"app web beside a minimal handler", serving},
	}
}

// measureAll runs every measurement whose name has only in it, on servers of
// its own.
func measureAll(ctx context.Context, s size, only string, say func(string)) ([]row, error) {
	say("start PostgreSQL with two replicas, Redis and the app")
	p, err := newPlace(ctx, s)
	if err != nil {
		return nil, err
	}
	defer p.close()
	var out []row
	for _, m := range measurements() {
		if !strings.Contains(m.name, only) {
			continue
		}
		say(m.name)
		t := &trial{place: p}
		rows := m.do(ctx, t)
		if t.err != nil {
			return nil, fmt.Errorf("measure %s: %w", m.name, t.err)
		}
		out = append(out, rows...)
	}
	say("done")
	return out, nil
}
