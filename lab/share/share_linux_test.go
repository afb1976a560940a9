package share

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program that would take two processors is held to one by the kernel, which says how
// often it had to.
func TestAProgramIsHeldToItsShare(t *testing.T) {
	s, err := Of(fmt.Sprintf("rung-test-%d", os.Getpid()))
	if err != nil {
		t.Skipf("no groups can be made here: %v", err)
	}
	cmd := exec.Command("/bin/sh", "-c", "read go; for i in 1 2 3; do while :; do :; done & done; wait")
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	require.NoError(t, s.Bound("i-1/app", cmd.Process.Pid, 1))
	group := s.group("i-1/app")
	_, err = in.Write([]byte("go\n"))
	require.NoError(t, err)
	throttled := func() bool {
		text, err := os.ReadFile(filepath.Join(group, "cpu.stat"))
		require.NoError(t, err)
		return strings.Contains(string(text), "nr_throttled") && !strings.Contains(string(text), "nr_throttled 0")
	}
	assert.Eventually(t, throttled, time.Minute, 50*time.Millisecond)
	assert.Error(t, s.Close(), "its programs run")
	for _, pid := range within(t, group) {
		require.NoError(t, exec.Command("kill", "-9", pid).Run())
	}
	require.Error(t, cmd.Wait(), "it was killed")
	require.Eventually(t, func() bool { return s.Close() == nil }, time.Minute, 50*time.Millisecond)
	assert.NoDirExists(t, s.dir)
}

// within are the processes of a group.
func within(t *testing.T, group string) []string {
	text, err := os.ReadFile(filepath.Join(group, "cgroup.procs"))
	require.NoError(t, err)
	return strings.Fields(string(text))
}

// What the kernel is told, by both versions of its interface.
func TestTheKernelIsToldTheShare(t *testing.T) {
	for version, want := range map[string]map[string]string{
		"1": {"cpu/lab/i-1%2Fapp/cpu.cfs_quota_us": "200000", "cpu/lab/i-1%2Fapp/cpu.cfs_period_us": "100000",
			"cpu/lab/i-1%2Fapp/cgroup.procs": "42"},
		"2": {"lab/i-1%2Fapp/cpu.max": "200000 100000", "lab/i-1%2Fapp/cgroup.procs": "42",
			"cgroup.subtree_control": "+cpu", "lab/cgroup.subtree_control": "+cpu"},
	} {
		dir := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(dir, "cpu"), 0o755))
		if version == "2" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "cgroup.controllers"), []byte("cpuset cpu io\n"), 0o600))
		}
		s, err := below(dir, "lab")
		require.NoError(t, err)
		require.NoError(t, s.Bound("i-1/app", 42, 2))
		for file, text := range want {
			got, err := os.ReadFile(filepath.Join(dir, file))
			require.NoError(t, err)
			assert.Equal(t, text, string(got), file)
		}
	}
}

func TestWhereNothingCanBeBound(t *testing.T) {
	dir := t.TempDir()
	_, err := below(dir, "lab")
	require.ErrorContains(t, err, "bound machines' processors")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cgroup.controllers"), []byte("io memory\n"), 0o600))
	_, err = below(dir, "lab")
	require.ErrorContains(t, err, "has no controller cpu")
	var none *Shares
	require.NoError(t, none.Bound("i-1/app", os.Getpid(), 1))
	none.Forget("i-1/app")
	require.NoError(t, none.Close())
}
