package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/operate/offline"
)

// reached is a cloud whose database is reached by a tunnel that says one word.
type reached struct {
	offline.Driver
	login operate.Login
	fails error
	to    string
}

func (*reached) Machines(_ context.Context, p operate.Part) ([]operate.Machine, error) {
	return []operate.Machine{{ID: "i-1", Part: p.Name}}, nil
}

func (r *reached) Login(context.Context, operate.Machine, operate.Store) (operate.Login, error) {
	return r.login, nil
}

func (r *reached) Tunnel(ctx context.Context, _ operate.Machine, host string, _ int, at net.Listener) error {
	r.to = host
	if r.fails != nil {
		return r.fails
	}
	defer context.AfterFunc(ctx, func() { _ = at.Close() })()
	for {
		conn, err := at.Accept()
		if err != nil {
			return nil
		}
		_, _ = conn.Write([]byte("through"))
		_ = conn.Close()
	}
}

// fakePsql is a psql that tells what it was given, and what comes through the tunnel.
const fakePsql = `#!/bin/bash
[ "$1" != bad ] || exit 3
printf 'arguments %s\n' "$*"
printf '%s %s %s %s\n' "$PGUSER" "$PGDATABASE" "$PGPASSWORD" "${PGSERVICE-none}"
exec 3<>"/dev/tcp/$PGHOST/$PGPORT" || exit 9
read -r -u 3 word || true
echo "$word"
`

func (s shop) withPsql() {
	s.t.Helper()
	bin := s.t.TempDir()
	require.NoError(s.t, os.WriteFile(filepath.Join(bin, "psql"), []byte(fakePsql), 0o700)) //nolint:gosec // a program
	s.t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	s.t.Setenv("PGSERVICE", "elsewhere")
}

// psql has its arguments word for word, the login in its environment and the near end of a
// tunnel, which ends with it; its exit code is rung's.
func TestDB(t *testing.T) {
	s := newShop(t)
	require.Equal(t, codeDone, s.rung("up", "1").code)
	s.withPsql()
	cloud := &reached{login: operate.Login{User: "app", Password: "hush hush", Database: "shop"}}
	s.asks = cloud
	r := s.rung("db", "--", "-c", "SELECT 'a  b'")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Equal(t, "arguments -c SELECT 'a  b'\napp shop hush hush none\nthrough\n", r.out)
	assert.Equal(t, operate.Beside, cloud.to)
	r = s.rung("db", "database", "--host", "restored.example", "--", "-l")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Equal(t, "restored.example", cloud.to)

	r = s.rung("db", "--", "bad")
	assert.Equal(t, 3, r.code)
	cloud.fails = errWentBack
	r = s.rung("db")
	assert.NotEqual(t, codeDone, r.code)
	assert.Contains(t, r.err, "reach database")

	for line, want := range map[string][]string{"want one STORE at most": {"db", "a", "b"},
		"cache is no database": {"db", "cache"},
		`got "databse"`:        {"db", "databse"}} {
		r = s.rung(want...)
		assert.Equal(t, codeUsage, r.code, line)
		assert.Contains(t, r.err, line)
	}
	t.Setenv("PATH", t.TempDir())
	r = s.rung("db")
	assert.Equal(t, codeUsage, r.code)
	assert.Contains(t, r.err, "apt install postgresql-client")
}
