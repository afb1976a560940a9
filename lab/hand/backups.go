package hand

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	addresses "github.com/rung-dev/rung/lab/address"
	"github.com/rung-dev/rung/lab/breaks"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/postgres"
	"github.com/rung-dev/rung/lab/site"
)

// Backups are the backups of the lab's first primary. A restored database is this
// process' own: it ends with it, however that ends.
type Backups struct {
	hand   *Hand
	server ledger.Process
	from   postgres.Backup
	name   string // of the app's database
	until  time.Time
	end    func() error
}

var _ breaks.Backups = (*Backups)(nil)

// Backups finds the primary that serves, and where its backups are.
func (h *Hand) Backups(ctx context.Context) (*Backups, error) {
	units, err := h.Units(ctx)
	if err != nil {
		return nil, err
	}
	chosen, err := breaks.Choose(units, breaks.Break{What: breaks.Primary})
	if err != nil {
		return nil, fmt.Errorf("find a primary whose backup could be restored: %w", err)
	}
	b := &Backups{hand: h}
	if b.server, err = h.process(chosen[0].Name); err != nil {
		return nil, err
	}
	if b.name, err = databaseOf(ctx, b.server); err != nil {
		return nil, err
	}
	for _, dir := range []string{b.server.Dir, filepath.Dir(b.server.Dir)} { // the second half's lies in the first's
		b.from = postgres.BackupOf(filepath.Join(dir, "archive"))
		if _, err = os.Stat(b.from.Base); err == nil {
			return b, nil
		}
	}
	return nil, fmt.Errorf("find the backup of %s: %w; see `rung lab status`", chosen[0].Name, err)
}

// Running is the URL of the database that the backups are of.
func (b *Backups) Running() (string, error) { return urlOf(b.server, b.name) }

// Latest is the copy with every segment of the log since.
func (b *Backups) Latest(context.Context) (id string, until time.Time, err error) {
	copied, err := os.Stat(filepath.Join(b.from.Base, "backup_manifest")) // which is written last
	if err != nil {
		return "", until, fmt.Errorf("look at the copy: %w", err)
	}
	until = copied.ModTime()
	segments, _ := filepath.Glob(filepath.Join(b.from.Archive, "*.gz")) // the pattern is well-formed
	for _, path := range segments {
		if info, err := os.Stat(path); err == nil && info.ModTime().After(until) {
			until = info.ModTime()
		}
	}
	return b.from.Base, until, nil
}

// Until makes the next restore end at a moment, which must lie after the copy and before
// the end of what is kept of the log; zero is all of it.
func (b *Backups) Until(at time.Time) { b.until = at }

// Span is from when to when a database can be restored: from the end of the copy.
func (b *Backups) Span(ctx context.Context) (from, until time.Time, err error) {
	copied, err := os.Stat(filepath.Join(b.from.Base, "backup_manifest"))
	if err != nil {
		return from, until, fmt.Errorf("look at the copy: %w", err)
	}
	_, until, err = b.Latest(ctx)
	return copied.ModTime(), until, err
}

// restoring is how long a restore may take.
const restoring = 5 * time.Minute

// Restore makes a server of its own from the copy, and replays the log.
func (b *Backups) Restore(ctx context.Context, id string) (string, error) {
	where, err := b.free()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(b.hand.at.Dir, "run", "restore")
	bin, err := b.lay(dir, id, where)
	if err != nil {
		return "", err
	}
	data := filepath.Join(dir, "pgdata")
	end, err := startAs(b.from.Base, filepath.Join(dir, "log"), filepath.Join(bin, "postgres"), "-D", data, "-c",
		"config_file="+filepath.Join(dir, "postgresql.conf"))
	if err != nil {
		return "", err
	}
	b.end = func() error { return errors.Join(end(), os.RemoveAll(dir)) }
	password, err := os.ReadFile(filepath.Join(b.server.Dir, postgres.PasswordFile))
	if err != nil {
		return "", errors.Join(err, b.end())
	}
	fresh := address(where, strings.TrimSpace(string(password)), b.name)
	if err := b.answers(ctx, fresh, filepath.Join(dir, "log")); err != nil {
		return "", errors.Join(err, b.end())
	}
	return fresh, nil
}

// free is an address that no machine of the lab has.
func (b *Backups) free() (string, error) {
	led, err := ledger.Read(b.hand.at.Ledger())
	if err != nil {
		return "", err
	}
	taken := map[string]bool{}
	for _, a := range led.Addresses {
		taken[a] = true
	}
	return addresses.Choose(b.hand.at.Dir, "restore", taken, func(a string) error {
		return addresses.Free(a, postgres.Port)
	})
}

// lay copies the backup, with what its server is told.
func (b *Backups) lay(dir, from, where string) (bin string, err error) {
	version, err := os.ReadFile(filepath.Join(from, "PG_VERSION"))
	if err != nil {
		return "", fmt.Errorf("read the version of the backup: %w", err)
	}
	major, _ := strconv.Atoi(strings.TrimSpace(string(version)))
	bin = site.Find().Postgres[major]
	if bin == "" {
		return "", fmt.Errorf("restore a backup of PostgreSQL %d: it is not installed any more", major)
	}
	data := filepath.Join(dir, "pgdata")
	if err := copyAs(from, dir, data); err != nil {
		return "", err
	}
	settings := [][2]string{{"listen_addresses", where}, {"port", strconv.Itoa(postgres.Port)},
		{"unix_socket_directories", ""}, {"hba_file", filepath.Join(dir, "pg_hba.conf")}, {"shared_buffers", "32MB"},
		{"hot_standby", "off"}, {"archive_mode", "off"}, {"restore_command", b.from.Restore()}}
	if !b.until.IsZero() {
		settings = append(settings, [2]string{"recovery_target_time", b.until.UTC().Format("2006-01-02 15:04:05.000000+00")},
			[2]string{"recovery_target_action", "promote"})
	}
	config := ""
	for _, v := range settings {
		config += v[0] + " = '" + strings.ReplaceAll(v[1], "'", "''") + "'\n"
	}
	return bin, writeAs(from, map[string]string{
		filepath.Join(dir, "postgresql.conf"):  config,
		filepath.Join(dir, "pg_hba.conf"):      "host all " + postgres.Superuser + " 127.0.0.0/8 scram-sha-256\n",
		filepath.Join(data, "recovery.signal"): "", filepath.Join(data, "postgresql.auto.conf"): "",
	})
}

// answers waits until the restored database takes writes, which it does when all is
// replayed.
func (b *Backups) answers(ctx context.Context, at, log string) error {
	ctx, cancel := context.WithTimeout(ctx, restoring)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, at)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the restored database: %w; see %s", err, log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Drop ends the restored database and removes its files.
func (b *Backups) Drop(context.Context, string) error { return b.end() }

// Rows counts the rows of each table.
func (b *Backups) Rows(ctx context.Context, at string) (map[string]int64, error) {
	return breaks.PostgresRows(ctx, at)
}
