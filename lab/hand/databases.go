package hand

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/lab/breaks"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/postgres"
)

// Databases are those of the lab in a place; see Hand.Databases. What is broken there stays so.
func Databases(ctx context.Context, at place.Place) (primary string, replicas []string, err error) {
	return (&Hand{at: at}).Databases(ctx)
}

// Databases are the URLs of the first primary and of the replicas that serve, as their
// superuser; none where the lab runs none.
func (h *Hand) Databases(ctx context.Context) (primary string, replicas []string, err error) {
	units, err := h.Units(ctx)
	if err != nil {
		return "", nil, err
	}
	for _, u := range units {
		if u.Role != breaks.RolePrimary && u.Role != breaks.RoleReplica || !u.Serves {
			continue
		}
		p, err := h.process(u.Name)
		if err != nil {
			return "", nil, err
		}
		name, err := databaseOf(ctx, p)
		if err != nil {
			return "", nil, err
		}
		at, err := urlOf(p, name)
		switch {
		case err != nil:
			return "", nil, err
		case u.Role == breaks.RoleReplica:
			replicas = append(replicas, at)
		case primary == "":
			primary = at
		}
	}
	return primary, replicas, nil
}

// urlOf is the URL of a database of a server.
func urlOf(p ledger.Process, database string) (string, error) {
	password, err := os.ReadFile(filepath.Join(p.Dir, postgres.PasswordFile))
	if err != nil {
		return "", fmt.Errorf("read the password of %s: %w", p.What, err)
	}
	return address(p.Address, strings.TrimSpace(string(password)), database), nil
}

// AdminURL is the URL of a server's maintenance database, as its superuser.
func AdminURL(p ledger.Process) (string, error) { return urlOf(p, maintenance) }

func address(host, password, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(postgres.Superuser, password), Path: "/" + database,
		Host: net.JoinHostPort(host, strconv.Itoa(postgres.Port)), RawQuery: "sslmode=prefer"}
	return u.String()
}

// maintenance is the database that every server has.
const maintenance = "postgres"

// databaseOf is the name of the database that a server has for the app.
func databaseOf(ctx context.Context, p ledger.Process) (name string, err error) {
	at, err := urlOf(p, maintenance)
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, at)
	if err != nil {
		return "", fmt.Errorf("ask %s for its databases: %w", p.What, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = conn.QueryRow(ctx, "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> $1 "+
		"ORDER BY datname LIMIT 1", maintenance).Scan(&name)
	if errors.Is(err, pgx.ErrNoRows) {
		return maintenance, nil
	}
	return name, err
}
