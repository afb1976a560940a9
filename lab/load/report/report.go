// Package report says what a load has shown: as a table for a terminal, as
// Markdown, as JSON for programs and as one page with plots over time. Each
// figure of the seeds stands beside what was measured.
package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/rung-dev/rung/lab/load"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Load is the document of a load.
type Load struct {
	load.Result
	// Claims are the seeds' figures beside what was measured.
	Claims []Claim `json:"claims"`
}

// New is the document of a result.
func New(r load.Result) Load { return Load{Result: r, Claims: claims(r)} }

// Claim is a figure of the seeds, or a rule of rung's own, and what was measured.
type Claim struct {
	Claim    string `json:"claim"`
	Measured string `json:"measured"`
	Holds    bool   `json:"holds"`
}

// caution stands on everything that is read by people.
const caution = "Generator and target share this machine's processors: the figures show proportions (two servers carry twice as much, " +
	"a cache takes its share of the queries), not what AWS's machines would do."

// claims holds a result against the seeds. What was not measured is not judged.
func claims(r load.Result) []Claim {
	out := []Claim{
		below("P95 under "+millis(limit95), r.Latency.P95, limit95),
		below("P99 under "+millis(limit99), r.Latency.P99, limit99),
		{"no request fails", fmt.Sprintf("%s of %s failed", whole(r.Failed), whole(r.Sent)), r.Failed == 0},
		{"no acknowledged write is lost", lostText(r.Writes), r.Writes.Lost+r.Writes.Unread == 0},
	}
	if share, ok := r.CacheHitShare(); ok {
		out = append(out, Claim{"caches answer " + percent(ladder.CacheHitRatio) + " of the reads", percent(share),
			share >= ladder.CacheHitRatio})
	}
	if q := r.Queue; q != nil && q.Jobs > q.Failed {
		most := float64(ladder.QueueAnswer.Milliseconds())
		out = append(out, below("a job is taken on within "+millis(most), q.AnswerP50, most))
	}
	return out
}

var (
	limit95 = float64(ladder.P95.Milliseconds())
	limit99 = float64(ladder.P99.Milliseconds())
)

func below(claim string, got, most float64) Claim { return Claim{claim, millis(got), got < most} }

func lostText(w load.Writes) string {
	text := fmt.Sprintf("acknowledged writes lost: %s of %s", whole(w.Lost), whole(w.Acknowledged))
	if w.Unread > 0 {
		text += fmt.Sprintf(", %s could not be read", whole(w.Unread))
	}
	return text
}

// millis writes milliseconds, and seconds from two on.
func millis(v float64) string {
	switch {
	case v >= 2000:
		return strconv.FormatFloat(v/1000, 'f', 1, 64) + " s"
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 0, 64) + " ms"
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " ms"
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 0, 64) + " %" }

func whole(n int) string { return humanize.Comma(int64(n)) }

// table is a head and rows, which every format writes in its own way.
type table struct {
	caption string
	head    []string
	rows    [][]string
}

// tables are all of the document, those without rows left out.
func (l Load) tables() []table {
	all := []table{l.claimTable(), l.kindTable(), l.errorTable(), l.cacheTable(), l.databaseTable(), l.queueTable()}
	return slices.DeleteFunc(all, func(t table) bool { return len(t.rows) == 0 })
}

func (l Load) claimTable() table {
	t := table{caption: "What the seeds say", head: []string{"claim", "measured", "holds"}}
	for _, c := range l.Claims {
		holds := "yes"
		if !c.Holds {
			holds = "NO"
		}
		t.rows = append(t.rows, []string{c.Claim, c.Measured, holds})
	}
	return t
}

func (l Load) kindTable() table {
	t := table{caption: "Requests", head: []string{"kind", "sent", "failed", "P50", "P95", "P99", "P99.9"}}
	row := func(name string, sent, failed int, of load.Latency) {
		t.rows = append(t.rows, []string{name, whole(sent), whole(failed), millis(of.P50), millis(of.P95), millis(of.P99),
			millis(of.P999)})
	}
	row("all", l.Sent, l.Failed, l.Latency)
	for _, k := range l.Kinds {
		row(k.Name, k.Sent, k.Failed, k.Latency)
	}
	return t
}

func (l Load) errorTable() table {
	t := table{caption: "What went wrong", head: []string{"failure", "requests"}}
	for _, name := range slices.SortedFunc(maps.Keys(l.Errors), func(a, b string) int {
		return (l.Errors[b]-l.Errors[a])*2 + strings.Compare(a, b)
	}) {
		t.rows = append(t.rows, []string{name, whole(l.Errors[name])})
	}
	for _, text := range l.Writes.Examples {
		t.rows = append(t.rows, []string{"a write that was acknowledged: " + text, "1"})
	}
	return t
}

func (l Load) cacheTable() table {
	t := table{caption: "Caches", head: []string{"layer", "asked", "had", "share"}}
	for _, c := range l.Caches {
		t.rows = append(t.rows, []string{c.Name, humanize.Comma(c.Asked), humanize.Comma(c.Hits), percent(c.Share)})
	}
	return t
}

func (l Load) databaseTable() table {
	t := table{caption: "PostgreSQL", head: []string{"server", "queries a second", "share"}}
	sum := 0.0
	for _, d := range l.Databases {
		sum += d.PerSecond
	}
	for _, d := range l.Databases {
		t.rows = append(t.rows, []string{d.Name, strconv.FormatFloat(d.PerSecond, 'f', 1, 64), percent(d.PerSecond / max(sum,
			1e-9))})
	}
	return t
}

func (l Load) queueTable() table {
	q := l.Queue
	if q == nil {
		return table{}
	}
	return table{caption: "The queue", head: []string{"jobs", "median", "longest"}, rows: [][]string{
		{"taken on after", millis(q.AnswerP50), millis(q.AnswerMax)},
		{"begun after that", millis(q.DelayP50), millis(q.DelayMax)},
		{"jobs, and those that failed", whole(q.Jobs), whole(q.Failed)},
	}}
}

// title says in a line what happened.
func (l Load) title() string {
	return fmt.Sprintf("%s requests/s for %s s at %s", strconv.FormatFloat(l.Rate, 'f', 1, 64),
		strconv.FormatFloat(l.Seconds, 'f', 0, 64), l.Target)
}

// notes are what must be known to read the figures.
func (l Load) notes() []string {
	notes := []string{caution}
	if l.Sent < l.Planned {
		notes = append(notes, fmt.Sprintf("%s of %s requests were sent: the load was broken off, or this machine could not send as many.",
			whole(l.Sent), whole(l.Planned)))
	}
	if len(l.LeftOut) > 0 {
		notes = append(notes, "The target does not serve, and the load left out: "+strings.Join(l.LeftOut, ", ")+".")
	}
	return append(notes, l.Unobserved...)
}
