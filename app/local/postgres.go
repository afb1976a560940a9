// Package local starts real servers on this machine from what is installed:
// PostgreSQL with streaming replicas, and Redis, on free ports, each a child of
// this process. Tests and `app dev` run on them. It needs no network.
package local

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/freeport"
)

// Postgres is one PostgreSQL server, primary or replica.
type Postgres struct {
	*Process
	Port int
	dir  string
}

// URL is how to reach a database on the server.
func (p *Postgres) URL(database string) string {
	return fmt.Sprintf("postgres://app@127.0.0.1:%d/%s?sslmode=disable", p.Port, database)
}

// Exec runs SQL on the server's maintenance database.
func (p *Postgres) Exec(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, p.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

// Cluster is a primary with its streaming replicas.
type Cluster struct {
	Primary  *Postgres
	Replicas []*Postgres
	root     string
	bin      string
	as       *syscall.Credential
	settings []string
}

// StartCluster makes a primary and replicas in a directory of their own, which
// [Cluster.Close] removes. Settings, as "wal_level=logical", come after those of
// all.
func StartCluster(replicas int, settings ...string) (*Cluster, error) {
	root, err := os.MkdirTemp("", "app-pg-")
	if err != nil {
		return nil, fmt.Errorf("make a directory for PostgreSQL: %w", err)
	}
	c, err := StartPrimary(root, settings...)
	for i := 0; err == nil && i < replicas; i++ {
		_, err = c.AddReplica()
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// primary is the directory of the primary's data below the root.
const primary = "primary"

// StartPrimary starts the primary whose data is below root, and makes it first
// where there is none. The cluster is never nil; it has what was started.
func StartPrimary(root string, settings ...string) (*Cluster, error) {
	c := &Cluster{root: root, settings: settings}
	var err error
	if c.bin, err = postgresBin(); err != nil {
		return c, err
	}
	if c.as, err = postgresUser(); err != nil {
		return c, err
	}
	if c.as != nil {
		if err := os.Chown(root, int(c.as.Uid), int(c.as.Gid)); err != nil {
			return c, fmt.Errorf("give %s to PostgreSQL: %w", root, err)
		}
	}
	dir := filepath.Join(root, primary)
	if _, err := os.Stat(filepath.Join(dir, "PG_VERSION")); err != nil {
		if err := c.initdb(dir); err != nil {
			return c, err
		}
	}
	if c.Primary, err = c.postgres(primary); err != nil {
		return c, err
	}
	return c, c.Primary.Start()
}

// initdb makes the first data of a primary.
func (c *Cluster) initdb(dir string) error {
	return c.run("initdb", "-D", dir, "-U", "app", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
}

// AddReplica copies the primary and starts what follows it.
func (c *Cluster) AddReplica() (*Postgres, error) {
	r, start, err := c.PlanReplica()
	if err != nil {
		return nil, err
	}
	return r, start()
}

// PlanReplica says where a replica will be; it is there once start has returned.
func (c *Cluster) PlanReplica() (r *Postgres, start func() error, err error) {
	if r, err = c.postgres(fmt.Sprintf("replica-%d", len(c.Replicas)+1)); err != nil {
		return nil, nil, err
	}
	c.Replicas = append(c.Replicas, r)
	return r, func() error {
		if err := os.RemoveAll(r.dir); err != nil {
			return fmt.Errorf("make a replica: %w", err)
		}
		if err := c.run("pg_basebackup", "-h", "127.0.0.1", "-p", fmt.Sprint(c.Primary.Port), "-U", "app", "-D", r.dir, "-R",
			"-N", "-c", "fast", "-X", "stream"); err != nil {
			return err
		}
		return r.Start()
	}, nil
}

// Has says whether there is a database of a name.
func (p *Postgres) Has(ctx context.Context, name string) (there bool, err error) {
	conn, err := pgx.Connect(ctx, p.URL("postgres"))
	if err != nil {
		return false, err
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there)
	return there, err
}

// Migrate makes a database with the app's tables.
func (c *Cluster) Migrate(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := c.Primary.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return fmt.Errorf("make database %s: %w", name, err)
	}
	_, err := server.Migrate(ctx, c.Primary.URL(name), server.Product{})
	return err
}

// Stop ends the servers and leaves their data.
func (c *Cluster) Stop() {
	for _, p := range append(c.Replicas, c.Primary) {
		if p != nil {
			p.Stop() //nolint:errcheck // what has not ended is killed
		}
	}
}

// Close stops the servers and removes their data.
func (c *Cluster) Close() {
	for _, p := range append(c.Replicas, c.Primary) {
		if p != nil {
			p.signal(syscall.SIGQUIT) //nolint:errcheck // its data is removed next
		}
	}
	os.RemoveAll(c.root)
}

// postgres describes a server. Its settings suit tests: no waiting for disks
// that nobody will pull the plug of, and WAL kept for replicas that were away.
func (c *Cluster) postgres(name string) (*Postgres, error) {
	port, err := freeport.On("127.0.0.1")
	if err != nil {
		return nil, err
	}
	p := &Postgres{Port: port, dir: filepath.Join(c.root, name)}
	args := []string{filepath.Join(c.bin, "postgres"), "-D", p.dir, "-p", fmt.Sprint(port), "-h", "127.0.0.1",
		"-k", c.root}
	for _, set := range append([]string{"fsync=off", "max_connections=300", "shared_buffers=256MB", "wal_keep_size=256MB",
		"max_wal_size=2GB", "wal_level=replica",
		"hot_standby=on", "hot_standby_feedback=on", "autovacuum_naptime=5s", "max_wal_senders=10",
		"log_min_messages=fatal"}, c.settings...) {
		args = append(args, "-c", set)
	}
	p.Process = &Process{Name: name, args: args, user: c.as, stopSignal: syscall.SIGINT, up: p.ping}
	return p, nil
}

func (p *Postgres) ping() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return p.Exec(ctx, "SELECT 1")
}

// Kill ends the server at once with all its processes, as a crash would.
func (p *Postgres) Kill() error { return p.signal(syscall.SIGQUIT) }

// run runs one of PostgreSQL's programs as the user of the servers.
func (c *Cluster) run(program string, args ...string) error {
	cmd := exec.Command(filepath.Join(c.bin, program), args...)
	cmd.SysProcAttr = Attributes(c.as, syscall.SIGKILL)
	cmd.Dir = "/"
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run %s: %w: %s", program, err, out)
	}
	return nil
}
