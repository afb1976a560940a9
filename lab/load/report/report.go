// Package report says what a load has shown, each figure of the seeds beside
// what was measured.
package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/rung-dev/rung/lab/load"
	"github.com/rung-dev/rung/lab/paper"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Caution stands on everything that is read by people.
const Caution = "Generator and target share this machine's processors: the figures show proportions (two servers " +
	"carry twice as much, a cache takes its share of the queries), not what AWS's machines would do."

// value is all of a load for programs.
type value struct {
	load.Result
	Claims []paper.Judgement `json:"claims"`
}

// New is the document of a result.
func New(r load.Result) paper.Document {
	judged := claims(r)
	return paper.Document{Title: title(r), Judged: judged, Plots: plots(r.Timeline), Notes: notes(r), Value: value{r,
		judged},
		Tables: []paper.Table{kindTable(r), errorTable(r), cacheTable(r), databaseTable(r), queueTable(r.Queue)}}
}

// claims holds a result against the seeds. What was not measured is not judged.
func claims(r load.Result) []paper.Judgement {
	out := []paper.Judgement{
		below("P95 under "+paper.Millis(limit95), r.Latency.P95, limit95),
		below("P99 under "+paper.Millis(limit99), r.Latency.P99, limit99),
		{Claim: "no request fails", Measured: fmt.Sprintf("%s of %s failed", paper.Whole(r.Failed), paper.Whole(r.Sent)),
			Holds: r.Failed == 0},
		{Claim: "no acknowledged write is lost", Measured: Lost(r.Writes), Holds: r.Writes.Lost+r.Writes.Unread == 0},
	}
	if share, ok := r.CacheHitShare(); ok {
		out = append(out, paper.Judgement{Claim: "caches answer " + paper.Percent(ladder.CacheHitRatio) + " of the reads",
			Measured: paper.Percent(share), Holds: share >= ladder.CacheHitRatio})
	}
	if q := r.Queue; q != nil && q.Jobs > q.Failed {
		most := float64(ladder.QueueAnswer.Milliseconds())
		out = append(out, below("a job is taken on within "+paper.Millis(most), q.AnswerP50, most))
	}
	return out
}

var (
	limit95 = float64(ladder.P95.Milliseconds())
	limit99 = float64(ladder.P99.Milliseconds())
)

func below(claim string, got, most float64) paper.Judgement {
	return paper.Judgement{Claim: claim, Measured: paper.Millis(got), Holds: got < most}
}

// Lost says what became of the acknowledged writes.
func Lost(w load.Writes) string {
	text := fmt.Sprintf("acknowledged writes lost: %s of %s", paper.Whole(w.Lost), paper.Whole(w.Acknowledged))
	if w.Unread > 0 {
		text += fmt.Sprintf(", %s could not be read", paper.Whole(w.Unread))
	}
	return text
}

func kindTable(r load.Result) paper.Table {
	t := paper.Table{Caption: "Requests", Head: []string{"kind", "sent", "failed", "P50", "P95", "P99", "P99.9"}}
	for _, k := range append([]load.Kind{{Name: "all", Sent: r.Sent, Failed: r.Failed, Latency: r.Latency}}, r.Kinds...) {
		t.Rows = append(t.Rows, []string{k.Name, paper.Whole(k.Sent), paper.Whole(k.Failed), paper.Millis(k.Latency.P50),
			paper.Millis(k.Latency.P95), paper.Millis(k.Latency.P99), paper.Millis(k.Latency.P999)})
	}
	return t
}

func errorTable(r load.Result) paper.Table {
	t := paper.Table{Caption: "What went wrong", Head: []string{"failure", "requests"}}
	for _, name := range slices.SortedFunc(maps.Keys(r.Errors), func(a, b string) int {
		return cmp.Or(r.Errors[b]-r.Errors[a], strings.Compare(a, b))
	}) {
		t.Rows = append(t.Rows, []string{name, paper.Whole(r.Errors[name])})
	}
	for _, text := range r.Writes.Examples {
		t.Rows = append(t.Rows, []string{"a write that was acknowledged: " + text, "1"})
	}
	return t
}

func cacheTable(r load.Result) paper.Table {
	t := paper.Table{Caption: "Caches", Head: []string{"layer", "asked", "had", "share"}}
	for _, c := range r.Caches {
		t.Rows = append(t.Rows, []string{c.Name, humanize.Comma(c.Asked), humanize.Comma(c.Hits), paper.Percent(c.Share)})
	}
	return t
}

func databaseTable(r load.Result) paper.Table {
	t := paper.Table{Caption: "PostgreSQL", Head: []string{"server", "queries a second", "share"}}
	sum := 0.0
	for _, d := range r.Databases {
		sum += d.PerSecond
	}
	for _, d := range r.Databases {
		share := "–"
		if sum > 0 {
			share = paper.Percent(d.PerSecond / sum)
		}
		t.Rows = append(t.Rows, []string{d.Name, strconv.FormatFloat(d.PerSecond, 'f', 1, 64), share})
	}
	return t
}

func queueTable(q *load.Queue) paper.Table {
	if q == nil {
		return paper.Table{}
	}
	return paper.Table{Caption: "The queue", Head: []string{"jobs", "median", "longest"}, Rows: [][]string{
		{"taken on after", paper.Millis(q.AnswerP50), paper.Millis(q.AnswerMax)},
		{"begun after that", paper.Millis(q.DelayP50), paper.Millis(q.DelayMax)},
		{"jobs, and those that failed", paper.Whole(q.Jobs), paper.Whole(q.Failed)},
	}}
}

func title(r load.Result) string {
	return fmt.Sprintf("%s requests/s for %s s at %s", strconv.FormatFloat(r.Rate, 'f', 1, 64),
		strconv.FormatFloat(r.Seconds, 'f', 0, 64), r.Target)
}

func notes(r load.Result) []string {
	all := []string{Caution}
	if r.Sent < r.Planned {
		all = append(all, fmt.Sprintf("%s of %s requests were sent: the load was broken off, or this machine could not "+
			"send as many.", paper.Whole(r.Sent), paper.Whole(r.Planned)))
	}
	if len(r.LeftOut) > 0 {
		all = append(all, "The target does not serve, and the load left out: "+strings.Join(r.LeftOut, ", ")+".")
	}
	return append(all, r.Unobserved...)
}

// plots are requests and latency over time.
func plots(timeline []load.Second) []page.Plot {
	if len(timeline) < 2 {
		return nil
	}
	curve := func(name string, figure func(load.Second) float64) page.Curve {
		c := page.Curve{Name: name}
		for _, s := range timeline {
			c.Values = append(c.Values, figure(s))
		}
		return c
	}
	return []page.Plot{
		{Caption: "Requests", Unit: "requests/s", Step: 1, Lines: []page.Curve{
			curve("sent", func(s load.Second) float64 { return float64(s.Sent) }),
			curve("failed", func(s load.Second) float64 { return float64(s.Failed) })}},
		{Caption: "Latency", Unit: "ms", Step: 1, Limit: limit95, LimitName: "the seeds' P95", Lines: []page.Curve{
			curve("P50", func(s load.Second) float64 { return s.Latency.P50 }),
			curve("P95", func(s load.Second) float64 { return s.Latency.P95 }),
			curve("P99", func(s load.Second) float64 { return s.Latency.P99 })}},
	}
}
