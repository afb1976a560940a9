package tests

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/server"
)

// developing is an `app dev` that runs.
type developing struct {
	cmd        *exec.Cmd
	said, site string
	ended      chan error
}

// develop starts one and waits for its replica.
func develop(t *testing.T, tmp string, args ...string) *developing {
	t.Helper()
	cmd := exec.Command(apptest.Binary(t), append([]string{"dev", "-users", "3", "-posts", "5"}, args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + tmp}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	d := &developing{cmd: cmd, ended: make(chan error, 1)}
	t.Cleanup(func() { cmd.Process.Kill() }) //nolint:errcheck // it may have ended
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		d.said += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "the replica follows") {
			break
		}
	}
	go func() {
		io.Copy(io.Discard, out) //nolint:errcheck // until it ends
		d.ended <- cmd.Wait()
	}()
	d.site, _, _ = strings.Cut(d.said, " ")
	require.True(t, strings.HasPrefix(d.site, "http://"), d.said)
	t.Log(d.said)
	return d
}

// place is a directory that PostgreSQL's user may enter.
func place(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dev-test-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// servers are the processes that have a directory among their arguments or work in it.
func servers(t *testing.T, dir string) (found []string) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(t, err)
	for _, proc := range all {
		args, _ := os.ReadFile(filepath.Join(proc, "cmdline")) // it may have ended
		at, _ := os.Readlink(filepath.Join(proc, "cwd"))
		if strings.Contains(string(args), dir) || strings.HasPrefix(at, dir) {
			found = append(found, proc+" "+strings.ReplaceAll(string(args), "\x00", " "))
		}
	}
	return found
}

// One command has everything that the app needs, with a world to look at; pages
// follow their templates; all of it ends with it, and what was kept is there again.
func TestOneCommandRunsEverything(t *testing.T) {
	t.Parallel()
	tmp, kept := place(t), place(t)
	templates := filepath.Join(kept, "templates")
	require.NoError(t, os.MkdirAll(templates, 0o755))
	page, err := os.ReadFile("../product/web/templates/pages.html")
	require.NoError(t, err)
	write := func(text string) {
		require.NoError(t, os.WriteFile(filepath.Join(templates, "pages.html"), []byte(text), 0o600))
	}
	write(string(page))
	world := filepath.Join(kept, "world")
	d := develop(t, tmp, "-dir", world, "-templates", templates)
	host := strings.TrimPrefix(d.site, "http://")
	c := newClient(t, &product.App{App: &server.App{Address: host}})
	assert.Len(t, c.list("/api/posts").Posts, 5)
	var in struct{ Token string }
	c.do(201, "POST", "/api/sessions", map[string]string{"email": "demo@example.com", "password": password}).into(t, &in)
	c.token = in.Token
	assert.NotEmpty(t, c.list("/api/feed").Posts)
	c.publish("Kept", "text")
	write(strings.Replace(string(page), "Skip to the content", "Changed just now", 1))
	assert.Contains(t, string(c.do(200, "GET", "/", nil).body), "Changed just now")

	mailbox := regexp.MustCompile(`mails +(http\S+)`).FindStringSubmatch(d.said)
	require.NotNil(t, mailbox, d.said)
	filled(t, http.DefaultClient, d.site+"/forgot", "email", "demo@example.com")
	require.Eventually(t, func() bool {
		resp, err := http.Get(mailbox[1])
		return strings.Contains(sent(t, resp, err).text, `<a href="`+d.site+`/reset?token=`)
	}, time.Minute, 50*time.Millisecond)

	out, err := exec.Command(apptest.Binary(t), "dev", "-dir", world).CombinedOutput()
	require.Error(t, err, string(out))
	assert.Contains(t, string(out), "another `app dev` runs on it")
	require.NoError(t, d.cmd.Process.Signal(os.Interrupt))
	assert.NoError(t, <-d.ended)
	if runtime.GOOS == "linux" {
		assert.Empty(t, servers(t, world))
	}
	d = develop(t, tmp, "-dir", world)
	there := &product.App{App: &server.App{Address: strings.TrimPrefix(d.site, "http://")}}
	assert.Len(t, newClient(t, there).list("/api/posts").Posts, 6)
	require.NoError(t, d.cmd.Process.Signal(syscall.SIGTERM))
	assert.NoError(t, <-d.ended)
	left, err := os.ReadDir(tmp)
	require.NoError(t, err)
	assert.Empty(t, left)
}

// What was killed leaves no server behind, and the next one removes its files.
func TestKilledDevelopersLeaveNothing(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("servers end with their parent on Linux alone")
	}
	tmp := place(t)
	d := develop(t, tmp)
	require.GreaterOrEqual(t, len(servers(t, tmp)), 3, "a primary, a replica, Redis")
	require.NoError(t, d.cmd.Process.Kill())
	<-d.ended
	assert.Eventually(t, func() bool { return len(servers(t, tmp)) == 0 }, time.Minute, 50*time.Millisecond)
	first, err := filepath.Glob(filepath.Join(tmp, "app-dev-*"))
	require.NoError(t, err)
	require.Len(t, first, 1)
	d = develop(t, tmp)
	assert.NoDirExists(t, first[0])
	require.NoError(t, d.cmd.Process.Signal(os.Interrupt))
	assert.NoError(t, <-d.ended)
}
