package database

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// led is where a pool's server is while a file may say so: a move of the database
// writes the URL of the other side there, and people go on.
type led struct {
	path  string
	given *pgx.ConnConfig
	log   *slog.Logger

	mu     sync.Mutex
	seen   stamp
	config *pgx.ConnConfig
}

// stamp tells one content of the file from the next; the zero value is no file.
type stamp struct {
	at   time.Time
	size int64
}

// lead lets a pool follow the file: connections are made to where it leads, and those
// that lead elsewhere end before anybody gets them.
func (l *led) lead(c *pgxpool.Config) {
	c.BeforeConnect = func(_ context.Context, next *pgx.ConnConfig) error {
		*next = *l.where().Copy()
		return nil
	}
	c.PrepareConn = func(_ context.Context, conn *pgx.Conn) (bool, error) {
		return sameServer(conn.Config(), l.where()), nil
	}
}

// where is the configuration to connect by now. A file that nobody can read leaves it
// as it is.
func (l *led) where() *pgx.ConnConfig {
	l.mu.Lock()
	defer l.mu.Unlock()
	info, err := os.Stat(l.path)
	if err != nil {
		l.seen, l.config = stamp{}, l.given
		return l.config
	}
	now := stamp{info.ModTime(), info.Size()}
	if now == l.seen {
		return l.config
	}
	text, err := os.ReadFile(l.path)
	if err == nil {
		var next *pgx.ConnConfig
		if next, err = ParseURL(strings.TrimSpace(string(text))); err == nil {
			next.ConnectTimeout, next.Tracer = l.given.ConnectTimeout, l.given.Tracer
			maps.Copy(next.RuntimeParams, l.given.RuntimeParams)
			l.config = next
		}
	}
	if err != nil {
		l.log.Error("read where the database is now", "file", l.path, "err", err)
	}
	l.seen = now
	return l.config
}

// LedTo is where the file leads whose server is at url otherwise: for who connects once, as
// migrations do. A file that is not there, or that nobody can read, leads to url.
func LedTo(path, url string) string {
	text, err := os.ReadFile(path) //nolint:gosec // the settings name it
	if err != nil {
		return url
	}
	led := strings.TrimSpace(string(text))
	if _, err := ParseURL(led); err != nil {
		return url
	}
	return led
}

// sameServer says whether two lead to the same database by the same name.
func sameServer(a, b *pgx.ConnConfig) bool {
	return a.Host == b.Host && a.Port == b.Port && a.Database == b.Database && a.User == b.User
}
