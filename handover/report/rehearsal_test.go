package report

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/rehearsal"
	"github.com/rung-dev/rung/preview/page"
)

// A rehearsal is judged by each thing that must hold, and says what failed and why.
func TestARehearsalIsJudged(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*rehearsal.Result)
		want  string
	}{
		"all holds":            {func(*rehearsal.Result) {}, ""},
		"a write is lost":      {func(r *rehearsal.Result) { r.Lost = 1 }, "no acknowledged write is lost"},
		"no write was taken":   {func(r *rehearsal.Result) { r.Acknowledged = 0 }, "no acknowledged write is lost"},
		"a read fails":         {func(r *rehearsal.Result) { r.ReadsFailed = 1 }, "no read fails"},
		"a write fails":        {func(r *rehearsal.Result) { r.Failed = 1 }, "no write fails"},
		"a write is refused":   {func(r *rehearsal.Result) { r.Refused = 1 }, "no write fails"},
		"a long pause":         {func(r *rehearsal.Result) { r.Changes[1].PauseMillis = 501 }, "writes are held back for 500ms at most"},
		"no way back":          {func(r *rehearsal.Result) { r.Changes = r.Changes[:1] }, "the way back is there"},
		"a file stays behind":  {func(r *rehearsal.Result) { r.FilesLacking = 1 }, "no file stays behind"},
		"the climb fails some": {func(r *rehearsal.Result) { r.Climb.Failed = 1 }, "the climb fails no request"},
		"a write is not read":  {func(r *rehearsal.Result) { r.Climb.Unread = 1 }, "every acknowledged write can be read"},
	} {
		t.Run(name, func(t *testing.T) {
			r := held()
			tt.spoil(&r)
			d := Rehearsal(r)
			var not []string
			for _, j := range d.Judged {
				if !j.Holds {
					not = append(not, j.Claim)
				}
			}
			if tt.want == "" {
				assert.Empty(t, not)
				assert.True(t, d.Holds())
				return
			}
			assert.Equal(t, []string{tt.want}, not)
			assert.False(t, d.Holds())
		})
	}
}

func TestARehearsalSaysWhatFailedAndWhy(t *testing.T) {
	r := held()
	r.Climb.Failures = map[string]int{"502: bad gateway": 3}
	r.Failures = map[string]int{"connection reset": 2, "503: service unavailable": 20}
	var b bytes.Buffer
	require.NoError(t, Rehearsal(r).Markdown(&b))
	for _, want := range []string{"Failed in the climb: 3 × 502: bad gateway.",
		"Failed since the move began: 20 × 503: service unavailable.", "2 × connection reset."} {
		assert.Contains(t, b.String(), want)
	}
}

// The plots show when the climb and the copy began, beside the changes.
func TestAClimbIsMarked(t *testing.T) {
	r := held()
	r.MoveAt, r.Climb.Seconds = 30, 20
	for _, p := range Rehearsal(r).Plots {
		assert.Equal(t, []page.Moment{{At: 10, Name: "climb"}, {At: 30, Name: "start"}}, p.Marks[:2])
		assert.Len(t, p.Marks, 2+len(r.Changes))
	}
}

// Whoever is on the way is told both ways on.
func TestStatusNamesBothWays(t *testing.T) {
	for phase, want := range map[hosts.Phase]string{
		hosts.Following: "rung handover abort", hosts.Switched: "rung handover back", hosts.Finished: "",
	} {
		notes := Status(hosts.Status{Phase: phase, Next: phase.Next()}).Notes
		last := notes[len(notes)-1]
		assert.Contains(t, last, "Next: "+phase.Next())
		if assert.Contains(t, last, want); want == "" {
			assert.NotContains(t, last, "; or")
		}
	}
}

// held is a rehearsal in which all holds.
func held() rehearsal.Result {
	r := rehearsal.Result{Climb: &rehearsal.Climb{From: 2, To: 3}, FilesHad: 3, MaxPauseMillis: 500,
		Changes: []rehearsal.Change{{Command: hosts.CommandSwitch, PauseMillis: 500, Compared: "all"},
			{Command: hosts.CommandBack, PauseMillis: 90, Compared: "all"}}}
	r.Acknowledged, r.Reads = 10, 10
	return r
}
