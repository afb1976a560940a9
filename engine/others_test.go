package engine_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
)

// Whoever clears a place up knows who else is there: stacks with resources, and those that
// a run has just now.
func TestOthersOfTheSameCloud(t *testing.T) {
	dir := t.TempDir()
	opened := func(stack string) *engine.Stack {
		s, err := engine.Open(t.Context(), engine.Options{Dir: dir, Stack: stack, Program: things(thing{name: "a"})})
		require.NoError(t, err)
		return s
	}
	mine, other := opened("mine"), opened("other")
	assert.Empty(t, mine.Others(), "one that was only opened is nobody")
	_, err := other.Hold(t.Context(), "up", nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"other"}, mine.Others(), "one that a run has")
	_, err = other.Up(t.Context())
	require.NoError(t, err)
	require.NoError(t, other.Close())
	assert.Equal(t, []string{"other"}, mine.Others(), "one with resources")
	assert.Empty(t, other.Others(), "itself is no other")
	other = opened("other")
	_, err = other.Destroy(t.Context())
	require.NoError(t, err)
	require.NoError(t, other.Close())
	assert.Empty(t, mine.Others(), "one that is gone")
	require.NoError(t, mine.Close())
	assert.DirExists(t, filepath.Join(dir, ".rung"))
}
