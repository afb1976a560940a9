//go:build linux

package supervisor

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// running is a lab of real servers.
type running struct {
	t  *testing.T
	at place.Place
}

// runs lets a supervisor run what some resources become, until the test ends.
func runs(t *testing.T, entries ...sim.Entry) running {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} { // whom PostgreSQL runs as must come in
		require.NoError(t, os.Chmod(d, 0o755)) //nolint:gosec // see above
	}
	r := running{t, place.Of(dir)}
	require.NoError(t, os.MkdirAll(r.at.Logs(), 0o755))
	made(t, r.at, entries)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, r.at, t.Output()) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-ended)
		assert.Empty(t, r.record().Processes, "nothing is left")
	})
	r.until("it runs", func() bool { return r.state().Settled && len(r.state().Units) > 0 })
	return r
}

// made writes the cloud's file.
func made(t *testing.T, at place.Place, entries []sim.Entry) {
	t.Helper()
	const account = "123456789012"
	resources := map[string]sim.Entry{}
	for _, e := range entries {
		e.Provider, e.Account, e.Region, e.Name = "aws", account, "us-east-1", e.ID
		resources[strings.Join([]string{"aws", account, e.Region, e.Type, e.ID}, " ")] = e
	}
	text, err := json.Marshal(map[string]any{"version": 1, "account": account, "resources": resources})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(at.Cloud(), text, 0o600))
}

func (r running) until(what string, is func() bool) {
	r.t.Helper()
	require.Eventually(r.t, is, time.Minute, 20*time.Millisecond, what)
}

func (r running) state() (s state.State) {
	s, _ = state.Read(r.at.Status()) // none is told at first
	return s
}

func (r running) record() *ledger.Ledger {
	led, err := ledger.Read(r.at.Ledger())
	require.NoError(r.t, err)
	return led
}

// address is what a name of the cloud stands for.
func (r running) address(name string) string { return r.state().Here(name) }

// kill ends what is called so with all that it has started, and says which that was.
func (r running) kill(what string) (unit string) {
	r.t.Helper()
	for name, p := range r.record().Processes {
		if strings.Contains(p.What, what) {
			require.NoError(r.t, p.KillTree(20*time.Second))
			return name
		}
	}
	require.Fail(r.t, "nothing is called "+what)
	return ""
}

func cache() sim.Entry {
	return sim.Entry{Type: token.ElastiCacheReplicationGroup, ID: "cache", Properties: sim.Props{
		"automaticFailoverEnabled": true, "clusterMode": "disabled", "numCacheClusters": 2, "numNodeGroups": 1,
		"transitEncryptionEnabled": true, "authToken": "a token of the plan", "primaryEndpointAddress": "master.cache",
		"readerEndpointAddress": "replica.cache"}}
}

// asks the cache; empty where it does not answer.
func (r running) asks(address string, words ...string) string {
	programs := site.Find()
	line := append([]string{"-h", address, "--no-auth-warning", "--tls", "--cacert",
		site.Site{Dir: r.at.Dir}.CA()}, words...)
	cmd := exec.Command(programs.RedisCLI, line...)
	cmd.Env = []string{"REDISCLI_AUTH=a token of the plan"}
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// A replica of the cache takes over with what it holds, at the same address; the one that
// was lost comes back as its replica, and takes over the next time.
func TestAReplicaOfTheCacheTakesOver(t *testing.T) {
	if site.Find().Redis == "" {
		t.Skip("Redis is not installed")
	}
	r := runs(t, cache())
	at, readers := r.address("master.cache"), r.address("replica.cache")
	for n := range 2 {
		key := fmt.Sprint("key-", n)
		require.Equal(t, "OK", r.asks(at, "set", key, "kept"))
		r.until("the replica has it", func() bool { return r.asks(readers, "get", key) == "kept" })
		begun := time.Now()
		lost := r.kill("primary")
		r.until("another takes writes", func() bool { return r.asks(at, "set", "new", "x") == "OK" })
		t.Logf("taken over after %v", time.Since(begun))
		assert.Equal(t, "kept", r.asks(at, "get", key))
		r.until("all is well again", func() bool {
			return r.state().Settled && strings.Contains(r.record().Processes[lost].What, "replica")
		})
		assert.Equal(t, at, r.address("master.cache"))
		assert.Contains(t, r.asks(readers, "info", "replication"), "role:slave")
	}
}

func auroraCluster() []sim.Entry {
	member := func(id string, tier int) sim.Entry {
		return sim.Entry{Type: token.RDSClusterInstance, ID: id, Properties: sim.Props{"identifier": id,
			"clusterIdentifier": "one", "promotionTier": tier, "endpoint": id + ".rds.amazonaws.com"}}
	}
	return []sim.Entry{{Type: token.RDSCluster, ID: "one", Properties: sim.Props{"clusterIdentifier": "one",
		"engine": "aurora-postgresql", "engineVersion": "15.4", "masterUsername": "app", "masterPassword": "pw",
		"databaseName": "app", "endpoint": "one.cluster", "readerEndpoint": "one.cluster-ro",
		"skipFinalSnapshot": true}}, member("one-a", 0), member("one-b", 1)}
}

// A reader of Aurora takes over from its writer, at the cluster's address and without an
// acknowledged write lost.
func TestAReaderOfAuroraTakesOver(t *testing.T) {
	if len(site.Find().Postgres) == 0 {
		t.Skip("PostgreSQL is not installed")
	}
	r := runs(t, auroraCluster()...)
	url := fmt.Sprintf("postgres://app:pw@%s:5432/app?sslmode=require&connect_timeout=2", r.address("one.cluster"))
	write := func(sql string, args ...any) error {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		c, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer c.Close(ctx) //nolint:errcheck // it ends
		_, err = c.Exec(ctx, sql, args...)
		return err
	}
	r.until("commits wait for the reader", func() bool { return r.record().Pairs["aurora/us-east-1/one"].Proven })
	require.NoError(t, write("CREATE TABLE kept (n int)"))
	acknowledged := 0
	for n := range 10 {
		require.NoError(t, write("INSERT INTO kept VALUES ($1)", n))
		acknowledged++
	}
	begun := time.Now()
	lost := r.kill("writer of one")
	r.until("the reader writes", func() bool { return write("INSERT INTO kept VALUES (100)") == nil })
	t.Logf("taken over after %v", time.Since(begun))
	r.until("all is well again", func() bool {
		return r.state().Settled && strings.Contains(r.record().Processes[lost].What, "reader of one")
	})
	var rows int
	readers := strings.Replace(url, r.address("one.cluster"), r.address("one.cluster-ro"), 1)
	r.until("the one that was lost has all of it", func() bool {
		c, err := pgx.Connect(t.Context(), readers)
		if err != nil {
			return false
		}
		defer c.Close(t.Context()) //nolint:errcheck // it ends
		err = c.QueryRow(t.Context(), "SELECT count(*) FROM kept WHERE n < 100").Scan(&rows)
		return err == nil && rows == acknowledged
	})
}
