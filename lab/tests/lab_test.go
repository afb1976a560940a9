// Package tests holds the tests of the whole lab: the built rung command, the real
// engine, and real servers on this machine, used as a user uses them. Each is bounded
// to a few minutes and its traffic to loopback addresses.
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
	"sync/atomic"
	"syscall"
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
	path := filepath.Join(dir, "rung")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", path, "./cmd/rung")
	build.Dir = root()
	if text, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build rung: %w\n%s", err, text)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := built(); err == nil && os.Getenv(given) == "" {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

func root() string {
	here, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return filepath.Dir(filepath.Dir(here))
}

// user is somebody with a directory and rung.
type user struct {
	t        *testing.T
	dir, bin string
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

// rung runs the command in the checkout, so that the app is built as for a user there.
func (u user) rung(args ...string) (string, error) {
	end := slices.Index(args, "--") // what comes behind is another command's
	if end < 0 {
		end = len(args)
	}
	more := []string{"--dir", u.dir}
	if app := os.Getenv(givenApp); app != "" && args[0] == "up" {
		more = append(more, "--set", "artifact="+app)
	}
	cmd := exec.Command(u.bin, slices.Concat(args[:end], more, args[end:])...)
	cmd.Dir = root()
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

// Stage 1 serves, survives the death of anything, the supervisor included, and goes
// without a trace.
func TestStage1(t *testing.T) {
	u := newUser(t)
	out := u.must("up", "1", "--cloud", "lab")
	s := u.status()
	require.True(t, s.Settled, out)
	require.Len(t, s.Doors, 1)
	url := s.Doors[0].URL
	assert.Contains(t, out, url, "up prints the address")
	assert.True(t, serves(url))
	assert.True(t, serves(url+"/ready"))

	u.must("up", "1", "--cloud", "lab")
	assert.Equal(t, s.processes(), u.status().processes(), "a second up changes nothing")

	require.NoError(t, syscall.Kill(s.Process, syscall.SIGKILL))
	assert.True(t, serves(url), "servers go on without the supervisor")
	u.must("lab", "start")
	assert.Equal(t, s.processes(), u.status().processes(), "they are taken over")

	require.NoError(t, syscall.Kill(s.first("the program"), syscall.SIGKILL))
	u.eventually("the app comes back", func() bool { return serves(url) })

	now := u.status()
	require.NoError(t, syscall.Kill(now.Process, syscall.SIGKILL))
	u.must("lab", "stop")
	for name, pid := range now.processes() {
		assert.False(t, runs(pid), "%s ends although the supervisor was killed", name)
	}
	u.must("lab", "start")
	u.eventually("it starts again with its data", func() bool { return serves(url + "/ready") })
	u.destroy()
}

// Stage 3 serves without a failed request while a machine, a replica and the balancer's
// configuration go.
func TestStage3(t *testing.T) {
	u := newUser(t)
	u.must("up", "3", "--cloud", "lab")
	s := u.status()
	require.NotEmpty(t, s.Doors)
	url := s.Doors[0].URL
	require.True(t, serves(url), url)
	for _, what := range []string{"primary", "replica of", "HAProxy", "nginx", "machine of web", "machine of workers",
		"SQS"} {
		assert.NotZero(t, s.first(what), what)
	}
	load := begin(url, 50)
	time.Sleep(time.Second)
	require.NoError(t, syscall.Kill(s.first("machine of web"), syscall.SIGKILL))
	time.Sleep(2 * time.Second)
	require.NoError(t, syscall.Kill(s.first("replica of"), syscall.SIGKILL))
	time.Sleep(4 * time.Second)
	asked, failures := load.end()
	assert.Greater(t, asked, int64(100))
	assert.Empty(t, failures)
	u.eventually("all is well again", func() bool { return u.status().Settled })
	u.destroy()
}

// load asks for pages at a constant rate, whether answers come or not.
type load struct {
	asked  atomic.Int64
	begun  time.Time
	stop   chan struct{}
	done   sync.WaitGroup
	access sync.Mutex
	failed map[string]int
}

// clients is how many addresses the load comes from: the app bounds what one may ask.
const clients = 50

func begin(url string, perSecond int) *load {
	l := &load{begun: time.Now(), stop: make(chan struct{}), failed: map[string]int{}}
	var all []*http.Client
	for n := range clients {
		from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 6, 1, byte(1+n))}}
		all = append(all, &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DialContext: from.DialContext}})
	}
	l.done.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(perSecond))
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-l.stop:
				return
			case <-tick.C:
			}
			l.done.Go(func() { l.ask(all[n%clients], url) })
		}
	})
	return l
}

func (l *load) ask(client *http.Client, url string) {
	l.asked.Add(1)
	second := int(time.Since(l.begun).Seconds())
	answer, err := client.Get(url)
	if err != nil {
		l.fails(second, err.Error())
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		l.fails(second, answer.Status)
	}
}

// fails notes what was wrong with a page that was asked for in a second of the load.
func (l *load) fails(second int, why string) {
	l.access.Lock()
	defer l.access.Unlock()
	l.failed[fmt.Sprintf("in second %d: %s", second, why)]++
}

// end ends the load: how many pages were asked for, and how many failed when and why.
func (l *load) end() (asked int64, failed map[string]int) {
	close(l.stop)
	l.done.Wait()
	return l.asked.Load(), l.failed
}
