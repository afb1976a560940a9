package engine_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/engine/enginetest"
	"github.com/rung-dev/rung/engine/service"
	"github.com/rung-dev/rung/engine/store"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

// accountUser is a user with a stock CLI, whose provider on the PATH is a toy.
type accountUser struct {
	t          *testing.T
	cli        *engine.CLI
	dir, world string
}

func newAccount(t *testing.T, backend string) accountUser {
	t.Helper()
	executable, err := os.Executable()
	require.NoError(t, err)
	bin := t.TempDir()
	a := accountUser{t: t, cli: enginetest.StockCLI(t), dir: t.TempDir(), world: filepath.Join(t.TempDir(), "world.json")}
	require.NoError(t, os.Symlink(executable, filepath.Join(bin, "pulumi-resource-random")))
	require.NoError(t, os.WriteFile(filepath.Join(a.dir, "Pulumi.yaml"), []byte("name: rung\nruntime: go\n"), 0o600))
	for name, value := range map[string]string{
		"PATH": bin + string(os.PathListSeparator) + os.Getenv("PATH"), "PULUMI_BACKEND_URL": backend,
		"PULUMI_CONFIG_PASSPHRASE": "mine", "PULUMI_HOME": t.TempDir(), "AWS_ACCESS_KEY_ID": awsapitest.Key,
		"AWS_SECRET_ACCESS_KEY": awsapitest.Secret, "AWS_EC2_METADATA_DISABLED": "true", engine.StateVariable: a.world,
		engine.JournalVariable: "1",
	} {
		t.Setenv(name, value)
	}
	return a
}

// up brings so many toys up by the CLI, with its notes in a journal or without.
func (a accountUser) up(journal string, toys int) (*engine.Stack, error) {
	a.t.Helper()
	a.t.Setenv(engine.JournalVariable, journal)
	var all []thing
	for i := range toys {
		all = append(all, thing{name: fmt.Sprint("t", i)})
	}
	s := open(a.t, engine.Options{Dir: a.dir, Cloud: engine.AWS, CLI: a.cli, Program: things(all...), Parallel: 1})
	_, err := s.Up(a.t.Context())
	return s, err
}

// state are the names of what a stack has, and of what it began.
func state(t *testing.T, s *engine.Stack) (made, begun []string) {
	t.Helper()
	deployment, err := s.Snapshot(t.Context())
	require.NoError(t, err)
	for _, r := range deployment.Resources {
		if r.Custom && r.ID != "" && !strings.HasPrefix(string(r.Type), "pulumi:") {
			made = append(made, r.URN.Name())
		}
	}
	for _, op := range deployment.PendingOperations {
		begun = append(begun, op.Resource.URN.Name())
	}
	return made, begun
}

// exists counts what the toy's world has.
func (a accountUser) exists() int {
	a.t.Helper()
	text, err := os.ReadFile(a.world)
	if os.IsNotExist(err) {
		return 0
	}
	require.NoError(a.t, err)
	var world map[string]any
	require.NoError(a.t, json.Unmarshal(text, &world))
	return len(world)
}

// An unchanged CLI sends its notes to rung, which keeps them where its own backend keeps the
// state; and the CLI by itself goes on from there.
func TestAStockCLINotesItsSteps(t *testing.T) {
	folder := t.TempDir()
	cloud := awsapitest.New(t)
	bucket := cloud.Bucket("states")
	for name, backend := range map[string]string{
		"in a folder": "file://" + folder,
		"in a bucket": "s3://" + bucket + "/team?region=us-east-1&s3ForcePathStyle=true&endpoint=" + cloud.URL(),
	} {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t, backend)
			s, err := a.up("1", 3)
			require.NoError(t, err)
			made, begun := state(t, s)
			assert.ElementsMatch(t, []string{"t0", "t1", "t2"}, made)
			assert.Empty(t, begun)
			require.NoError(t, s.Close())

			s, err = a.up("", 4)
			require.NoError(t, err, "the CLI by itself finds the state, and its secrets")
			made, _ = state(t, s)
			assert.Len(t, made, 4)
			require.NoError(t, s.Close())
			assert.Equal(t, 4, a.exists(), "nothing twice")

			s, err = a.up("1", 2)
			require.NoError(t, err, "and the other way round")
			made, _ = state(t, s)
			assert.ElementsMatch(t, []string{"t0", "t1"}, made)
		})
	}
	left, err := filepath.Glob(filepath.Join(folder, ".pulumi", "*", "rung", "*"))
	require.NoError(t, err)
	for _, name := range left {
		assert.NotContains(t, name, "journals")
	}
}

// failing is a bucket that takes so many writes and none after them, as for a rung that was
// killed then.
type failing struct {
	left atomic.Int64
	pass http.Handler
}

func (f *failing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead && f.left.Add(-1) < 0 {
		http.Error(w, "", http.StatusForbidden) // which no client asks again
		return
	}
	f.pass.ServeHTTP(w, r)
}

// unlock is what a rung does with the lock of one that was killed.
func unlock(t *testing.T, cloud *awsapitest.Cloud, bucket string) {
	t.Helper()
	address := "s3://" + bucket + "?region=us-east-1&s3ForcePathStyle=true&endpoint=" + cloud.URL()
	stacks, err := service.Stacks(t.Context(), address)
	require.NoError(t, err)
	over, err := stacks("rung", "dev").TakeOver(func(h store.Holder) bool { return h.PID == os.Getpid() })
	require.NoError(t, err)
	assert.LessOrEqual(t, len(over), 1)
}

// Wherever the writes end, all that exists is in the state, as made or as begun, and the next
// run goes on.
func TestAStockCLILosesNothingWhereverTheWritesEnd(t *testing.T) {
	enginetest.StockCLI(t)
	ended := 0
	for _, writes := range []int64{7, 9, 10, 11, 13, 15} {
		t.Run(fmt.Sprint(writes, " writes"), func(t *testing.T) {
			cloud := awsapitest.New(t)
			bucket := cloud.Bucket("states")
			target, err := url.Parse(cloud.URL())
			require.NoError(t, err)
			proxy := &failing{pass: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(target)
				r.Out.Host = r.In.Host
			}}}
			proxy.left.Store(writes)
			front := httptest.NewServer(proxy)
			defer front.Close()
			a := newAccount(t, "s3://"+bucket+"?region=us-east-1&s3ForcePathStyle=true&endpoint="+front.URL)
			s, err := a.up("1", 3)
			proxy.left.Store(1 << 30)
			if err == nil {
				return
			}
			ended++
			_ = s.Close() // the journal's end failed with the rest
			s = open(t, engine.Options{Dir: a.dir, Cloud: engine.AWS, CLI: a.cli, Program: things()})
			made, begun := state(t, s)
			t.Logf("exist %d, made %v, begun %v", a.exists(), made, begun)
			assert.GreaterOrEqual(t, len(made)+len(begun), a.exists(), "what exists is known")
			assert.LessOrEqual(t, len(made), a.exists())
			unlock(t, cloud, bucket) // of this process, which lives
			s, err = a.up("1", 3)
			require.NoError(t, err)
			made, _ = state(t, s)
			assert.Len(t, made, 3)
		})
	}
	assert.Greater(t, ended, 4, "the writes ended within the run")
}
