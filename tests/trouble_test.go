package tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/offline"
)

// undisturbed is what a run of rung 3 makes when nothing goes wrong: URNs, sorted.
var undisturbed = sync.OnceValues(func() ([]string, error) {
	dir, err := os.MkdirTemp("", "rung-undisturbed-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is below the system's temporary directory
	cmd := exec.Command(shared.bin, "up", "3", "--set", "artifact="+shared.artifact, "--dir", dir)
	cmd.Env = clean(engine.Variable + "=" + shared.fast)
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("up 3: %w\n%s", err, text)
	}
	text, err := os.ReadFile(filepath.Join(dir, ".rung", "cloud.json"))
	if err != nil {
		return nil, err
	}
	var cloud cloudFile
	err = json.Unmarshal(text, &cloud)
	return cloud.urns(), err
})

// converges brings the stack to rung 3 and demands the same set of resources as
// without the trouble: none twice, none forgotten.
func (u *user) converges() {
	u.t.Helper()
	want, err := undisturbed()
	require.NoError(u.t, err)
	u.does("up", "3")
	assert.Equal(u.t, want, u.cloud().urns())
	u.consistent()
	u.settled("3")
}

// startUp begins an up of rung 3 and returns once that many resources exist.
func (u *user) startUp(resources int) (*exec.Cmd, *bytes.Buffer) {
	u.t.Helper()
	cmd, errs := u.command("up", "3"), &bytes.Buffer{}
	cmd.Stderr = errs
	require.NoError(u.t, cmd.Start())
	require.Eventually(u.t, func() bool {
		text, err := os.ReadFile(u.path("cloud.json"))
		return err == nil && bytes.Count(text, []byte(`"incarnation":`)) >= resources
	}, time.Minute, 5*time.Millisecond, "%d resources", resources)
	return cmd, errs
}

func (u *user) locks() []string {
	files, err := filepath.Glob(u.path("state", ".pulumi", "locks", "organization", "rung", "dev", "*.json"))
	require.NoError(u.t, err)
	return files
}

// enginePID is the process that holds the stack's lock.
func (u *user) enginePID() int {
	u.t.Helper()
	locks := u.locks()
	require.Len(u.t, locks, 1, "the engine holds the lock")
	text, err := os.ReadFile(locks[0])
	require.NoError(u.t, err)
	var lock struct{ PID int }
	require.NoError(u.t, json.Unmarshal(text, &lock))
	return lock.PID
}

// One Ctrl-C ends the run cleanly; the next run goes on from there.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	cmd, errs := u.startUp(20)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.Error(t, cmd.Wait())
	assert.Equal(t, failed, cmd.ProcessState.ExitCode(), errs.String())
	assert.Contains(t, errs.String(), "up was interrupted; run it again to go on from where it stopped")
	assert.Empty(t, u.locks(), "no lock is left")
	u.consistent()
	u.converges()
}

// The engine is shot in the middle of a run, in which it made things that nobody
// has written down yet.
func TestEngineIsKilled(t *testing.T) {
	t.Parallel()
	u := careful(t)
	cmd, errs := u.startUp(60)
	require.NoError(t, syscall.Kill(u.enginePID(), syscall.SIGKILL))
	require.Error(t, cmd.Wait())
	assert.Equal(t, failed, cmd.ProcessState.ExitCode(), errs.String())
	u.converges()
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
			u.converges()
			after := data(u.state())
			for urn, id := range before {
				assert.Equal(t, id, after[urn], "%s was made once", urn)
			}
		})
	}
}
