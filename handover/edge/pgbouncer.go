package edge

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// PgBouncer holds the transactions of its clients back. With pool_mode = transaction
// no client notices more than the wait.
type PgBouncer struct{ Console, Ini, Database string }

// Pause waits until running transactions have ended and lets new ones wait.
func (p PgBouncer) Pause(ctx context.Context) error {
	err := p.run(ctx, "PAUSE "+p.Database)
	var answer *pgconn.PgError
	if errors.As(err, &answer) && strings.Contains(answer.Message, "already") {
		return nil
	}
	return err
}

// Resume lets them go on.
func (p PgBouncer) Resume(ctx context.Context) error {
	err := p.run(ctx, "RESUME "+p.Database)
	var answer *pgconn.PgError
	if errors.As(err, &answer) && strings.Contains(answer.Message, "not paused") {
		return nil
	}
	return err
}

// Point writes the other server into the file, which is replaced whole, and lets
// PgBouncer read it.
func (p PgBouncer) Point(ctx context.Context, address string) error {
	text, err := os.ReadFile(p.Ini)
	if err != nil {
		return fmt.Errorf("read PgBouncer's file: %w", err)
	}
	pointed, err := Pointed(string(text), p.Database, address)
	if err != nil {
		return err
	}
	if err := replace(p.Ini, pointed); err != nil {
		return fmt.Errorf("write PgBouncer's file: %w", err)
	}
	return p.run(ctx, "RELOAD")
}

// replace writes the file anew, as the one who owns it would read it.
func replace(path, text string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	temp := filepath.Join(filepath.Dir(path), ".rung-"+filepath.Base(path))
	if err := os.WriteFile(temp, []byte(text), info.Mode().Perm()); err != nil {
		return err
	}
	if err := keepOwner(temp, info); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// Says names it.
func (p PgBouncer) Says() string { return "PgBouncer's PAUSE (" + p.Database + ")" }

func (p PgBouncer) run(ctx context.Context, command string) error {
	cfg, err := pgx.ParseConfig(p.Console)
	if err != nil {
		return fmt.Errorf("read the URL of PgBouncer's console: %w", err)
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol // the console knows no other
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("connect to PgBouncer's console: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.PgConn().Exec(ctx, command).ReadAll(); err != nil {
		return fmt.Errorf("tell PgBouncer %s: %w", command, err)
	}
	return nil
}

// Pointed is PgBouncer's file with the database's entry leading to another server.
// Everything else of the entry stays. It is pure.
func Pointed(ini, database, address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("read the URL of the side to go to: %w", err)
	}
	lines, found, section := strings.Split(ini, "\n"), false, ""
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "[") {
			section = trimmed
		}
		name, rest, isEntry := strings.Cut(trimmed, "=")
		if section != "[databases]" || !isEntry || strings.Trim(strings.TrimSpace(name), `"`) != database {
			continue
		}
		found = true
		for key, v := range map[string]string{"host": u.Hostname(), "port": portOf(u), "dbname": strings.TrimPrefix(u.Path,
			"/")} {
			rest = set(rest, key, v)
		}
		lines[i] = strings.TrimSpace(name) + " = " + strings.TrimSpace(rest)
	}
	if !found {
		return "", fmt.Errorf("look for %s in PgBouncer's file: there is no such entry under [databases]", database)
	}
	return strings.Join(lines, "\n"), nil
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return "5432"
}

// set gives a key of an entry its value, and adds it where it is not there.
func set(entry, key, v string) string {
	word := regexp.MustCompile(`(^|\s)` + key + `\s*=\s*('[^']*'|\S+)`)
	if word.MatchString(entry) {
		return word.ReplaceAllString(entry, "${1}"+key+"="+strings.ReplaceAll(v, "$", "$$"))
	}
	return entry + " " + key + "=" + v
}
