// Package report writes what a move would be and how it stands, in the four formats
// of every command.
package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/lab/paper"
)

// Plan is the document of a plan.
func Plan(p hosts.Plan) paper.Document {
	back := "a stream back, until finish"
	if !p.WayBack {
		back = "none"
	}
	tables := paper.Whole(p.Tables)
	if len(p.Only) > 0 {
		tables += " (" + strings.Join(p.Only, ", ") + "); the others stay"
	}
	d := paper.Document{Title: fmt.Sprintf("The move %q from %s to %s", p.Name, p.From, p.To), Value: p,
		Tables: []paper.Table{facts("What would move", [][]string{
			{"tables", tables},
			{"rows", "about " + paper.Whole(int(p.Rows))},
			{"size", size(p.Bytes)},
			{"copy", fmt.Sprintf("about %s, at %s/s", seconds(p.CopySeconds), size(p.CopyRate))},
			{"log of the old side", size(p.LogPerSecond) + "/s"},
			{"writes are held back by", p.Edge},
			{"for at most", seconds(p.MaxPause) + ", then the old side goes on"},
			{"way back", back},
			{"after each switch", orNone(p.After)},
		})}}
	found := paper.Table{Caption: "What was found", Head: []string{"weight", "found", "what to do"}, Words: true}
	for _, f := range p.Findings {
		found.Rows = append(found.Rows, []string{string(f.Weight), f.Found, f.Do})
	}
	d.Tables = append(d.Tables, found)
	if p.Next == "" {
		d.Notes = append(d.Notes, "Something stands in the way. Mend it, then run `rung handover plan` again.")
	} else {
		d.Notes = append(d.Notes, "Nothing was changed. Next: "+p.Next)
	}
	return d
}

func orNone(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

// Status is the document of how a move stands.
func Status(s hosts.Status) paper.Document {
	rows := [][]string{
		{"it is", string(s.Phase)},
		{"writes go to", s.Writes},
	}
	if s.Copy != nil {
		rows = append(rows, []string{"copied", s.Copy.String()})
	}
	rows = append(rows, []string{"on the way", size(s.LagBytes)},
		[]string{"writes refused", paper.Whole(int(s.Refused))},
		[]string{"longest pause", paper.Millis(float64(s.LongestPause))},
		[]string{"writes are held back by", s.Edge})
	d := paper.Document{Title: fmt.Sprintf("The move %q from %s to %s", s.Name, s.From, s.To), Value: s,
		Tables: []paper.Table{facts("How it stands", rows), journal(s.Last)}, Notes: warnings(s)}
	d.Notes = append(d.Notes, "Next: "+s.Next+otherwise(s.Phase))
	return d
}

// otherwise is the other way that is open.
func otherwise(p hosts.Phase) string {
	switch p {
	case hosts.Following:
		return "; or rung handover abort, which leaves the old side as it was"
	case hosts.Switched:
		return "; or rung handover back, which gives the writes to the old side again"
	}
	return ""
}

// warnings are what a user must hear.
func warnings(s hosts.Status) []string {
	var all []string
	if s.Phase == hosts.Broken {
		all = append(all, "Both sides take writes while rows stream. Stop the application, see which side has what, and "+
			"close one: this must not be.")
	}
	if s.Phase == hosts.Changing {
		all = append(all, "Neither side takes writes: a mover was ended in the pause. Go on with it now, or abort.")
	}
	if s.Lost {
		all = append(all, "The log was thrown away before it arrived (max_slot_wal_keep_size): the copy must begin anew.")
	}
	if s.Stuck != "" {
		all = append(all, s.Stuck+".")
	}
	for _, what := range s.Diverged {
		all = append(all, "The schema was changed during the move: "+what+".")
	}
	for _, slot := range s.Slots {
		all = append(all, slot.String())
	}
	return all
}

func journal(entries []handover.Entry) paper.Table {
	t := paper.Table{Caption: "The journal's last lines", Head: []string{"time", "command", "step", "", ""}, Words: true}
	for _, e := range entries {
		t.Rows = append(t.Rows, []string{e.At.Format(time.TimeOnly), e.Command, e.Step, string(e.Event), e.Text})
	}
	return t
}

func facts(caption string, rows [][]string) paper.Table {
	return paper.Table{Caption: caption, Head: []string{"what", "figure"}, Rows: rows, Words: true}
}

func size(n int64) string { return humanize.IBytes(uint64(max(n, 0))) }

func seconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(100 * time.Millisecond).String()
}
