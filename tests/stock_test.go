package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/engine/enginetest"
	"github.com/rung-dev/rung/offline"
)

// stock is a user of the stock CLI, with nothing of rung's but the program.
type stock struct {
	*user
	cli, stack string
	// work has the stack files, state is the backend, cloud the file of the cloud.
	work, state, cloud, passphrase string
}

// newStock copies the repository's stack files and begins the stack of a rung.
func newStock(t *testing.T, stack string) stock {
	t.Helper()
	cli, u := enginetest.StockCLI(t).Path, newUser(t)
	s := stock{user: u, cli: cli, stack: stack, passphrase: "test",
		work: u.dir, state: filepath.Join(u.dir, "state"), cloud: filepath.Join(u.dir, "cloud.json")}
	for _, name := range []string{"Pulumi.yaml", "Pulumi.stage1.yaml", "Pulumi.stage2.yaml", "Pulumi.stage3.yaml"} {
		text, err := os.ReadFile(filepath.Join(shared.root, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(s.dir, name), text, 0o600))
	}
	require.NoError(t, os.Mkdir(s.state, 0o755))
	s.does("stack", "init", stack)
	s.set("artifact", shared.artifact)
	return s
}

// pulumi runs the stock CLI.
func (s stock) pulumi(args ...string) result {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), s.cli, append(args, "--non-interactive", "--color=never")...)
	cmd.Dir = s.work
	cmd.Env = clean(
		"PATH="+shared.tools+string(os.PathListSeparator)+os.Getenv("PATH"),
		"PULUMI_BACKEND_URL=file://"+s.state,
		"PULUMI_CONFIG_PASSPHRASE="+s.passphrase, "PULUMI_HOME="+s.dir+"/home",
		"PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		"PULUMI_EXPERIMENTAL=true", "PULUMI_SKIP_CHECKPOINTS=true",
		offline.StateEnv+"="+s.cloud,
		envProgram+"="+filepath.Join(shared.tools, nameProgram),
	)
	return finish(s.t, cmd)
}

func (s stock) does(args ...string) result {
	s.t.Helper()
	r := s.pulumi(args...)
	require.Equal(s.t, done, r.code, "pulumi %s\n%s", strings.Join(args, " "), r.all())
	return r
}

func (s stock) set(key, value string) {
	s.t.Helper()
	s.does("config", "set", "rung:"+key, value)
}

func (s stock) resources() []apitype.ResourceV3 {
	return readState(s.t, filepath.Join(s.state, ".pulumi", "stacks", "rung", s.stack+".json"))
}

// refused demands that a command fails, says what, and leaves the cloud as it was.
func (s stock) refused(says string, args ...string) {
	s.t.Helper()
	before := readCloud(s.t, s.cloud)
	got := s.pulumi(args...)
	assert.NotZero(s.t, got.code, got.all())
	assert.Contains(s.t, got.all(), says)
	assert.Equal(s.t, before, readCloud(s.t, s.cloud), "nothing was changed")
}

// keeps demands that a command fails and that all that holds data stands as before.
func (s stock) keeps(says string, args ...string) {
	s.t.Helper()
	before := data(s.resources())
	require.NotEmpty(s.t, before)
	got := s.pulumi(args...)
	assert.NotZero(s.t, got.code, got.all())
	assert.Contains(s.t, got.all(), says)
	after := data(s.resources())
	held := map[string]string{}
	for _, r := range readCloud(s.t, s.cloud).Resources {
		held[r.URN] = r.ID
	}
	for urn, id := range before {
		assert.Equal(s.t, id, after[urn], "%s is still in the stack", urn)
		assert.Equal(s.t, id, held[urn], "%s is still in the cloud", urn)
	}
}

// The climb with the stock CLI is as safe as with rung.
func TestStockClimb(t *testing.T) {
	t.Parallel()
	s := newStock(t, "stage1")
	s.does("up", "--yes", "--skip-preview")
	first := data(s.resources())
	s.does("up", "--yes", "--skip-preview", "--expect-no-changes")

	s.set("zoness", "2")
	s.refused("did you mean rung:zones?", "up", "--yes")
	s.does("config", "rm", "rung:zoness")

	s.set("stage", "2")
	s.does("up", "--yes", "--skip-preview")
	s.set("stage", "3")
	s.refused("set rung:handover to pending (`pulumi config set rung:handover pending`", "up", "--yes", "--skip-preview")
	s.set("handover", "pending")
	s.does("up", "--yes", "--skip-preview")
	now := data(s.resources())
	for urn, id := range first {
		assert.Equal(t, id, now[urn], urn)
	}
	s.does("up", "--yes", "--skip-preview", "--expect-no-changes")
	s.sameAsRung()

	s.set("handover", "done")
	s.keeps("server-data", "up", "--yes", "--skip-preview")
	s.set("handover", "pending")
	s.does("up", "--yes", "--skip-preview")
	s.refused("rung-guard-data", "destroy", "--yes", "--skip-preview") // the guard's hook needs the program
	s.keeps("data guard: ", "destroy", "--yes", "--skip-preview", "--run-program")
	s.set("confirmDataLoss", "server-data") // it stays in the file, so each run warns of it
	assert.Contains(t, s.does("preview").all(), "nothing protects server-data")
}

// sameAsRung climbs with rung too and compares.
func (s stock) sameAsRung() {
	s.t.Helper()
	u := newUser(s.t)
	for _, stage := range []string{"1", "2", "3"} {
		u.does("up", stage)
	}
	var want, got []string
	for urn := range inCloud(u.state()) {
		want = append(want, urn)
	}
	for urn := range inCloud(s.resources()) {
		got = append(got, strings.Replace(urn, "urn:pulumi:"+s.stack+"::", "urn:pulumi:dev::", 1))
	}
	slices.Sort(want)
	slices.Sort(got)
	assert.Equal(s.t, want, got, "rung and the stock CLI make the same resources")
}

// A replacement of what holds data stops before anything is made, and a stack
// that starts on stage 3 needs no word about a handover.
func TestStockBeginsOnStageThree(t *testing.T) {
	t.Parallel()
	s := newStock(t, "stage3")
	s.does("up", "--yes", "--skip-preview")
	for _, r := range s.resources() {
		assert.NotEqual(t, "server", r.URN.Name())
	}
	s.set("stage", "2")
	s.keeps("database-primary", "up", "--yes", "--skip-preview")
}

// What rung's linked engine leaves is Pulumi's own: the stock CLI reads the stack and
// its secrets, has nothing to change, and what it writes rung goes on from.
func TestStockOpensWhatRungLeft(t *testing.T) {
	t.Parallel()
	cli, u := enginetest.StockCLI(t).Path, newUser(t)
	u.does("up", "1")
	s := stock{user: u, cli: cli, stack: "dev", passphrase: engine.OfflinePassphrase,
		work: u.path("workspace"), state: u.path("state"), cloud: u.path("cloud.json")}
	before := s.resources()
	s.does("stack", "select", "dev")
	assert.NotContains(t, s.does("stack", "export", "--show-secrets").out, `"ciphertext"`, "every secret is opened")
	s.does("up", "--yes", "--skip-preview", "--expect-no-changes")
	assert.Equal(t, inCloud(before), inCloud(s.resources()))
	u.unchanged("1")

	made := u.made()
	cmd, _ := u.startUntil("2", func(cloud []byte) bool { return standing(cloud) >= made+3 })
	_ = cmd.Process.Kill() // it may have ended by itself
	_ = cmd.Wait()
	s.does("stack", "export")
	u.does("up", "2")
	u.consistent()
	u.settled("2")
	assert.Equal(t, len(u.state()), strings.Count(s.does("stack", "export").out, `"urn": "urn:pulumi:dev::`),
		"all that was taken up")
}
