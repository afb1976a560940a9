// Package apptest gives the tests of the app real servers: PostgreSQL with two
// streaming replicas, and Redis, on free ports and in temporary directories,
// from what is installed on this machine. One cluster is shared by all tests
// of a binary; each test gets a database and a Redis of its own, so that tests
// do not see each other. A test that breaks servers starts its own.
//
// Starting takes a few seconds. The package needs no network.
package apptest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/local"
)

// T is as much of a test as the servers need: a testing.TB, or whoever runs them
// outside of one. Fatal does not return.
type T interface {
	Helper()
	Context() context.Context
	TempDir() string
	Cleanup(func())
	Log(...any)
	Fatal(...any)
	Fatalf(string, ...any)
}

// The servers are those of package local.
type (
	// Cluster is a primary with its streaming replicas.
	Cluster = local.Cluster
	// Postgres is one PostgreSQL server.
	Postgres = local.Postgres
	// Redis is one Redis server.
	Redis = local.Redis
)

// StartCluster is as in package local.
func StartCluster(replicas int, settings ...string) (*Cluster, error) {
	return local.StartCluster(replicas, settings...)
}

// StartRedis is as in package local.
func StartRedis(more ...string) (*Redis, error) { return local.StartRedis("", more...) }

// template is the database that every test gets a copy of.
const template = "app_template"

var (
	started atomic.Bool
	shared  = sync.OnceValues(startShared)
	counter atomic.Int64
)

func startShared() (*Cluster, error) {
	started.Store(true)
	c, err := StartCluster(2)
	if err != nil {
		return nil, err
	}
	if err := c.Migrate(template); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Main runs the tests of a binary and stops the shared servers after them.
func Main(m *testing.M) {
	code := m.Run()
	Close()
	os.Exit(code)
}

// Close stops what all tests share, and removes it.
func Close() {
	if started.Load() {
		if c, err := shared(); err == nil {
			c.Close()
		}
	}
	if building.Load() {
		if path, err := built(); err == nil {
			os.RemoveAll(filepath.Dir(path))
		}
	}
}

// Shared is the cluster of this test binary. A test must not break it.
func Shared(t T) *Cluster {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Database makes an empty database of the app for one test and returns its name.
func Database(t T) (*Cluster, string) {
	t.Helper()
	c := Shared(t)
	name := fmt.Sprintf("test_%d", counter.Add(1))
	if err := c.Primary.Exec(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := c.Primary.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Log("drop the test's database:", err)
		}
	})
	return c, name
}

// NewRedis is a Redis for one test, with more settings as its command line has them.
func NewRedis(t T, more ...string) *Redis {
	t.Helper()
	r, err := StartRedis(more...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// Env is an environment in which the app starts, as a map to add to.
type Env map[string]string

// Get is what the app calls in place of os.Getenv.
func (e Env) Get(name string) string { return e[name] }

// Environ is the map in the form of os.Environ.
func (e Env) Environ() []string {
	out := make([]string, 0, len(e))
	for k, v := range e {
		out = append(out, k+"="+v)
	}
	return out
}

// NewEnv is an environment with a database, replicas, a Redis and a directory
// of uploads of its own.
func NewEnv(t T) Env {
	t.Helper()
	c, name := Database(t)
	return ClusterEnv(t, c, name, NewRedis(t))
}

// ClusterEnv is an environment on given servers.
func ClusterEnv(t T, c *Cluster, database string, r *Redis) Env {
	t.Helper()
	readers := ""
	for _, p := range c.Replicas {
		readers += p.URL(database) + ","
	}
	env := BareEnv()
	env[contract.EnvDatabaseURL], env[contract.EnvDatabaseReaders] = c.Primary.URL(database), readers
	env[contract.EnvRedisURL], env[contract.EnvUploadsDir] = r.URL(), t.TempDir()
	return env
}

// BareEnv is an environment without stores: free ports, a short drain, and limits that
// nobody reaches.
func BareEnv() Env {
	return Env{contract.EnvListen: "127.0.0.1:0", contract.EnvInternalListen: "127.0.0.1:0", contract.EnvDrain: "200ms",
		contract.EnvRateIP: "1000000", contract.EnvRateUser: "1000000", contract.EnvRateReports: "1000000"}
}
