// Package claims holds the seeds' headline figures against a lab that runs: each is
// said, measured, and explained. What one machine cannot show is said to be so, and
// not measured by something else.
package claims

import (
	"fmt"
	"time"

	"github.com/rung-dev/rung/lab/breaks"
	"github.com/rung-dev/rung/lab/load"
	"github.com/rung-dev/rung/lab/load/report"
	"github.com/rung-dev/rung/lab/paper"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Claim is a figure of the seeds and what was measured.
type Claim struct {
	Tool string `json:"tool"`
	// Says is the seeds' figure, Measured what came out.
	Says     string `json:"claim"`
	Measured string `json:"measured"`
	// Verdict is one of the Verdicts, Why says where the difference comes from.
	Verdict Verdict `json:"reproduced"`
	Why     string  `json:"why"`
}

// Verdict says how far a claim comes out.
type Verdict string

// The verdicts. A claim holds when four fifths of its effect come out, and in part when
// a quarter does: as in app/bench.
const (
	Holds  Verdict = "yes"
	Part   Verdict = "in part"
	Fails  Verdict = "no"
	Absent Verdict = "not measured"
)

const most, some = 0.8, 0.25

// effect is the verdict on a part of a claimed effect, 1 for all of it.
func effect(part float64) Verdict {
	switch {
	case part >= most:
		return Holds
	case part >= some:
		return Part
	}
	return Fails
}

func whether(holds bool) Verdict {
	if holds {
		return Holds
	}
	return Fails
}

// absent is a claim of which nothing was measured.
func absent(tool, says, why string) Claim {
	return Claim{Tool: tool, Says: says, Measured: "–", Verdict: Absent, Why: why}
}

// OfLoad are the claims that a load shows.
func OfLoad(r load.Result) []Claim {
	return []Claim{latency(r), cached(r), edge(r), replicated(r), queued(r)}
}

func latency(r load.Result) Claim {
	p95, p99 := float64(ladder.P95.Milliseconds()), float64(ladder.P99.Milliseconds())
	return Claim{Tool: "measure first", Says: "P95 under " + paper.Millis(p95) + ", P99 under " + paper.Millis(p99),
		Measured: fmt.Sprintf("P95 %s, P99 %s at %.0f requests/s, %s of %s failed", paper.Millis(r.Latency.P95),
			paper.Millis(r.Latency.P99), r.Rate, paper.Whole(r.Failed), paper.Whole(r.Sent)),
		Verdict: whether(r.Latency.P95 < p95 && r.Latency.P99 < p99 && r.Failed == 0),
		Why:     "counted from when each request was due; generator and servers share this machine's processors"}
}

func cached(r load.Result) Claim {
	says := "a cache answers " + paper.Percent(ladder.CacheHitRatio) + " of the reads: the database gets the rest"
	share, ok := r.CacheHitShare()
	if !ok {
		return absent("cache", says, "the app's metrics were not to be had")
	}
	return Claim{Tool: "cache", Says: says, Measured: paper.Percent(share) + " of the cached reads were hits",
		Verdict: effect(share / ladder.CacheHitRatio), Why: "few posts are read often (a Zipf distribution), as on the web"}
}

func edge(r load.Result) Claim {
	const says = "a CDN takes 80 % of the servers' traffic"
	asked, hits := r.Files.Asked+r.Others.Asked, r.Files.Hits+r.Others.Hits
	if asked == 0 || r.Files.Asked == 0 {
		return absent("CDN", says, "no file was served whose answer says whether a CDN had it")
	}
	all, files := float64(hits)/float64(asked), float64(r.Files.Hits)/float64(r.Files.Asked)
	return Claim{Tool: "CDN", Says: says, Verdict: effect(files / 0.8), Why: "the figure is about files; what is a " +
		"person's own is never kept, and the load asks for more of it than a browser does",
		Measured: fmt.Sprintf("%s of the files, %s of all answers", paper.Percent(files), paper.Percent(all))}
}

func replicated(r load.Result) Claim {
	const says = "reads go to replicas: the primary is left with the writes"
	total, primary := 0.0, 0.0
	for _, d := range r.Databases {
		total += d.PerSecond
		if d.Name == "primary" {
			primary = d.PerSecond
		}
	}
	if len(r.Databases) < 2 || total == 0 {
		return absent("read replicas", says, "this stage has no replicas")
	}
	return Claim{Tool: "read replicas", Says: says, Verdict: effect((1 - primary/total) / ladder.ReadShare),
		Measured: fmt.Sprintf("%s of %.0f queries/s at the %d replicas", paper.Percent(1-primary/total), total,
			len(r.Databases)-1),
		Why: "what the caches answer is gone from the reads already, so more of what is left are writes, sessions and " +
			"jobs; that two replicas carry twice as much, servers on the same processors cannot show"}
}

func queued(r load.Result) Claim {
	limit := float64(ladder.QueueAnswer.Milliseconds())
	says := "work over a queue is answered within " + paper.Millis(limit)
	q := r.Queue
	if q == nil || q.Jobs == q.Failed {
		return absent("queue", says, "no job was taken on")
	}
	return Claim{Tool: "queue", Says: says, Verdict: whether(q.AnswerP50 < limit),
		Measured: fmt.Sprintf("median %s, the longest of %d %s; begun %s later", paper.Millis(q.AnswerP50), q.Jobs,
			paper.Millis(q.AnswerMax), paper.Millis(q.DelayP50)),
		Why: "the answer waits for the queue to have the job, not for the work"}
}

// OfBreaks are the claims about machines, of one that was taken away under load.
func OfBreaks(o breaks.Outcome, others int) Claim {
	return Claim{Tool: "several servers, spot", Says: "one goes, with or without a notice, and no request fails",
		Measured: fmt.Sprintf("%s of %s failed, the others noticed after %s; %s writes lost", paper.Whole(o.Failed),
			paper.Whole(o.Sent), paper.Millis(float64(o.Detect)/float64(time.Millisecond)), paper.Whole(o.Writes.Lost)),
		Verdict: whether(o.Failed == 0 && o.Writes.Lost == 0 && o.Problem == ""),
		Why: fmt.Sprintf("it is killed, which is harder than spot's two minutes of notice; %d others serve. "+
			"That two carry twice as much, machines on the same processors cannot show", others)}
}

// Document is the table of all.
func Document(title string, all []Claim) paper.Document {
	t := paper.Table{Caption: "Claims", Head: []string{"tool", "the seeds say", "measured", "reproduced"}, Words: true}
	why := paper.Table{Caption: "Why", Head: []string{"tool", "why"}, Words: true}
	for _, c := range all {
		t.Rows = append(t.Rows, []string{c.Tool, c.Says, c.Measured, string(c.Verdict)})
		why.Rows = append(why.Rows, []string{c.Tool, c.Why})
	}
	return paper.Document{Title: title, Tables: []paper.Table{t, why}, Notes: []string{report.Caution}, Value: all}
}
