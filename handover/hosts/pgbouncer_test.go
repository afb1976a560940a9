package hosts_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/freeport"
	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/hosts"
)

// bouncer starts PgBouncer before the old side and gives its port.
func (w *world) bouncer() int {
	w.t.Helper()
	path, err := exec.LookPath("pgbouncer")
	require.NoError(w.t, err, "scripts/install-test-tools.sh installs it")
	port, err := freeport.On("127.0.0.1")
	require.NoError(w.t, err)
	u, err := url.Parse(w.spec.From)
	require.NoError(w.t, err)
	ini := filepath.Join(w.t.TempDir(), "pgbouncer.ini")
	text := fmt.Sprintf("[databases]\nshop = host=127.0.0.1 port=%s dbname=%s user=app\n[pgbouncer]\nlisten_addr = "+
		"127.0.0.1\n"+
		"listen_port = %d\nunix_socket_dir =\nauth_type = any\nadmin_users = app\npool_mode = transaction\n"+
		"server_lifetime = 1\ndefault_pool_size = 10\nlogfile =\n", u.Port(), w.spec.Name,
		port)
	require.NoError(w.t, os.WriteFile(ini, []byte(text), 0o644))
	// It refuses root.
	require.NoError(w.t, exec.Command("chmod", "-R", "a+rX", filepath.Dir(filepath.Dir(ini))).Run())
	args := []string{path, ini}
	if os.Getuid() == 0 {
		args = append([]string{"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	require.NoError(w.t, cmd.Start())
	w.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() }) //nolint:errcheck // it holds nothing
	require.Eventually(w.t, func() bool {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, 2*time.Minute, 50*time.Millisecond)
	w.spec.Edge = edge.Config{PgBouncer: fmt.Sprintf("postgres://app@127.0.0.1:%d/pgbouncer?sslmode=disable", port),
		Ini:      ini,
		Database: "shop"}
	return port
}

// With PgBouncer before the databases an application that knows nothing of the move
// notices a wait and nothing else: no write and no read fails, there and back.
func TestBehindPgBouncerNothingFails(t *testing.T) {
	w := newWorld(t, schema)
	port := w.bouncer()
	cfg, err := pgxpool.ParseConfig(fmt.Sprintf("postgres://app@127.0.0.1:%d/shop?sslmode=disable", port))
	require.NoError(t, err)
	cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	cfg.MaxConns = 8
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	defer pool.Close()
	w.do(hosts.CommandStart)

	ctx, cancel := context.WithCancel(context.Background())
	var acked atomic.Int64
	failed, done := make(chan error, 100), make(chan bool)
	go func() {
		defer close(done)
		for n := 0; ctx.Err() == nil; n++ {
			_, err := pool.Exec(context.Background(), "INSERT INTO orders (note) VALUES ($1)", fmt.Sprint("through ", n))
			if err == nil {
				acked.Add(1)
				err = pool.QueryRow(context.Background(), "SELECT 1 FROM orders WHERE id = 7").Scan(new(int))
			}
			if err != nil && len(failed) < cap(failed) {
				failed <- err
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	for _, command := range []string{hosts.CommandSwitch, hosts.CommandBack, hosts.CommandSwitch} {
		time.Sleep(300 * time.Millisecond)
		w.do(command)
	}
	time.Sleep(300 * time.Millisecond)
	cancel()
	<-done
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	t.Logf("%d writes, longest pause %s", acked.Load(), w.paused())
	assert.Positive(t, acked.Load())
	assert.EqualValues(t, 500+acked.Load(), w.count(w.spec.To, "SELECT count(*) FROM orders"))
	text, err := os.ReadFile(w.spec.Edge.Ini)
	require.NoError(t, err)
	u, err := url.Parse(w.spec.To)
	require.NoError(t, err)
	assert.Contains(t, string(text), "port="+u.Port())
}
