package faults

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// A few rows of the table with less load: nothing that was acknowledged is lost, and
// what must fail is seen to.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	brief := Options{Rate: 30, Before: time.Second, After: 3 * time.Second, Patience: 2 * time.Minute}
	fails := map[string]bool{"the primary is killed for good": true, "Redis is full (noeviction)": false,
		"SQS refuses half of all calls": false}
	for _, f := range Table() {
		mustFail, tried := fails[f.Name]
		if !tried {
			continue
		}
		delete(fails, f.Name)
		t.Run(f.Name, func(t *testing.T) {
			f.Held = 2 * time.Second
			out, err := Try(t.Context(), f, brief)
			require.NoError(t, err)
			t.Logf("%+v", out)
			assert.Zero(t, out.Lost)
			assert.Greater(t, out.Acknowledged, 20)
			assert.Greater(t, out.Sent, 100)
			assert.Equal(t, mustFail, out.Failed > 0, "%v", out.Answers)
			assert.Equal(t, mustFail, out.FailedFor > 0)
		})
	}
	assert.Empty(t, fails, "the table has these no longer")
}

// What ends a run ends what it has started, in the order of tests.
func TestRunsUndo(t *testing.T) {
	var undone []string
	err := attempt(t.Context(), func(r *run) {
		r.Cleanup(func() { undone = append(undone, "first") })
		r.Cleanup(func() { undone = append(undone, "second") })
		r.Fatalf("break %s: %w", "it", errors.ErrUnsupported)
	})
	assert.ErrorIs(t, err, errors.ErrUnsupported)
	assert.Equal(t, []string{"second", "first"}, undone)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, attempt(ctx, func(r *run) { r.pause(time.Hour) }), context.Canceled)
}
