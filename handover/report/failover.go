package report

import (
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
