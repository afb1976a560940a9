package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/rehearsal"
	"github.com/rung-dev/rung/lab/paper"
	"github.com/rung-dev/rung/preview/page"
)

// Rehearsal is the document of a rehearsal.
func Rehearsal(r rehearsal.Result) paper.Document {
	d := paper.Document{Title: "A rehearsal of a move: there, back, and there again", Value: r,
		Judged: []paper.Judgement{
			{Claim: "no acknowledged write is lost", Holds: r.Lost == 0 && r.Acknowledged > 0,
				Measured: fmt.Sprintf("%s of %s lost", paper.Whole(r.Lost), paper.Whole(r.Acknowledged))},
			{Claim: "no read fails", Holds: r.ReadsFailed == 0 && r.Reads > 0,
				Measured: fmt.Sprintf("%s of %s failed", paper.Whole(r.ReadsFailed), paper.Whole(r.Reads))},
			{Claim: "no write fails", Holds: r.Failed+r.Refused == 0,
				Measured: fmt.Sprintf("%s refused, %s failed", paper.Whole(r.Refused), paper.Whole(r.Failed))},
			{Claim: "writes are held back for " + longest(r) + " at most",
				Holds:    r.LongestPause() <= r.MaxPauseMillis && len(r.Changes) > 0,
				Measured: paper.Millis(float64(r.LongestPause()))},
			{Claim: "the way back is there", Holds: wentBack(r), Measured: "switch, back, switch"},
		}, Notes: refusals("since the move began", r.Failures)}
	if r.Climb != nil {
		return climbed(d, r)
	}
	d.Tables = []paper.Table{
		facts("What moved", [][]string{
			{"size", size(r.Bytes)},
			{"copied in", seconds(r.CopySeconds) + ", with checks and schema"},
			{"rate", size(r.BytesPerSecond) + "/s"},
			{"longest wait of a write", paper.Millis(float64(r.LongestWait))},
		}), changes(r.Changes)}
	d.Plots = plots(r)
	d.Notes = append(d.Notes, "Both servers and the load share this machine: on two hosts the copy is as fast as the "+
		"network and the slower disk.")
	return d
}

// climbed is the document of a whole stage's rehearsal.
func climbed(d paper.Document, r rehearsal.Result) paper.Document {
	c := *r.Climb
	rows := [][]string{
		{"climb, under load", fmt.Sprintf("%s, %s requests failed", seconds(c.Seconds), paper.Whole(c.Failed))},
		{"size of what moved", size(r.Bytes)},
		{"copied in", seconds(r.CopySeconds) + ", with checks and schema"},
		{"rate", size(r.BytesPerSecond) + "/s"},
	}
	if s := c.SignUps; s != nil {
		d.Judged = append(d.Judged, paper.Judgement{Claim: "nobody who signed up is lost",
			Holds: s.Lost == 0 && s.Acknowledged > 0 && s.GivenUp == 0,
			Measured: fmt.Sprintf("%s of %s lost, %s gave up", paper.Whole(s.Lost), paper.Whole(s.Acknowledged),
				paper.Whole(s.GivenUp))})
		rows = append(rows, []string{"sign-ups that were told to come again", paper.Whole(s.Refused)},
			[]string{"longest time until somebody was in", paper.Millis(float64(s.LongestWait))})
	} else {
		d.Judged = append(d.Judged, paper.Judgement{Claim: "no file stays behind",
			Holds:    r.FilesLacking == 0 && r.FilesHad > 0,
			Measured: fmt.Sprintf("%s of %s", paper.Whole(r.FilesLacking), paper.Whole(r.FilesHad))})
		rows = append(rows, []string{"files copied", fmt.Sprintf("%s with %s", paper.Whole(r.Files), size(r.Passed.Bytes))},
			[]string{"keys of sessions copied", paper.Whole(r.Keys)})
	}
	d.Judged = append(d.Judged,
		paper.Judgement{Claim: "the climb fails no request", Holds: c.Failed == 0, Measured: paper.Whole(c.Failed) + " failed"},
		paper.Judgement{Claim: "every acknowledged write can be read", Holds: c.Unread == 0,
			Measured: paper.Whole(c.Unread) + " could not"})
	d.Title = fmt.Sprintf("A rehearsal of the climb from stage %d to %d: there, back, and there again", c.From, c.To)
	d.Tables = []paper.Table{facts("The climb and the move", append(rows,
		[]string{"longest wait of a write", paper.Millis(float64(r.LongestWait))})), changes(r.Changes)}
	d.Plots = plots(r)
	d.Notes = append(refusals("in the climb", c.Failures), append(d.Notes, c.Examples...)...)
	d.Notes = append(d.Notes, "All servers of the stage and the load share this machine. Requests go through the site's "+
		"address, its CDN and the app; what failed in the climb, before a row moved, is not among the reads and writes "+
		"above.")
	return d
}

// refusals say what failed and why, the most frequent first.
func refusals(when string, failures map[string]int) (notes []string) {
	reasons := slices.SortedFunc(maps.Keys(failures), func(a, b string) int {
		return cmp.Or(failures[b]-failures[a], cmp.Compare(a, b))
	})
	for _, reason := range reasons {
		notes = append(notes, fmt.Sprintf("Failed %s: %s × %s.", when, paper.Whole(failures[reason]), reason))
	}
	return notes
}

// longest is how long writes might be held back.
func longest(r rehearsal.Result) string {
	return (time.Duration(r.MaxPauseMillis) * time.Millisecond).String()
}

// wentBack says whether a way back was made and compared.
func wentBack(r rehearsal.Result) bool {
	for _, c := range r.Changes {
		if c.Command == hosts.CommandBack {
			return c.Compared != ""
		}
	}
	return false
}

func changes(all []rehearsal.Change) paper.Table {
	t := paper.Table{Caption: "Changes of sides", Head: []string{"command", "at", "pause", "took", "compared"},
		Words: true}
	for _, c := range all {
		t.Rows = append(t.Rows, []string{c.Command, seconds(c.At), paper.Millis(float64(c.PauseMillis)), seconds(
			c.TookSeconds),
			c.Compared})
	}
	return t
}

// plots are the load over time: what was written, and what a write waited for, with
// the moments at which the sides changed.
func plots(r rehearsal.Result) []page.Plot {
	n := len(r.Timeline)
	written, read, waited := make([]float64, n), make([]float64, n), make([]float64, n)
	for i, s := range r.Timeline {
		written[i], read[i], waited[i] = float64(s.Written), float64(s.Read), float64(s.LongestWait)
	}
	var marks []page.Moment
	if r.Climb != nil {
		marks = append(marks, page.Moment{At: max(0, r.MoveAt-r.Climb.Seconds), Name: "climb"},
			page.Moment{At: r.MoveAt, Name: "start"})
	}
	for _, c := range r.Changes {
		marks = append(marks, page.Moment{At: c.At, Name: c.Command})
	}
	return []page.Plot{
		{Caption: "Writes that were acknowledged, and reads, in each second", Unit: "a second", Step: 1, Marks: marks,
			Lines: []page.Curve{{Name: "writes", Values: written}, {Name: "reads", Values: read}}},
		{Caption: "The longest wait of a write", Unit: "ms", Step: 1, Limit: float64(r.MaxPauseMillis),
			LimitName: longest(r), Marks: marks, Lines: []page.Curve{{Name: "wait", Values: waited}}},
	}
}
