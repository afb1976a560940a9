package tests

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/offline"
)

// The exit codes, as the documentation promises them.
const (
	done    = 0
	failed  = 1
	usage   = 2
	budget  = 3
	guarded = 4
)

// patience ends a command that hangs; no test expects anything of how long one takes.
const patience = 20 * time.Minute

// user is somebody with a directory of their own.
type user struct {
	t   testing.TB
	dir string
	// at is where the user stands; empty is this package's directory.
	at string
	// settings go into every command, as --set.
	settings []string
	// env is added to the clean environment.
	env []string
}

// newUser has an empty directory and an app that needs no building.
func newUser(t testing.TB, settings ...string) *user {
	t.Helper()
	return &user{t: t, dir: t.TempDir(), settings: append([]string{"artifact=" + shared.artifact}, settings...)}
}

// result is what one command did.
type result struct {
	code     int
	out, err string
}

// all is everything that the user sees.
func (r result) all() string { return r.out + r.err }

// rung runs a command in the user's directory.
func (u *user) rung(args ...string) result {
	u.t.Helper()
	return finish(u.t, u.command(args...))
}

// command is rung before it is started; it is killed when it hangs.
func (u *user) command(args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	u.t.Cleanup(cancel)
	for _, s := range u.settings {
		args = append(args, "--set", s)
	}
	cmd := exec.CommandContext(ctx, shared.bin, append(args, "--dir", u.dir)...)
	cmd.Dir, cmd.Env = u.at, clean(u.env...)
	u.t.Cleanup(func() { spends(u.t.Name(), cmd) })
	return cmd
}

// finish runs a command to its end; a command that cannot be run fails the test.
func finish(t testing.TB, cmd *exec.Cmd) result {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// does runs a command that must succeed.
func (u *user) does(args ...string) result {
	u.t.Helper()
	r := u.rung(args...)
	require.Equal(u.t, done, r.code, "rung %s\n%s", strings.Join(args, " "), r.all())
	return r
}

// report runs a command that must succeed and reads its JSON.
func (u *user) report(args ...string) report {
	u.t.Helper()
	return decode(u.t, u.does(append(args, "--format", "json")...).out)
}

// unchanged brings the stack to a stage on which it stands already: nothing changes,
// and no update runs, which would write the state anew.
func (u *user) unchanged(stage string) {
	u.t.Helper()
	state := u.path("state", ".pulumi", "stacks", "rung", "dev.json")
	before, err := os.Stat(state)
	require.NoError(u.t, err)
	again := u.report("up", stage)
	require.Empty(u.t, again.Resources.Changes, "a second up of stage %s changes nothing", stage)
	after, err := os.Stat(state)
	require.NoError(u.t, err)
	require.True(u.t, os.SameFile(before, after), "a second up of stage %s runs no update", stage)
}

// settled is unchanged for a stack that another command has brought there: it
// only looks.
func (u *user) settled(stage string) {
	u.t.Helper()
	again := u.report("preview", stage)
	require.Empty(u.t, again.Resources.Changes, "nothing is left to do on stage %s", stage)
	dropped, err := offline.Unheard(u.path("cloud.json"))
	require.NoError(u.t, err)
	assert.Empty(u.t, dropped, "whatever sends is let in, on stage %s", stage)
}

// path is a file below the user's .rung.
func (u *user) path(parts ...string) string {
	return filepath.Join(append([]string{u.dir, ".rung"}, parts...)...)
}

// cloudFile is the offline cloud, as far as these tests read it.
type cloudFile struct {
	Resources map[string]struct {
		Type       string
		ID         string
		Name       string
		URN        string
		Properties map[string]any
	}
	// Incarnations counts how often each was made, by URN.
	Incarnations map[string]int
}

func (u *user) cloud() cloudFile { return readCloud(u.t, u.path("cloud.json")) }

func readCloud(t testing.TB, path string) cloudFile {
	t.Helper()
	var c cloudFile
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &c), path)
	return c
}

// urns are the resources in the cloud, sorted.
func (c cloudFile) urns() []string {
	var out []string
	for _, r := range c.Resources {
		out = append(out, r.URN)
	}
	slices.Sort(out)
	return out
}

// state is the stack's own record of what it holds.
func (u *user) state() []apitype.ResourceV3 {
	return readState(u.t, u.path("state", ".pulumi", "stacks", "rung", "dev.json"))
}

func readState(t testing.TB, path string) []apitype.ResourceV3 {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var file struct {
		Checkpoint struct {
			Latest struct {
				Resources []apitype.ResourceV3
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &file), path)
	return file.Checkpoint.Latest.Resources
}

// inCloud are the resources of a state that its cloud holds, by URN with their id.
func inCloud(state []apitype.ResourceV3) map[string]string {
	out := map[string]string{}
	for _, r := range state {
		if r.Custom && !r.External && !strings.HasPrefix(string(r.Type), "pulumi:") {
			out[string(r.URN)] = string(r.ID)
		}
	}
	return out
}

// data are the resources of a state that hold data, by URN with their id.
func data(state []apitype.ResourceV3) map[string]string {
	out := map[string]string{}
	for _, r := range state {
		if _, holds := guard.HoldsData(string(r.Type)); holds {
			out[string(r.URN)] = string(r.ID)
		}
	}
	return out
}

// named is the resource of a logical name in a state; the test fails without it.
func named(t testing.TB, state []apitype.ResourceV3, name string) apitype.ResourceV3 {
	t.Helper()
	i := slices.IndexFunc(state, func(r apitype.ResourceV3) bool { return r.URN.Name() == name })
	require.GreaterOrEqual(t, i, 0, "the stack holds %s", name)
	return state[i]
}

// consistent demands that the state and the cloud hold the same resources: nothing
// in the cloud that the stack has forgotten, nothing in the stack that is gone.
func (u *user) consistent() {
	u.t.Helper()
	want, got := inCloud(u.state()), map[string]string{}
	for _, r := range u.cloud().Resources {
		require.NotContains(u.t, got, r.URN, "a resource stands twice in the cloud")
		got[r.URN] = r.ID
	}
	require.Equal(u.t, want, got)
}
