package tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// undisturbed is what a run of a stage makes when nothing goes wrong. Each stage
// is made once for all tests.
func undisturbed(t testing.TB, stage ladder.Number) cloudFile {
	t.Helper()
	cloud, err := calm[stage]()
	require.NoError(t, err)
	return cloud
}

var calm = func() map[ladder.Number]func() (cloudFile, error) {
	all := map[ladder.Number]func() (cloudFile, error){}
	for n := ladder.First; n <= config.Built; n++ {
		all[n] = sync.OnceValues(func() (cloudFile, error) { return upOnce(n) })
	}
	return all
}()

func upOnce(stage ladder.Number) (cloud cloudFile, err error) {
	dir, err := os.MkdirTemp("", "rung-undisturbed-")
	if err != nil {
		return cloud, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is below the system's temporary directory
	cmd := exec.Command(shared.bin, "up", fmt.Sprint(stage), "--set", "artifact="+shared.artifact, "--dir", dir)
	cmd.Env = clean()
	defer spends("undisturbed runs", cmd)
	if text, err := cmd.CombinedOutput(); err != nil {
		return cloud, fmt.Errorf("up %d: %w\n%s", stage, err, text)
	}
	text, err := os.ReadFile(filepath.Join(dir, ".rung", "cloud.json"))
	if err != nil {
		return cloud, err
	}
	return cloud, json.Unmarshal(text, &cloud)
}

// converges brings the stack to a stage and demands the same set of resources as
// without the trouble: none twice, none forgotten, and no data begun anew.
func (u *user) converges(stage ladder.Number) {
	u.t.Helper()
	want := undisturbed(u.t, stage).urns()
	u.does("up", fmt.Sprint(stage))
	got := u.cloud()
	assert.Equal(u.t, want, got.urns())
	for _, r := range got.Resources {
		if _, holds := guard.HoldsData(r.Type); holds {
			assert.Equal(u.t, 1, got.Incarnations[r.URN], "%s was made once", r.URN)
		}
	}
	u.consistent()
	u.settled(fmt.Sprint(stage))
}

// startUp begins an up of stage 3 and returns once that many resources exist.
func (u *user) startUp(resources int, out ...*os.File) (*exec.Cmd, *bytes.Buffer) {
	u.t.Helper()
	return u.startUntil("3", func(cloud []byte) bool { return standing(cloud) >= resources },
		out...)
}

// startUntil begins an up and returns once the file of the cloud is as wanted.
func (u *user) startUntil(stage string, there func(cloud []byte) bool, out ...*os.File) (*exec.Cmd, *bytes.Buffer) {
	u.t.Helper()
	cmd, errs := u.command("up", stage), &bytes.Buffer{}
	cmd.Stderr = errs
	if len(out) > 0 {
		cmd.Stdout = out[0]
	}
	require.NoError(u.t, cmd.Start())
	require.Eventually(u.t, func() bool {
		text, err := os.ReadFile(u.path("cloud.json"))
		return err == nil && there(text)
	}, patience, 5*time.Millisecond, "up %s makes what is waited for", stage)
	return cmd, errs
}

// midway is a user whose up was struck while it was under way, and has ended of it. On
// a busy machine one may end before anybody sees how far it is; then it is tried again.
func midway(t *testing.T, strike func(u *user) (*exec.Cmd, *bytes.Buffer)) (*user, *exec.Cmd, *bytes.Buffer) {
	t.Helper()
	for range 10 {
		u := newUser(t)
		cmd, errs := strike(u)
		if cmd.Wait() != nil {
			return u, cmd, errs
		}
		t.Log("the run had ended before it was struck")
	}
	require.Fail(t, "ten runs ended before they were struck")
	return nil, nil, nil
}

func (u *user) locks() []string {
	files, err := filepath.Glob(u.path("state", ".pulumi", "locks", "organization", "rung", "dev", "*.json"))
	require.NoError(u.t, err)
	return files
}

// One Ctrl-C, or what else asks a process to end, ends the run cleanly; the next run
// goes on from there.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	heard(t, syscall.SIGHUP)
	for name, s := range map[string]syscall.Signal{
		"Ctrl-C": syscall.SIGINT, "asked to end": syscall.SIGTERM,
		"the terminal goes away": syscall.SIGHUP, "the reader goes away": syscall.SIGPIPE,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, cmd, errs := midway(t, func(u *user) (*exec.Cmd, *bytes.Buffer) {
				read, write, err := os.Pipe()
				require.NoError(t, err)
				t.Cleanup(func() { _ = read.Close() }) // it may be closed by then
				go io.Copy(io.Discard, read)           //nolint:errcheck // it ends when the reader goes
				cmd, errs := u.startUp(20, write)
				require.NoError(t, write.Close())
				if s == syscall.SIGPIPE { // the kernel repeats it at each write
					_ = cmd.Process.Signal(s) // somebody else's, as long as the output is read
					require.NoError(t, read.Close())
					_ = cmd.Process.Signal(s)
				}
				_ = cmd.Process.Signal(s)
				return cmd, errs
			})
			assert.Equal(t, failed, cmd.ProcessState.ExitCode(), errs.String())
			assert.Contains(t, errs.String(), "up was interrupted; run it again to go on from where it stopped")
			assert.Empty(t, u.locks(), "no lock is left")
			u.consistent()
			u.converges(3)
		})
	}
}

// heard lets processes that a test starts hear a signal that whoever runs the tests
// ignores, by nohup say: what is ignored is so for all that is started from there.
func heard(t *testing.T, s os.Signal) {
	t.Helper()
	c := make(chan os.Signal, 1)
	signal.Notify(c, s)
	t.Cleanup(func() { signal.Stop(c) })
}

// Whoever reads the output may go before anything has changed: nothing happens then.
func TestTheReaderGoesBeforeTheChange(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	cmd := u.command("up", "1")
	read, write, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, read.Close())
	cmd.Stdout = write
	require.NoError(t, cmd.Start())
	require.NoError(t, write.Close())
	require.Error(t, cmd.Wait())
	assert.Equal(t, 128+int(syscall.SIGPIPE), cmd.ProcessState.ExitCode())
	assert.Empty(t, u.cloud().Resources)
	u.does("up", "1")
}

// The engine, which is in rung's own process, is shot in the middle of a run, in
// which it made things that nobody has written down yet. Its plugins go with it, and
// its lock is taken over.
func TestEngineIsKilled(t *testing.T) {
	t.Parallel()
	u, _, _ := midway(t, func(u *user) (*exec.Cmd, *bytes.Buffer) {
		cmd, errs := u.startUp(60)
		_ = cmd.Process.Kill()
		return cmd, errs
	})
	u.pluginsEnd()
	assert.Len(t, u.locks(), 1)
	u.converges(3)
	assert.Empty(t, u.locks())
}

// pluginsEnd waits until no plugin of the user's runs any more.
func (u *user) pluginsEnd() {
	u.t.Helper()
	assert.Eventually(u.t, func() bool { return len(u.providers()) == 0 }, time.Minute, 20*time.Millisecond,
		"plugins outlived their engine: %v", u.providers())
}

// A fault strikes once; the run fails naming the resource, and the next run ends
// where an undisturbed one ends.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct{ text, names string }{
		"a subnet":          {"create aws:ec2/subnet:Subnet nth=2 fail=InsufficientFreeAddressesInSubnet", "InsufficientFreeAddressesInSubnet"},
		"a replica":         {"create aws:rds/instance:Instance nth=2 fail=InsufficientDBInstanceCapacity", "database-replica-1"},
		"throttling":        {"create aws:sqs/queue:Queue throttle", "jobs-"},
		"the provider dies": {"create aws:lb/loadBalancer:LoadBalancer crash=before", "loadbalancer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUser(t)
			u.env = append(u.env, offline.FaultsEnv+"="+fault.text)
			got := u.rung("up", "3")
			assert.Equal(t, failed, got.code, got.all())
			assert.Contains(t, got.err, fault.names)
			before := data(u.state())
			u.converges(3)
			after := data(u.state())
			for urn, id := range before {
				assert.Equal(t, id, after[urn], "%s was made once", urn)
			}
		})
	}
}
