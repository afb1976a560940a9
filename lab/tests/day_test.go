package tests

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// version copies a program under another name; more makes its hash another one.
func (u user) version(from, name, more string) string {
	u.t.Helper()
	text, err := os.ReadFile(from)
	require.NoError(u.t, err)
	path := filepath.Join(u.t.TempDir(), name)
	require.NoError(u.t, os.WriteFile(path, append(text, more...), 0o755)) //nolint:gosec // a program
	return path
}

// deployed is the program that the stack runs.
func (u user) deployed() string {
	u.t.Helper()
	all, err := filepath.Glob(filepath.Join(u.dir, ".rung", "lab", "releases", "dev", "programs", "*"))
	require.NoError(u.t, err)
	require.NotEmpty(u.t, all)
	return all[0]
}

func (u user) outcomes() (list []string) {
	u.t.Helper()
	var v struct{ Releases []struct{ Outcome string } }
	require.NoError(u.t, json.Unmarshal([]byte(u.must("releases", "--cloud", "lab", "--format", "json", "--quiet")), &v))
	for _, r := range v.Releases {
		list = append(list, r.Outcome)
	}
	return list
}

// The days after the first, on real processes: a version is shipped, a bad one goes back by
// itself, and what runs is looked at, asked and reached.
func TestDays(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := newUser(t)
	u.must("up", "1", "--cloud", "lab")
	url := u.status().Doors[0].URL
	first := u.deployed()

	out := u.must("deploy", u.version(first, "two", "2"), "--cloud", "lab")
	assert.Contains(t, out, "Release 2 is on all machines")
	assert.True(t, serves(url))

	begin := time.Now()
	out, err := u.rung("deploy", u.version("/bin/false", "bad", ""), "--cloud", "lab")
	require.Error(t, err)
	assert.Contains(t, out, "Release 2 runs again, as release 4")
	t.Logf("a bad version went back within %v", time.Since(begin).Round(time.Second))
	assert.True(t, serves(url))
	assert.Equal(t, []string{"running", "running", "failed", "running"}, u.outcomes())

	begin = time.Now()
	out = u.must("back", "--cloud", "lab")
	assert.Contains(t, out, "Release 5 is on all machines")
	t.Logf("back within %v", time.Since(begin).Round(time.Second))
	assert.True(t, serves(url))

	out = u.must("status", "--cloud", "lab")
	for _, want := range []string{"release   5", "server", "servers well", "drift     none", "point in time"} {
		assert.Contains(t, out, want)
	}
	assert.Contains(t, u.must("exec", "server", "--cloud", "lab", "--", "sh", "-c", "echo at $DATABASE_URL"),
		"at postgres://")
	out, err = u.rung("exec", "server", "--cloud", "lab", "--", "sh", "-c", "exit 7")
	require.Error(t, err)
	assert.Equal(t, 7, err.(*exec.ExitError).ExitCode(), out) //nolint:errorlint // as os/exec gives it
	assert.NotEmpty(t, u.must("logs", "--cloud", "lab"))
	assert.Contains(t, u.must("open", "--cloud", "lab"), url)
	u.tunnels()
	u.destroy()
}

var leads = regexp.MustCompile(`(127\.0\.0\.1:\d+) leads to database`)

// tunnels opens a tunnel to the database, speaks to PostgreSQL through it, and ends it.
func (u user) tunnels() {
	u.t.Helper()
	ctx, cancel := context.WithTimeout(u.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, u.bin, "tunnel", "database", "--cloud", "lab", "--dir", u.dir)
	said, err := cmd.StderrPipe()
	require.NoError(u.t, err)
	require.NoError(u.t, cmd.Start())
	at := ""
	for lines := bufio.NewScanner(said); at == "" && lines.Scan(); {
		if m := leads.FindStringSubmatch(lines.Text()); m != nil {
			at = m[1]
		}
	}
	require.NotEmpty(u.t, at)
	conn, err := net.Dial("tcp", at)
	require.NoError(u.t, err)
	_, err = conn.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}) // whether it speaks TLS
	require.NoError(u.t, err)
	answer := make([]byte, 1)
	_, err = io.ReadFull(conn, answer)
	require.NoError(u.t, err)
	assert.Contains(u.t, "SN", string(answer))
	require.NoError(u.t, conn.Close())
	require.NoError(u.t, cmd.Process.Signal(syscall.SIGINT))
	rest, _ := io.ReadAll(said)
	assert.NoError(u.t, cmd.Wait(), strings.TrimSpace(string(rest)))
}
