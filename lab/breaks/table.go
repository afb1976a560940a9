package breaks

import (
	"fmt"
	"time"

	"github.com/rung-dev/rung/lab/load/report"
	"github.com/rung-dev/rung/lab/paper"
)

// Tried is a step of a drill and what came of it.
type Tried struct {
	Step
	Outcome Outcome `json:"outcome"`
}

// value is all of a drill for programs.
type value struct {
	Title    string    `json:"drill"`
	Tried    []row     `json:"failures"`
	Restored *Restored `json:"restore,omitempty"`
}

type row struct {
	Outcome
	Allowed time.Duration `json:"allowed_failing_ns"`
	Holds   bool          `json:"holds"`
	Why     string        `json:"why,omitempty"`
}

// Table is the document of a drill, or of one failure. restored is nil where no
// backup was tried.
func Table(title string, tried []Tried, restored *Restored) paper.Document {
	d := paper.Document{Title: title, Notes: []string{report.Caution,
		"Times count from the blow. Noticed: no part around it thought it well any more. Whole: as many served in each " +
			"role as before."}}
	t := paper.Table{Caption: "Failures",
		Head: []string{"failure", "noticed after", "whole after", "failed", "failing for", "writes lost"}}
	v := value{Title: title, Restored: restored}
	for _, one := range tried {
		o := one.Outcome
		t.Rows = append(t.Rows, []string{one.String(), after(o.Detect), after(o.Recover),
			paper.Whole(o.Failed) + " of " + paper.Whole(o.Sent), short(o.FailedFor),
			paper.Whole(o.Writes.Lost+o.Writes.Unread) + " of " + paper.Whole(o.Writes.Acknowledged)})
		holds, why := Holds(o, one.Expect)
		d.Judged = append(d.Judged, paper.Judgement{Claim: one.claim(), Measured: measured(o, why), Holds: holds})
		v.Tried = append(v.Tried, row{Outcome: o, Allowed: one.Expect.Failing, Holds: holds, Why: why})
	}
	d.Tables = append(d.Tables, t)
	if restored != nil {
		d.Judged = append(d.Judged, judge(*restored))
		d.Tables = append(d.Tables, rowsTable(restored.Tables))
	}
	d.Value = v
	return d
}

// claim is what a step should cost at most, in words.
func (s Step) claim() string {
	if s.Expect.Failing == 0 {
		return s.String() + ": no request fails (" + s.Expect.Because + ")"
	}
	return s.String() + ": requests fail for " + short(s.Expect.Failing) + " at most (" + s.Expect.Because + ")"
}

func measured(o Outcome, why string) string {
	if why != "" {
		return why
	}
	return fmt.Sprintf("%s failed for %s", paper.Whole(o.Failed), short(o.FailedFor))
}

func judge(r Restored) paper.Judgement {
	return paper.Judgement{Claim: "the latest backup makes a whole database", Holds: r.Whole(),
		Measured: fmt.Sprintf("%s tables in %s (RTO); what is newer than %s would be lost (RPO)", paper.Whole(len(r.Tables)),
			short(r.RTO), short(r.RPO))}
}

func rowsTable(tables []TableRows) paper.Table {
	t := paper.Table{Caption: "The restored database", Head: []string{"table", "restored", "running"}}
	for _, one := range tables {
		restored := paper.Whole(int(one.Restored))
		if one.Missing {
			restored = "missing"
		}
		t.Rows = append(t.Rows, []string{one.Table, restored, paper.Whole(int(one.Running))})
	}
	return t
}

// after is a time since the blow, which may not have come.
func after(d time.Duration) string {
	if d == never {
		return "never"
	}
	return short(d)
}

func short(d time.Duration) string { return paper.Millis(float64(d) / float64(time.Millisecond)) }
