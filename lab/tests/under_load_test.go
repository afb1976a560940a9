package tests

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rate is the load under which stage 3 must hold, in requests a second.
const rate = "200"

// Stage 3 under its load for a minute each: who loses a web machine or a replica notices
// nothing, nor does who asks during an instance refresh. While the primary is away requests
// fail for less than a failover takes; every acknowledged write is there afterwards.
func TestStage3UnderLoad(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := newUser(t)
	u.must("up", "3", "--cloud", "lab")
	for _, what := range []string{"machine", "replica", "primary"} {
		u.eventually("commits wait for the standby", func() bool { return u.status().Settled && u.proven() })
		d := u.drill("break", what, "--rate", rate, "--before", "10s", "--held", "5s", "--after", "45s")
		require.Len(t, d.Failures, 1)
		f := d.Failures[0]
		t.Logf("%s: %d of %d failed, for %v; noticed after %v, whole after %v; writes: %+v; %s", f.Break.What, f.Failed,
			f.Sent, time.Duration(f.FailedFor), time.Duration(f.Detect), time.Duration(f.Recover), f.Writes, f.Why)
		assert.True(t, f.Holds, "%s: %s", what, f.Why)
		assert.Positive(t, f.Writes.Acknowledged)
	}

	old := u.status().serving()
	load := u.loading("--rate", rate, "--for", "150s")
	u.must("up", "3", "--cloud", "lab", "--set", "database.replicas=2")
	l := load.end()
	t.Logf("refresh: %d of %d failed, %v; writes: %+v", l.Failed, l.Sent, l.Errors, l.Writes)
	assert.Empty(t, l.Errors)
	assert.Zero(t, l.Writes.Lost+l.Writes.Unread)
	for name := range u.status().serving() {
		assert.False(t, old[name], "%s was replaced", name)
	}
	u.destroy()
}
