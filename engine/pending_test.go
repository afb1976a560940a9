package engine_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
)

// killed is a stack whose engine was killed while it made "first", the URN of
// which it returns.
func killed(t *testing.T, dir string) (*engine.Stack, string) {
	t.Helper()
	ctx, stop := engine.Signals(t.Context())
	defer stop()
	s := open(t, engine.Options{Dir: dir, Program: chain("10m"), Progress: &when{match: creating("first"), do: func() {
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGINT))
		<-ctx.Done()
		noted(t, dir, "first") // the engine tells of a step before it notes it
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGINT))
	}}})
	_, err := s.Up(ctx)
	require.Error(t, err)
	pending, err := s.Pending(t.Context())
	require.NoError(t, err)
	require.Len(t, pending, 1)
	assert.Contains(t, pending[0], "::first")
	return s, pending[0]
}

// noted waits until the journal of the run under way names a resource.
func noted(t *testing.T, dir, name string) {
	t.Helper()
	require.Eventually(t, func() bool {
		journals, err := filepath.Glob(filepath.Join(dir, ".rung", "journal", "*.jsonl"))
		if err != nil || len(journals) != 1 {
			return false
		}
		text, err := os.ReadFile(journals[0])
		return err == nil && strings.Contains(string(text), "::"+name)
	}, time.Minute, time.Millisecond)
}

func TestPendingCreationIsTakenUp(t *testing.T) {
	dir := t.TempDir()
	s, _ := killed(t, dir)
	state, err := s.Snapshot(t.Context())
	require.NoError(t, err)
	first := state.PendingOperations[0].Resource
	first.ID = "made-before"
	require.NoError(t, changeWorld(s.StateFile(), func(all world) { all["made-before"] = map[string]any{"slow": "10m"} }))
	require.NoError(t, s.TakeUp(t.Context(), []apitype.ResourceV3{first}, nil))
	left, err := s.Pending(t.Context())
	require.NoError(t, err)
	assert.Empty(t, left)
	r, err := s.Up(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"first": "same", "second": "create"}, ops(r.Events))
}

func TestPendingCreationThatNeverWasIsForgotten(t *testing.T) {
	dir := t.TempDir()
	s, _ := killed(t, dir)
	require.NoError(t, s.TakeUp(t.Context(), nil, nil))
	left, err := s.Pending(t.Context())
	require.NoError(t, err)
	assert.Empty(t, left)
	r, err := open(t, engine.Options{Dir: dir, Program: chain("0s")}).Up(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"first": "create", "second": "create"}, ops(r.Events))
}

// What a suspect has become in the cloud is in the state afterwards.
func TestSuspectsAreReadAgain(t *testing.T) {
	s := up(t, t.TempDir(), things(thing{name: "changed"}, thing{name: "gone"}, thing{name: "unasked"}))
	require.NoError(t, changeWorld(s.StateFile(), func(all world) {
		all["changed-id"]["size"] = 7.0
		delete(all, "gone-id")
		delete(all, "unasked-id")
	}))
	resources, err := s.Resources(t.Context())
	require.NoError(t, err)
	var suspects []string
	for _, r := range resources {
		if n := r.URN.Name(); n == "changed" || n == "gone" {
			suspects = append(suspects, string(r.URN))
		}
	}
	require.NoError(t, s.TakeUp(t.Context(), nil, suspects))
	got := map[string]any{}
	resources, err = s.Resources(t.Context())
	require.NoError(t, err)
	for _, r := range resources {
		got[r.URN.Name()] = r.Outputs["size"]
	}
	assert.Equal(t, 7.0, got["changed"])
	assert.NotContains(t, got, "gone")
	assert.Contains(t, got, "unasked")
}

// A second copy of a resource stands in the state until the next run deletes it.
func TestCopyIsDeleted(t *testing.T) {
	program := things(thing{name: "a"})
	s := up(t, t.TempDir(), program)
	require.NoError(t, changeWorld(s.StateFile(), func(all world) { all["a-copy"] = map[string]any{} }))
	resources, err := s.Resources(t.Context())
	require.NoError(t, err)
	twin := resourceOf(t, resources, "a")
	twin.ID, twin.Delete, twin.Outputs = "a-copy", true, nil
	require.NoError(t, s.TakeUp(t.Context(), []apitype.ResourceV3{twin}, nil))
	_, err = s.Up(t.Context())
	require.NoError(t, err)
	require.NoError(t, changeWorld(s.StateFile(), func(all world) {
		assert.Contains(t, all, "a-id")
		assert.NotContains(t, all, "a-copy")
	}))
}

func resourceOf(t *testing.T, resources []apitype.ResourceV3, name string) apitype.ResourceV3 {
	t.Helper()
	i := slices.IndexFunc(resources, func(r apitype.ResourceV3) bool { return r.URN.Name() == name })
	require.GreaterOrEqual(t, i, 0, name)
	return resources[i]
}

func TestNothingIsPendingAfterACleanRun(t *testing.T) {
	s := up(t, t.TempDir(), things(thing{name: "a"}))
	pending, err := s.Pending(t.Context())
	require.NoError(t, err)
	assert.Empty(t, pending)
}
