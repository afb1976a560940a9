// Package dev runs the app on a developer's machine with all that it needs:
// PostgreSQL with a replica, Redis and a catcher of mails, each on a free port,
// and a small world to look at. It is for one person on one machine: everybody
// has the same password, and nothing is encrypted.
package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/sync/errgroup"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/local"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/settings"
)

// Options are what a developer may choose. The zero value is a world that is
// gone with the process.
type Options struct {
	// Dir keeps the world from one time to the next; empty means a temporary
	// directory, which is removed at the end.
	Dir string
	// Listen is the address of the site; empty means port 8080 of this machine,
	// or a free one where that is taken.
	Listen string
	// Templates is the directory of the pages' templates, read again when one
	// has changed; empty means that of the checkout that this is run in, if any.
	Templates string
	// Users and Posts are how many an empty world gets; zero means 20 and 200.
	Users, Posts int
	// Log is the app's; nil says nothing.
	Log *slog.Logger
	// Hurry is as in [server.Options].
	Hurry <-chan struct{}
}

// prefix begins the names of temporary worlds.
const prefix = "app-dev-"

// world is what runs beside the app.
type world struct {
	dir     string
	mine    *flock.Flock
	keep    bool
	cluster *local.Cluster
	redis   *local.Redis
	mails   *catcher
	site    net.Listener
	hash    string // of Password
}

// Run starts everything, says where it is, and ends it when ctx ends.
func Run(ctx context.Context, o Options, out io.Writer) (err error) {
	begin := time.Now()
	w, err := open(o.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if w.site, err = listen(o.Listen); err != nil {
		return fmt.Errorf("listen for the browser: %w", err)
	}
	defer w.site.Close() // once more where the app has it already
	if err := w.start(ctx); err != nil {
		return fmt.Errorf("start what the app needs: %w", err)
	}
	env, replica, err := w.environment()
	if err != nil {
		return err
	}
	s, err := settings.Read(contract.RoleAll, func(name string) string { return env[name] })
	if err != nil {
		return err
	}
	if o.Templates == "" {
		o.Templates = checkout()
	}
	if err := populate(ctx, s, o, w.hash); err != nil {
		return fmt.Errorf("make a small world: %w", err)
	}
	app, err := product.Start(ctx, s, server.Options{Log: o.Log, Hurry: o.Hurry, Templates: o.Templates,
		Site: w.site})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, app.Stop()) }()
	w.tell(out, app.Address, o, time.Since(begin))
	if err := replica(); err != nil {
		return fmt.Errorf("start the replica: %w", err)
	}
	fmt.Fprintf(out, "  the replica follows, %.1f s after the start\n", time.Since(begin).Seconds()) //nolint:errcheck // nobody reads
	if err := w.cluster.Keep(); err != nil {
		fmt.Fprintf(out, "  the next start takes as long as this one: %v\n", err) //nolint:errcheck // nobody reads
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-app.Failed():
		return err
	}
}

// start begins what takes longest first, all at the same time.
func (w *world) start(ctx context.Context) error {
	root := filepath.Join(w.dir, "postgres")
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	group, _ := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		if err = local.Resume(root); err == nil {
			w.cluster, err = local.StartPrimary(root, w.settings()...)
		}
		return err
	})
	group.Go(func() (err error) { w.redis, err = local.StartRedis(w.dir); return err })
	group.Go(func() (err error) { w.mails, err = catch(); return err })
	group.Go(func() (err error) { w.hash, err = session.NewHasher().Hash(ctx, Password); return err })
	return group.Wait()
}

// settings are those of a small world, whose data may be in memory,
// and of one that is kept: a machine that loses power must not lose it.
func (w *world) settings() []string {
	small := []string{"shared_buffers=64MB", "max_wal_size=128MB", "wal_keep_size=64MB"}
	if w.keep {
		return append(small, "fsync=on")
	}
	return small
}

const databaseName = "app"

// environment is what the app is told. The replica is started by the caller,
// once people can see the site: until then the primary answers.
func (w *world) environment() (env map[string]string, replica func() error, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var there bool
	if there, err = w.cluster.Primary.Has(ctx, databaseName); err == nil && !there {
		err = w.cluster.Primary.Exec(ctx, "CREATE DATABASE "+databaseName)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("make the database: %w", err)
	}
	follower, replica, err := w.cluster.PlanReplica()
	if err != nil {
		return nil, nil, err
	}
	uploads := filepath.Join(w.dir, "uploads")
	if err := os.MkdirAll(uploads, 0o750); err != nil {
		return nil, nil, err
	}
	return map[string]string{
		contract.EnvDatabaseURL: w.cluster.Primary.URL(databaseName), contract.EnvDatabaseReaders: follower.URL(databaseName),
		contract.EnvRedisURL: w.redis.URL(), contract.EnvUploadsDir: uploads, contract.EnvMailURL: w.mails.smtp,
		contract.EnvListen: w.site.Addr().String(), contract.EnvInternalListen: "127.0.0.1:0", contract.EnvDrain: "1s",
		contract.EnvPublicURL: "http://" + w.site.Addr().String(),
	}, replica, nil
}

// listen takes the site's address: the chosen one, or one where nobody is. It is kept from
// then on, so that nobody else takes it while the world is made.
func listen(chosen string) (net.Listener, error) {
	if chosen != "" {
		return net.Listen("tcp", chosen)
	}
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", contract.Port))
	if err != nil {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	return l, err
}

func (w *world) tell(out io.Writer, address string, o Options, took time.Duration) {
	templates := "built in: run it in the checkout, or name -templates DIR"
	if o.Templates != "" {
		templates = o.Templates + ", read again on change"
	}
	kept := "gone at the end; -dir DIR keeps them"
	if w.keep {
		kept = "kept in " + w.dir
	}
	fmt.Fprintf(out, `http://%s   (%.1f s after the start)

  log in as   %s, password %s; who operates: %s
  mails       %s
  database    %s
  data        %s
  templates   %s

  Ctrl-C ends all of it.
`, address, took.Seconds(), Email("demo"), Password, Email("operator"), w.mails.page, w.cluster.Primary.URL(databaseName), //nolint:errcheck // nobody reads
		kept, templates)
}

// close ends what was started.
func (w *world) close() error {
	if w.mails != nil {
		w.mails.close()
	}
	if w.redis != nil {
		w.redis.Close()
	}
	if w.cluster != nil {
		w.cluster.Stop()
	}
	if !w.keep {
		os.RemoveAll(w.dir) //nolint:errcheck // the next one removes it
	}
	return w.mine.Unlock()
}
