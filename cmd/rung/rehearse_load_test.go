package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/handover/rehearsal"
	"github.com/rung-dev/rung/lab/load"
)

// A load that this machine does not carry is told before anything climbs; the first second
// does not count.
func TestALoadThatIsTooMuch(t *testing.T) {
	took := func(p95 float64) load.Second { return load.Second{Latency: load.Latency{P95: p95}} }
	for name, tt := range map[string]struct {
		seen []load.Second
		want string
	}{
		"carried":          {[]load.Second{took(9), took(40), took(1000)}, ""},
		"a slow beginning": {[]load.Second{{Failed: 3, Latency: load.Latency{P95: 5000}}, took(40)}, ""},
		"some fail":        {[]load.Second{{}, {}, {Failed: 2}}, "2 requests failed in 2 s"},
		"all are slow":     {[]load.Second{{}, took(2000), took(1000)}, "waited for 1.5 s or more: try --writes 100 --reads 1"},
	} {
		t.Run(name, func(t *testing.T) {
			err := overloaded(tt.seen, 200, 1)
			if tt.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, "200 writes and 1 reads a second: this machine does not carry them")
			assert.ErrorContains(t, err, tt.want)
			assert.Equal(t, codeFailed, codeOf(runError{err}))
		})
	}
}

// What fails before a row moves is the climb's, what fails then the move's, by what it was.
func TestFailuresAreTheClimbsOrTheMoves(t *testing.T) {
	r := rehearsal.Result{Climb: &rehearsal.Climb{}, MoveAt: 1.5}
	for _, s := range []load.Second{
		{At: 1, Sent: 10, Written: 4, Failed: 2, FailedWrites: 1, Errors: map[string]int{"502": 2}},
		{At: 2, Sent: 10, Written: 3, Failed: 3, FailedWrites: 2, LongestWrite: 70, Errors: map[string]int{"reset": 1, "503": 2}},
		{At: 3, Sent: 10, Written: 5, Failed: 1, Errors: map[string]int{"503": 1}, LongestWrite: 50},
	} {
		addSecond(&r, s)
	}
	assert.Equal(t, 2, r.Climb.Failed)
	assert.Equal(t, map[string]int{"502": 2}, r.Climb.Failures)
	assert.Equal(t, map[string]int{"reset": 1, "503": 3}, r.Failures)
	assert.Equal(t, rehearsal.Load{Failed: 2, Reads: 10, ReadsFailed: 2, LongestWait: 70}, r.Load)
	assert.Len(t, r.Timeline, 4)
}

// Log-ins are a tenth of the writes, and never more than a processor checks beside others.
func TestLogInsOfARehearsal(t *testing.T) {
	assert.InDelta(t, 0.1, rehearseFlags{writes: 10, reads: 30}.profile().LogIns, 0)
	assert.InDelta(t, 0.01, rehearseFlags{writes: 200, reads: 200}.profile().LogIns, 0)
	assert.InDelta(t, 0.5, rehearseFlags{writes: 200, reads: 200}.profile().ReadShare, 0)
}
