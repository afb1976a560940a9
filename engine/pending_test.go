package engine_test

import (
	"os"
	"syscall"
	"testing"

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

func TestPendingCreationIsTakenUp(t *testing.T) {
	dir := t.TempDir()
	s, urn := killed(t, dir)
	require.NoError(t, changeWorld(s.StateFile(), func(all world) { all["made-before"] = map[string]any{"slow": "10m"} }))
	require.NoError(t, s.Settle(t.Context(), map[string]string{urn: "made-before"}))
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
	require.NoError(t, s.Settle(t.Context(), nil))
	left, err := s.Pending(t.Context())
	require.NoError(t, err)
	assert.Empty(t, left)
	r, err := open(t, engine.Options{Dir: dir, Program: chain("0s")}).Up(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"first": "create", "second": "create"}, ops(r.Events))
}

func TestNothingIsPendingAfterACleanRun(t *testing.T) {
	s := up(t, t.TempDir(), things(thing{name: "a"}))
	pending, err := s.Pending(t.Context())
	require.NoError(t, err)
	assert.Empty(t, pending)
}
