package report

import (
	"strings"

	"github.com/rung-dev/rung/handover/failover"
	"github.com/rung-dev/rung/lab/paper"
)

// Failover is the document of a change-over.
func Failover(r failover.Result) paper.Document {
	loss, old := "nothing", "closed: make it a copy by pg_rewind or pg_basebackup before anybody opens it"
	if r.Loss != nil {
		loss, old = r.Loss.String(), "fenced: make it a copy by pg_rewind or pg_basebackup"
	}
	if r.Copy {
		old = "a copy of the new one"
	}
	rows := [][]string{{"the writes go to", r.To}, {"lost", loss}, {"the old primary is", old}}
	if r.Loss == nil {
		rows = append(rows, []string{"writes were held back for", paper.Millis(float64(r.PauseMillis))})
	}
	return paper.Document{Title: "The writes have moved from " + r.From + " to " + r.To, Value: r,
		Tables: []paper.Table{facts("What was done", rows)}}
}

// StackFailover is the document of a change-over of a stack's databases to a region.
func StackFailover(region string, r failover.StackResult) paper.Document {
	rows := [][]string{{"the writes go to", region}, {"lost", "nothing"}, {"databases", strings.Join(r.Databases, ", ")},
		{"the old primaries are", "closed; they stay until they are confirmed by name and taken out"}}
	if r.ClosedMillis > 0 {
		rows = append(rows, []string{"no database took writes for", paper.Millis(float64(r.ClosedMillis))})
	}
	rows = append(rows, []string{"until every machine was led there", paper.Millis(r.LedSeconds * 1e3)})
	return paper.Document{Title: "The writes have moved to " + region, Value: r,
		Tables: []paper.Table{facts("What was done", rows)}}
}

// Comparison is the document of a region's copies beside what they copy.
func Comparison(region string, all []failover.Comparison) paper.Document {
	t := paper.Table{Caption: "Each copy has what its primary has",
		Head: []string{"database", "tables", "rows", "compared in", "writes waited"}}
	for _, c := range all {
		t.Rows = append(t.Rows, []string{c.Name, paper.Whole(c.Tables), paper.Whole(int(c.Rows)), seconds(c.Seconds),
			paper.Millis(float64(c.HeldMillis))})
	}
	return paper.Document{Title: "The copies in " + region, Value: all, Tables: []paper.Table{t}}
}
