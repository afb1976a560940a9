package tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// given names a rung that was built before, of the same code, and givenApp an app: to link
// them takes a busy machine minutes.
const given, givenApp = "RUNG_LAB_RUNG", "RUNG_LAB_APP"

// built is the rung command, made once.
var built = sync.OnceValues(func() (string, error) {
	if path := os.Getenv(given); path != "" {
		return path, nil
	}
	dir, err := os.MkdirTemp("", "rung-lab-bin-")
	if err != nil {
		return "", err
	}
	made = dir
	path := filepath.Join(dir, "rung")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", path, "./cmd/rung")
	build.Dir = root()
	if text, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build rung: %w\n%s", err, text)
	}
	return path, nil
})

// made is the directory of a rung that was built; empty where no test wanted one.
var made string

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(made)
	os.Exit(code)
}

func root() string {
	here, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return filepath.Dir(filepath.Dir(here))
}

// user is somebody with a directory and rung. app is the folder in which the command runs,
// with an app of its own; empty is the checkout's, which has rung's.
type user struct {
	t             *testing.T
	dir, bin, app string
}

func newUser(t *testing.T) user {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the lab is Linux'")
	}
	bin, err := built()
	require.NoError(t, err)
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} { // whom PostgreSQL runs as must come in
		require.NoError(t, os.Chmod(d, 0o755)) //nolint:gosec // see above
	}
	u := user{t: t, dir: dir, bin: bin}
	t.Cleanup(func() { _, _ = u.rung("lab", "stop") })
	return u
}

// rung runs the command in the checkout, so that the app is built as for a user there, or
// in the folder of an app.
func (u user) rung(args ...string) (string, error) {
	end := slices.Index(args, "--") // what comes behind is another command's
	if end < 0 {
		end = len(args)
	}
	more := []string{"--dir", u.dir}
	if app := os.Getenv(givenApp); app != "" && u.app == "" && slices.Contains([]string{"up", "rehearse"}, args[0]) {
		more = append(more, "--set", "artifact="+app)
	}
	cmd := exec.Command(u.bin, slices.Concat(args[:end], more, args[end:])...)
	cmd.Dir = root()
	if u.app != "" {
		cmd.Dir = u.app
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

func (u user) must(args ...string) string {
	u.t.Helper()
	out, err := u.rung(args...)
	require.NoError(u.t, err, out)
	return out
}

// status is what `rung lab status` says.
type status struct {
	Settled bool
	Process int
	Doors   []struct{ Name, URL string }
	Servers []struct {
		Name, What, Address, State string
		Ports                      []int
		Process                    int
	}
}

func (u user) status() (s status) {
	u.t.Helper()
	require.NoError(u.t, json.Unmarshal([]byte(u.must("lab", "status", "--format", "json")), &s))
	return s
}

// processes are the servers' by name.
func (s status) processes() map[string]int {
	all := map[string]int{}
	for _, v := range s.Servers {
		all[v.Name] = v.Process
	}
	return all
}

// first is the process of a server that is called so.
func (s status) first(what string) int {
	for _, v := range s.Servers {
		if strings.Contains(v.What, what) {
			return v.Process
		}
	}
	return 0
}

func (u user) eventually(what string, is func() bool) {
	u.t.Helper()
	require.Eventually(u.t, is, 3*time.Minute, 200*time.Millisecond, what)
}

func serves(url string) bool {
	answer, err := http.Get(url) //nolint:gosec // the lab's own
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// runs reports whether a process runs: one that has ended stays for a moment, until
// the system's first process, whose child it has become, asks for it.
func runs(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	return len(fields) > 0 && string(fields[0]) != "Z" && string(fields[0]) != "X"
}

var confirm = regexp.MustCompile(`confirmDataLoss=(\S+)`)

// destroy tears the stack down, and demands that nothing is left.
func (u user) destroy() {
	u.t.Helper()
	before := u.status()
	out, err := u.rung("destroy", "--cloud", "lab")
	require.Error(u.t, err, "data is asked for first")
	names := confirm.FindStringSubmatch(out)
	require.NotNil(u.t, names, out)
	u.must("destroy", "--cloud", "lab", "--set", "confirmDataLoss="+names[1])
	for name, pid := range before.processes() {
		assert.False(u.t, runs(pid), name)
	}
	for _, s := range before.Servers {
		for _, port := range s.Ports {
			l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", s.Address, port))
			if assert.NoError(u.t, err, s.Name) {
				l.Close()
			}
		}
	}
	left, err := filepath.Glob(filepath.Join(u.dir, ".rung", "lab", "*"))
	require.NoError(u.t, err)
	assert.Subset(u.t, []string{filepath.Join(u.dir, ".rung", "lab", "snapshots")}, left, "nothing but final snapshots")
}
