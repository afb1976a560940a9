package report

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/handover/slots"
	"github.com/rung-dev/rung/lab/paper"
)

// SlotsPlan is the document of a plan to spread people over databases.
func SlotsPlan(p slots.Plan) paper.Document {
	return paper.Document{Title: fmt.Sprintf("A move of people over %d databases", p.Shards), Value: p,
		Tables: []paper.Table{facts("What would move", [][]string{
			{"slots", fmt.Sprintf("%s of %s, in %s steps", paper.Whole(p.Move), paper.Whole(p.Slots), paper.Whole(p.Steps))},
			{"each database has", counts(p.Held)},
			{"and then", counts(p.Then)},
			{"writes", "wait while their own slot changes sides, some milliseconds"},
			{"way back", "rung handover back, until finish"},
		})}, Notes: []string{"Nothing was changed. Next: " + p.Next}}
}

// Slots is the document of how a move of slots stands.
func Slots(s slots.Status) paper.Document {
	rows := [][]string{
		{"it is", string(s.Phase)},
		{"slots moved", fmt.Sprintf("%s of %s", paper.Whole(s.Moved), paper.Whole(s.Move))},
		{"each database has", counts(s.Held)},
	}
	if s.Left > 0 {
		rows = append(rows, []string{"left", "about " + seconds(s.Left)})
	}
	return paper.Document{Title: "A move of people over databases", Value: s,
		Tables: []paper.Table{facts("How it stands", rows), journal(s.Last)}, Notes: []string{"Next: " + s.Next}}
}

func counts(all []int) string {
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = paper.Whole(n)
	}
	return strings.Join(texts, " + ") + " slots"
}
