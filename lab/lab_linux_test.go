package lab

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/process"
	"github.com/rung-dev/rung/lab/state"
)

// never is an executable that must not be started.
const never = "/nonexistent/rung"

func labIn(t *testing.T, dir string) Lab {
	t.Helper()
	l, err := Of(dir)
	require.NoError(t, err)
	return l
}

func TestAFullDiskIsToldBeforeAnythingIsMade(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Skip("only root may mount a small disk:", err)
	}
	defer func() { assert.NoError(t, syscall.Unmount(dir, 0)) }()
	err := labIn(t, dir).Start(t.Context(), never)
	require.ErrorIs(t, err, ErrSetup)
	assert.ErrorContains(t, err, dir+" has 8.0 MiB of room, and the lab needs 1.0 GiB to begin")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

// A file that rung was given open is closed in the supervisor: flock holds its lock for as
// long as anybody has that open.
func TestTheSupervisorIsGivenNothingOpen(t *testing.T) {
	dir := t.TempDir()
	l := labIn(t, dir)
	require.NoError(t, os.MkdirAll(l.at.Logs(), 0o755))
	lock, err := os.Create(filepath.Join(dir, "a-lock"))
	require.NoError(t, err)
	defer lock.Close()
	given, err := syscall.Dup(int(lock.Fd())) // as who starts rung gives it: open in what it starts as well
	require.NoError(t, err)
	defer syscall.Close(given) //nolint:errcheck // the test's own
	script, told := filepath.Join(dir, "supervisor"), filepath.Join(dir, "told")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\nls -l /proc/self/fd >"+told+".new; mv "+told+".new "+told),
		0o755)) //nolint:gosec // a program
	require.NoError(t, l.spawn(script))
	require.Eventually(t, func() bool { _, err := os.Stat(told); return err == nil }, time.Minute, 10*time.Millisecond)
	text, err := os.ReadFile(told)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "a-lock")
	assert.Contains(t, string(text), "told", "it says what is open")
}

func TestALabOfAnotherVersionIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	l := labIn(t, dir)
	require.NoError(t, os.MkdirAll(l.at.Dir, 0o755))
	for _, path := range []string{l.at.Ledger(), l.at.Status()} {
		require.NoError(t, os.WriteFile(path, []byte(`{"version": 99}`), 0o600))
	}
	const says = "it is of version 99, and this rung writes 1: stop that lab with the rung that started it"
	_, told := l.State()
	for what, err := range map[string]error{"state": told, "ours": l.Ours(), "start": l.Start(t.Context(), never),
		"stop": l.Stop(t.Context(), never)} {
		assert.ErrorIs(t, err, ErrSetup, what)
		assert.ErrorContains(t, err, says, what)
	}
	assert.NoDirExists(t, l.at.Logs())
}

// A supervisor that runs is not started again.
func TestALabThatRunsIsOne(t *testing.T) {
	l := labIn(t, t.TempDir())
	require.NoError(t, os.MkdirAll(l.at.Dir, 0o755))
	led := ledger.Ledger{Version: ledger.Version, Supervisor: process.Identify(os.Getpid())}
	require.NoError(t, led.Write(l.at.Ledger()))
	assert.NoError(t, l.Start(t.Context(), never))
}

// What keeps the lab from deciding, as that no address is free, is told at once and
// not when time is up.
func TestTroubleIsToldEarly(t *testing.T) {
	l := labIn(t, t.TempDir())
	require.NoError(t, os.MkdirAll(l.at.Dir, 0o755))
	s := state.State{Supervisor: process.Identify(os.Getpid()), Trouble: "choose an address for i-1: no address is free"}
	require.NoError(t, s.Write(l.at.Status()))
	ctx, cancel := context.WithTimeout(t.Context(), 2*lasting)
	defer cancel()
	begin := time.Now()
	_, err := l.Settle(ctx, time.Hour, func(state.State) {})
	assert.ErrorContains(t, err, "no address is free")
	assert.Less(t, time.Since(begin), 2*lasting)
}

// Who comes up slowly is waited for as long as more and more of it does.
func TestWhatComesUpSlowlyIsWaitedFor(t *testing.T) {
	l := labIn(t, t.TempDir())
	require.NoError(t, os.MkdirAll(l.at.Dir, 0o755))
	const within, servers = 1500 * time.Millisecond, 12
	tell := func(well int) {
		s := state.State{Supervisor: process.Identify(os.Getpid())}
		for n := range servers {
			word := map[bool]string{true: "well", false: "waiting"}[n < well]
			s.Units = append(s.Units, state.Unit{Name: fmt.Sprint("server ", n), State: word})
		}
		_ = s.Write(l.at.Status()) // what is not told is waited for in vain
	}
	tell(0)
	var telling sync.WaitGroup
	telling.Go(func() {
		for n := range servers { // the last never comes
			tell(n)
			time.Sleep(within / 5)
		}
	})
	begin := time.Now()
	_, err := l.Settle(t.Context(), within, func(state.State) {})
	telling.Wait()
	assert.ErrorContains(t, err, "\n  server 11 () is waiting")
	assert.NotContains(t, err.Error(), "server 10 ")
	assert.Greater(t, time.Since(begin), 2*within)
}

func TestSinceWhen(t *testing.T) {
	var s since
	assert.False(t, s.longer("", 0))
	s.longer("a", time.Hour)
	s.begin = time.Now().Add(-time.Minute)
	assert.True(t, s.longer("a", time.Second))
	assert.False(t, s.longer("b", time.Second), "another trouble begins anew")
	assert.False(t, s.longer("", 0))
}

// Nothing is left of a lab but its final snapshots, whoever made it: the engine's files lie
// beside the supervisor's.
func TestClearLeavesTheSnapshots(t *testing.T) {
	dir := t.TempDir()
	l := labIn(t, dir)
	for _, name := range []string{"data", "snapshots", "run", "state/.pulumi/stacks", "releases", "workspace"} {
		require.NoError(t, os.MkdirAll(filepath.Join(l.at.Dir, name), 0o755))
	}
	for _, path := range []string{l.at.Measured(), l.at.Status(), l.at.Cloud(), l.at.Cloud() + ".lock"} {
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	require.NoError(t, l.Clear())
	entries, err := os.ReadDir(l.at.Dir)
	require.NoError(t, err)
	assert.Equal(t, "snapshots", fmt.Sprint(entries[0].Name()))
	assert.Len(t, entries, 1)
	require.NoError(t, os.Remove(l.at.Snapshots()))
	require.NoError(t, l.Clear())
	assert.NoDirExists(t, filepath.Join(dir, ".rung"), "and without one, nothing at all")
	require.NoError(t, l.Clear(), "a second time there is nothing to do")
}

// Who listens on a port at every address leaves none to the lab; at one address it is no matter.
func TestPortsThatAreTakenEverywhereAreToldAtOnce(t *testing.T) {
	var all []listening
	for i, host := range []string{"0.0.0.0", "0.0.0.0", "127.0.0.1", "0.0.0.0"} {
		l, err := net.Listen("tcp4", host+":0")
		require.NoError(t, err)
		defer l.Close()
		all = append(all, listening{l.Addr().(*net.TCPAddr).Port, 1 + i/3, fmt.Sprintf("server %d", i)})
	}
	err := checkPorts(1, all)
	require.ErrorIs(t, err, ErrSetup)
	assert.ErrorContains(t, err, fmt.Sprintf("%d (server 0), %d (server 1);", all[0].port, all[1].port))
	assert.ErrorContains(t, err, fmt.Sprintf("ss -ltnp 'sport = :%d or sport = :%d'", all[0].port, all[1].port))
	assert.NoError(t, checkPorts(1, all[2:3]), "somebody at 127.0.0.1")
	assert.NoError(t, checkPorts(1, all[3:]), "a later stage's")
}

// A lab that is started again knows of which stage it is, and so what it needs.
func TestTheStageStandsInTheCloud(t *testing.T) {
	l := labIn(t, t.TempDir())
	assert.Zero(t, l.Stage())
	resource := func(stage string) string {
		return `{"type": "aws:s3/bucketV2:BucketV2", "id": "b` + stage + `", "properties": {"tags": {"rung:stage": "` + stage + `"}}}`
	}
	text := `{"version": 1, "account": "123456789012", "resources": {"a": ` + resource("1") + `, "b": ` + resource("3") +
		`, "c": {"type": "aws:iam/role:Role", "id": "r", "properties": {}}}}`
	require.NoError(t, os.MkdirAll(filepath.Dir(l.at.Cloud()), 0o755))
	require.NoError(t, os.WriteFile(l.at.Cloud(), []byte(text), 0o600))
	assert.Equal(t, 3, l.Stage())
}
