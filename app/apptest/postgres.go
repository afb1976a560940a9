package apptest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
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
	settings []string
}

// StartCluster makes a primary and replicas in a directory of their own. Settings,
// as "wal_level=logical", come after those of all tests.
func StartCluster(replicas int, settings ...string) (*Cluster, error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, err
	}
	as, err := postgresUser()
	if err != nil {
		return nil, err
	}
	root, err := os.MkdirTemp("", "app-pg-")
	if err != nil {
		return nil, fmt.Errorf("make a directory for PostgreSQL: %w", err)
	}
	if as != nil {
		if err := os.Chown(root, int(as.Uid), int(as.Gid)); err != nil {
			return nil, fmt.Errorf("give %s to PostgreSQL: %w", root, err)
		}
	}
	c := &Cluster{root: root, settings: settings}
	if err := c.start(bin, as, replicas); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) start(bin string, as *syscall.Credential, replicas int) error {
	dir := filepath.Join(c.root, "primary")
	if err := command(as, filepath.Join(bin, "initdb"), "-D", dir, "-U", "app", "-A", "trust", "-N", "-E", "UTF8",
		"--locale=C"); err != nil {
		return err
	}
	var err error
	if c.Primary, err = postgres(bin, as, "primary", dir, c.settings); err != nil {
		return err
	}
	if err := c.Primary.Start(); err != nil {
		return err
	}
	for i := range replicas {
		name := fmt.Sprintf("replica-%d", i+1)
		dir := filepath.Join(c.root, name)
		if err := command(as, filepath.Join(bin, "pg_basebackup"), "-h", "127.0.0.1", "-p", fmt.Sprint(c.Primary.Port), "-U",
			"app",
			"-D", dir, "-R", "-N", "-c", "fast", "-X", "stream"); err != nil {
			return err
		}
		r, err := postgres(bin, as, name, dir, c.settings)
		if err != nil {
			return err
		}
		c.Replicas = append(c.Replicas, r)
		if err := r.Start(); err != nil {
			return err
		}
	}
	return nil
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
func postgres(bin string, as *syscall.Credential, name, dir string, settings []string) (*Postgres, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	p := &Postgres{Port: port, dir: dir}
	args := []string{filepath.Join(bin, "postgres"), "-D", dir, "-p", fmt.Sprint(port), "-h", "127.0.0.1", "-k",
		filepath.Dir(dir)}
	for _, set := range append([]string{"fsync=off", "max_connections=300", "shared_buffers=256MB", "wal_keep_size=256MB",
		"max_wal_size=2GB", "wal_level=replica",
		"hot_standby=on", "hot_standby_feedback=on", "autovacuum_naptime=5s", "max_wal_senders=10",
		"log_min_messages=fatal"}, settings...) {
		args = append(args, "-c", set)
	}
	p.Process = &Process{Name: name, args: args, user: as, stopSignal: syscall.SIGINT, up: p.ping}
	return p, nil
}

func (p *Postgres) ping() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return p.Exec(ctx, "SELECT 1")
}

// Kill ends the server at once with all its processes, as a crash would.
func (p *Postgres) Kill() error { return p.signal(syscall.SIGQUIT) }

func command(as *syscall.Credential, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	cmd.Dir = "/"
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run %s: %w: %s", filepath.Base(name), err, out)
	}
	return nil
}
