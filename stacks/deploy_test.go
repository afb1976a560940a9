package stacks

import (
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What Pulumi keeps as a resource's call stack begins with the rung's own frames.
func TestOnItsOwnStackLeavesTheCallersBehind(t *testing.T) {
	var frames []string
	require.NoError(t, onItsOwnStack(func() error {
		var pcs [64]uintptr
		list := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
		for more := true; more; {
			var f runtime.Frame
			f, more = list.Next()
			frames = append(frames, f.Function)
		}
		return nil
	}))
	assert.LessOrEqual(t, len(frames), 4, "%v", frames)
	assert.NotContains(t, frames, "testing.tRunner")
}

func TestOnItsOwnStackHandsOnHowItEnded(t *testing.T) {
	wrong := errors.New("wrong")
	require.ErrorIs(t, onItsOwnStack(func() error { return wrong }), wrong)
	assert.PanicsWithValue(t, "lost", func() { _ = onItsOwnStack(func() error { panic("lost") }) })
}
