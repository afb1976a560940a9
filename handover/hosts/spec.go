// Package hosts moves a system between two plain hosts: a PostgreSQL on each side,
// and where there are some, a Redis and the files of uploads.
//
// [Move] has a method for each command: Plan looks and changes nothing, Start copies
// and follows, Switch and Back change the sides, Finish ends the way back and Abort
// the whole. Each is a list of steps of the package handover, is run again after
// whatever has ended it, and names what comes next.
package hosts

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/postgres"
)

// Spec is what a move is between, and how. It lies beside the journal, readable by
// its owner alone: the URLs have passwords in them.
type Spec struct {
	// Name tells moves of one server apart: lower-case letters, digits and _.
	Name string `json:"name"`
	// From and To are the databases' URLs for the mover.
	From string `json:"from"`
	To   string `json:"to"`
	// FromSeen and ToSeen are the URLs by which the servers reach each other; empty
	// means as the mover does.
	FromSeen string `json:"from_seen,omitempty"`
	ToSeen   string `json:"to_seen,omitempty"`
	// FromRedis and ToRedis are the URLs of Redis; empty leaves it out.
	FromRedis string `json:"from_redis,omitempty"`
	ToRedis   string `json:"to_redis,omitempty"`
	// RedisMatch are patterns of the keys to copy; none means all. RedisCA is a file of the
	// authorities that a Redis with TLS is believed by; empty means the system's.
	RedisMatch []string `json:"redis_match,omitempty"`
	RedisCA    string   `json:"redis_ca,omitempty"`
	// FromFiles and ToFiles are directories, or buckets as s3://bucket/prefix; empty
	// leaves files out.
	FromFiles string      `json:"from_files,omitempty"`
	ToFiles   string      `json:"to_files,omitempty"`
	Edge      edge.Config `json:"edge"`
	// MaxPause is how long writes may be held back before a switch gives up and lets
	// the old side go on; zero means [DefaultMaxPause].
	MaxPause time.Duration `json:"max_pause,omitempty"`
	// Margin is how far sequences begin ahead; zero means [DefaultMargin].
	Margin int64 `json:"margin,omitempty"`
	// NoWayBack does without the stream back.
	NoWayBack bool `json:"no_way_back,omitempty"`
	// Accept are the names of findings that may be.
	Accept []string `json:"accept,omitempty"`
	// FromFree and ToFree are the free bytes of disks, where the servers do not say.
	FromFree int64 `json:"from_free,omitempty"`
	ToFree   int64 `json:"to_free,omitempty"`
	// Tables are the tables that move, as table or schema.table; none means all. The
	// others stay where they are, and go on taking writes.
	Tables []string `json:"tables,omitempty"`
	// After is a command for the shell, which every switch runs when the contents were
	// compared; it must be one that may run again. Empty means none.
	After string `json:"after,omitempty"`
	// FreeOld lets the old side's tables take writes again at the end, for an application
	// that keeps copies there. It is for a move of some tables.
	FreeOld bool `json:"free_old,omitempty"`
}

const (
	// DefaultMaxPause is the bound on how long users wait.
	DefaultMaxPause = 2 * time.Second
	// DefaultMargin is more than sequences with a cache of 1,000 have given out.
	DefaultMargin = 1_000
	// DefaultName is the name of a move that was given none.
	DefaultName = "move"
)

var names = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

func (s Spec) withDefaults() Spec {
	if s.Name == "" {
		s.Name = DefaultName
	}
	if s.MaxPause == 0 {
		s.MaxPause = DefaultMaxPause
	}
	if s.Margin == 0 {
		s.Margin = DefaultMargin
	}
	return s
}

// Check reports every wrong value at once.
func (s Spec) Check() error {
	s = s.withDefaults()
	errs := []error{s.Edge.Check()}
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !names.MatchString(s.Name) {
		bad("--name: got %q, want lower-case letters, digits and _, a letter first, at most 40", s.Name)
	}
	for flag, address := range map[string]string{"--from": s.From, "--to": s.To} {
		if !isPostgres(address) {
			bad("%s: got %q, want postgres://user@host:port/database", flag, shown(address))
		}
	}
	if s.From == s.To && s.From != "" {
		bad("--to: it is the same database as --from")
	}
	for _, pair := range [][3]string{{"redis", s.FromRedis, s.ToRedis}, {"files", s.FromFiles, s.ToFiles}} {
		if (pair[1] == "") != (pair[2] == "") {
			bad("--from-%s, --to-%s: want both or none", pair[0], pair[0])
		}
	}
	if s.FromRedis == "" && (len(s.RedisMatch) > 0 || s.RedisCA != "") {
		bad("--redis-match, --redis-ca: want --from-redis and --to-redis")
	}
	if s.MaxPause < 100*time.Millisecond || s.MaxPause > time.Minute {
		bad("--max-pause: got %s, want 100ms to 1m", s.MaxPause)
	}
	if s.Margin < 1 {
		bad("--margin: got %d, want at least 1", s.Margin)
	}
	for _, name := range s.Accept {
		if !slices.Contains(postgres.Acceptable(), name) {
			bad("--accept: got %q, want one of %s", name, strings.Join(postgres.Acceptable(), ", "))
		}
	}
	if _, err := postgres.TableNames(s.Tables); err != nil {
		errs = append(errs, err)
	}
	if s.FreeOld && len(s.Tables) == 0 {
		bad("--free-old: wants --tables: where all tables move, nobody writes to the old side any more")
	}
	return errors.Join(errs...)
}

// redisBack is where the keys go on the way back. Only a command of the user's leads an
// application to another Redis: without one it has stayed at the old one, which knows
// more than the copy.
func (s Spec) redisBack() [2]string {
	if s.Edge.OnSwitch == "" {
		return [2]string{}
	}
	return [2]string{s.ToRedis, s.FromRedis}
}

func isPostgres(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && len(u.Path) > 1
}

// shown is an address without its password.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	return u.Redacted()
}

func (s Spec) options() postgres.Options {
	return postgres.Options{WayBack: !s.NoWayBack, Accept: s.Accept, Margin: s.Margin, FromFree: s.FromFree,
		ToFree: s.ToFree}
}
