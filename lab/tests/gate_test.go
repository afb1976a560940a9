package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// loaded is what a load says.
type loaded struct {
	Sent, Failed int
	Errors       map[string]int
	Writes       struct{ Acknowledged, Lost, Unread int }
	Timeline     []struct{ At, Sent, Failed int }
	Databases    []struct {
		Name      string  `json:"server"`
		PerSecond float64 `json:"queries_per_second"`
	}
}

func (u user) measured(path string) (l loaded) {
	u.t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(u.t, err)
	require.NoError(u.t, json.Unmarshal(text, &l))
	return l
}

// load runs `rung lab load` to its end.
func (u user) load(args ...string) loaded {
	u.t.Helper()
	path := filepath.Join(u.t.TempDir(), "load.json")
	u.must(append([]string{"lab", "load", "--format", "json", "--output", path}, args...)...)
	return u.measured(path)
}

// underWay is a `rung lab load` that runs, with what it says in a file.
type underWay struct {
	user
	cmd        *exec.Cmd
	path, said string
}

// loading begins a load; it returns when that has sent requests for a second.
func (u user) loading(args ...string) *underWay {
	u.t.Helper()
	dir := u.t.TempDir()
	w := &underWay{user: u, path: filepath.Join(dir, "load.json"), said: filepath.Join(dir, "said")}
	w.cmd = exec.Command(u.bin, append([]string{"lab", "load", "--dir", u.dir, "--format", "json", "--output", w.path},
		args...)...)
	said, err := os.Create(w.said)
	require.NoError(u.t, err)
	defer said.Close()
	w.cmd.Stdout, w.cmd.Stderr = said, said
	require.NoError(u.t, w.cmd.Start())
	u.t.Cleanup(func() { _ = w.cmd.Process.Kill() }) // mostly it has ended
	u.eventually("the load begins", func() bool { return strings.Contains(w.says(), " requests ") })
	return w
}

func (w *underWay) says() string {
	text, err := os.ReadFile(w.said)
	require.NoError(w.t, err)
	return string(text)
}

// end is what the load has shown, at its own end.
func (w *underWay) end() loaded {
	w.t.Helper()
	require.NoError(w.t, w.cmd.Wait(), w.says())
	return w.measured(w.path)
}

// interrupt is what it has shown until now; not all writes are read back.
func (w *underWay) interrupt() loaded {
	w.t.Helper()
	require.NoError(w.t, w.cmd.Process.Signal(syscall.SIGINT))
	_ = w.cmd.Wait() // whoever is interrupted has not succeeded
	require.FileExists(w.t, w.path, w.says())
	return w.measured(w.path)
}

// A version that only an alarm tells from a good one is stopped at the first checkpoint of
// its replacement, under load: the machines of before serve on, and the stack goes back.
func TestGate(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := newUser(t)
	u.must("up", "3", "--cloud", "lab", "--set", "cdn=none")
	wrong := filepath.Join(t.TempDir(), "wrong")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", wrong, "./lab/tests/testdata/wrong")
	build.Dir, build.Env = root(), append(os.Environ(), "CGO_ENABLED=0")
	text, err := build.CombinedOutput()
	require.NoError(t, err, string(text))
	before := u.status().serving()

	load := u.loading("--rate", "30", "--for", "1h")
	out, err := u.rung("deploy", wrong, "--cloud", "lab")
	during := load.interrupt()
	require.Error(t, err)
	assert.Regexp(t, `its new machines were taken back.*the alarm \S+ rang`, out)
	assert.Contains(t, out, "Release 1 runs again")
	assert.Equal(t, []string{"running", "failed", "running"}, u.outcomes())
	assert.Positive(t, during.Failed, "the new machine has answered people")
	assert.Greater(t, during.Sent-during.Failed, during.Failed, "those of before have answered the most")

	after := u.load("--rate", "30", "--for", "5s")
	assert.Empty(t, after.Errors)
	stayed := 0
	for name := range u.status().serving() {
		if before[name] {
			stayed++
		}
	}
	assert.Positive(t, stayed, "it stopped before the last machine of before was gone")
	u.destroy()
}
