package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/inside"
	"github.com/rung-dev/rung/handover/postgres"
	"github.com/rung-dev/rung/handover/slots"
)

// moveFlags are those that say what a move is between.
type moveFlags struct {
	spec             hosts.Spec
	fromFree, toFree string
	place            inside.Place
	dry              bool
	shards           slots.Spec
}

func moveName(c *cobra.Command, name *string) {
	c.Flags().StringVar(name, "name", "", "`name` of the move, where there are several; empty means \"move\"")
}

// edgeFlags are those that say how the application's writes are held back and led.
func edgeFlags(set *pflag.FlagSet, e *edge.Config) {
	set.StringVar(&e.PauseFile, "pause-file", "", "`file` that the application has as PAUSE_WRITES: while it is "+
		"there, writes wait")
	set.DurationVar(&e.Grace, "grace", 0, "time for writes that were let through, up to 1s; 0 means 200ms")
	set.StringVar(&e.PgBouncer, "pgbouncer", "", "`URL` of PgBouncer's console, whose clients wait")
	set.StringVar(&e.Ini, "pgbouncer-ini", "", "its `file`, in which the server is changed")
	set.StringVar(&e.Database, "pgbouncer-database", "", "the database's `entry` there")
	set.StringVar(&e.OnPause, "on-pause", "", "`command` to hold writes back")
	set.StringVar(&e.OnSwitch, "on-switch", "", "`command` to lead the application to the database in RUNG_TO")
	set.StringVar(&e.OnResume, "on-resume", "", "`command` to let writes go on")
}

func (f *moveFlags) register(c *cobra.Command) {
	s, set := &f.spec, c.Flags()
	moveName(c, &s.Name)
	set.StringVar(&s.From, "from", "", "`URL` of the database to move; empty means that of the move that was begun")
	set.StringVar(&s.To, "to", "", "`URL` of an empty database to move it to")
	set.StringVar(&s.FromSeen, "from-seen", "", "`URL` by which the new server reaches the old one; empty means --from")
	set.StringVar(&s.ToSeen, "to-seen", "", "`URL` by which the old server reaches the new one; empty means --to")
	set.StringVar(&s.FromRedis, "from-redis", "", "`URL` of the Redis to copy; empty leaves it out: people log in again")
	set.StringVar(&s.ToRedis, "to-redis", "", "`URL` of the Redis to copy it to")
	set.StringSliceVar(&s.RedisMatch, "redis-match", nil, "`patterns` of the keys to copy, as session:*; empty copies all")
	set.StringVar(&s.RedisCA, "redis-ca", "", "`file` of authorities by which a Redis with TLS is believed; empty means the "+
		"system's")
	set.StringVar(&s.FromFiles, "from-files", "", "`directory` of uploads, or s3://bucket/prefix; empty leaves files out")
	set.StringVar(&s.ToFiles, "to-files", "", "`directory` or s3://bucket/prefix to copy them to")
	edgeFlags(set, &s.Edge)
	set.StringVar(&s.Edge.URLFile, "url-file", "", "`file` that the application has as DATABASE_URL_FILE: it says where its "+
		"database is")
	set.DurationVar(&s.MaxPause, "max-pause", hosts.DefaultMaxPause, "longest time to hold writes back, 100ms to 1m; "+
		"then the old side goes on")
	set.Int64Var(&s.Margin, "margin", hosts.DefaultMargin, "`number` of values by which sequences begin ahead")
	set.BoolVar(&s.NoWayBack, "no-way-back", false, "make no stream back")
	set.StringSliceVar(&s.Accept, "accept", nil, "go on although this `finding` stands: "+strings.Join(postgres.Acceptable(),
		", "))
	set.StringSliceVar(&s.Tables, "tables", nil, "`names` of the tables to move, as users,shop.orders; empty moves all. The "+
		"others stay")
	set.StringVar(&s.After, "after", "", "`command` to run after each switch; it may be run again")
	set.BoolVar(&s.FreeOld, "free-old", false,
		"let the old tables take writes again at the end, as copies; wants --tables")
	set.StringVar(&f.shards.Command, "shards", "", "`command` by which the application spreads its people over databases, "+
		"in place of --from and --to")
	set.IntVar(&f.shards.Step, "shards-step", 0, "`number` of slots that go in a step; 0 means "+fmt.Sprint(slots.DefaultStep))
	f.registerInside(c)
	set.StringVar(&f.fromFree, "from-free", "", "free disk, a `size`, of the old server, such as 50GB, where it does "+
		"not say, or may not use all")
	set.StringVar(&f.toFree, "to-free", "", "free disk, a `size`, of the new server, such as 50GB, where it does "+
		"not say, or may not use all")
}

// read is the move of the flags, or the one that was begun in the directory where
// they name none.
func (f *moveFlags) read(dir string) (hosts.Spec, error) {
	s := f.spec
	if s.From == "" && s.To == "" {
		begun, err := hosts.ReadSpec(hosts.Dir(dir, s.Name))
		if err == nil && f.place == (inside.Place{}) {
			f.place, err = whereOf(hosts.Dir(dir, s.Name))
		}
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return begun, err
		}
	}
	var errs []error
	for flag, pair := range map[string]struct {
		text string
		to   *int64
	}{"--from-free": {f.fromFree, &s.FromFree}, "--to-free": {f.toFree, &s.ToFree}} {
		if pair.text == "" {
			continue
		}
		n, err := humanize.ParseBytes(pair.text)
		if err != nil || n > 1<<60 {
			errs = append(errs, fmt.Errorf("%s: got %q, want a size such as 50GB", flag, pair.text))
			continue
		}
		*pair.to = int64(n)
	}
	if err := errors.Join(append(errs, s.Check(), f.checkInside())...); err != nil {
		return s, errors.Join(usageError{"the move cannot be: mend its flags"}, err)
	}
	return s, nil
}
