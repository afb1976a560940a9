package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// Lab is what a lab runs.
type Lab struct {
	Running bool   `json:"running"`
	Process int    `json:"process,omitempty"`
	Settled bool   `json:"settled"`
	Trouble string `json:"trouble,omitempty"`
	// Ringing are the alarms that ring, Returned the groups whose new machines one has
	// taken back.
	Ringing  []string `json:"ringing,omitempty"`
	Returned []string `json:"returned,omitempty"`
	// Doors are where people come in.
	Doors   []LabDoor   `json:"doors"`
	Servers []LabServer `json:"servers"`
	// Notes say what runs nothing, and why.
	Notes []LabNote `json:"notes"`
}

// LabDoor is an address for people.
type LabDoor struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// LabServer is one server of the lab.
type LabServer struct {
	Name    string `json:"name"`
	What    string `json:"what"`
	Address string `json:"address"`
	Ports   []int  `json:"ports"`
	State   string `json:"state"`
	Process int    `json:"process,omitempty"`
	Error   string `json:"error,omitempty"`
}

// LabNote is a sentence about a resource; Missing where nothing stands in for it.
type LabNote struct {
	About   string `json:"about"`
	Text    string `json:"text"`
	Missing bool   `json:"missing,omitempty"`
}

// head is the lab in one line.
func (l Lab) head() string {
	switch {
	case !l.Running:
		return "The lab does not run: `rung lab start` starts it."
	case l.Trouble != "":
		return "The lab cannot go on: " + l.Trouble
	case l.Settled:
		return fmt.Sprintf("The lab runs (process %d), and everything is as it should be.", l.Process)
	}
	return fmt.Sprintf("The lab runs (process %d), and is at work.", l.Process)
}

func (l Lab) rows() (rows [][]string) {
	for _, s := range l.Servers {
		ports := strings.Trim(strings.ReplaceAll(fmt.Sprint(s.Ports), " ", ","), "[]")
		state := s.State
		if s.Error != "" {
			state += ": " + s.Error
		}
		rows = append(rows, []string{s.Name, s.What, s.Address + ":" + ports, fmt.Sprint(s.Process), state})
	}
	return rows
}

var labColumns = []string{"server", "what", "address", "process", "state"}

// urgent is what somebody should look at.
func (l Lab) urgent() (all []string) {
	for _, line := range l.Ringing {
		all = append(all, "alarm: "+line)
	}
	return append(all, l.Returned...)
}

// said are the notes of one kind.
func (l Lab) said(missing bool) (all []string) {
	for _, n := range l.Notes {
		if n.Missing == missing {
			all = append(all, n.About+": "+n.Text)
		}
	}
	return all
}

// JSON writes the lab for programs.
func (l Lab) JSON(w io.Writer) error { return asjson.Write(w, l) }

// Table writes the lab for a terminal.
func (l Lab) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	p.Line(terminal.Bold, "%s", l.head())
	for _, d := range l.Doors {
		p.Line(nil, "  %s  %s", d.Name, d.URL)
	}
	for _, line := range l.urgent() {
		p.Line(terminal.Bold, "  %s", line)
	}
	width := make([]int, len(labColumns))
	rows := append([][]string{labColumns}, l.rows()...)
	for _, row := range rows {
		for i, cell := range row[:len(row)-1] {
			width[i] = max(width[i], len(cell))
		}
	}
	p.Blank()
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += fmt.Sprintf("%-*s  ", width[i], cell)
		}
		p.Line(nil, "%s", strings.TrimRight(line, " "))
	}
	for _, part := range []struct {
		title   string
		missing bool
	}{{"nothing stands in for", true}, {"needs nothing here", false}} {
		if said := l.said(part.missing); len(said) > 0 {
			p.Blank()
			p.Line(terminal.Bold, "%s", part.title)
			for _, line := range said {
				p.Line(nil, "  %s", line)
			}
		}
	}
	return p.Flush(w)
}

// Markdown writes the lab as a table.
func (l Lab) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n\n", markdown.Cell(l.head()))
	for _, d := range l.Doors {
		fmt.Fprintf(&b, "- %s: %s\n", markdown.Cell(d.Name), markdown.Cell(d.URL))
	}
	for _, line := range l.urgent() {
		fmt.Fprintf(&b, "- %s\n", markdown.Cell(line))
	}
	b.WriteString("\n| " + strings.Join(labColumns, " | ") + " |\n|---|---|---|---|---|\n")
	for _, row := range l.rows() {
		for i := range row {
			row[i] = markdown.Cell(row[i])
		}
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	b.WriteString("\n")
	for _, line := range l.said(true) {
		fmt.Fprintf(&b, "- nothing stands in for %s\n", markdown.Cell(line))
	}
	return markdown.Write(w, b.String())
}

// HTML writes the lab as a page with tables.
func (l Lab) HTML(w io.Writer) error {
	doors := page.Table{Caption: "Where people come in", Head: []string{"what", "address"}}
	for _, d := range l.Doors {
		doors.Rows = append(doors.Rows, []string{d.Name, d.URL})
	}
	servers := page.Table{Caption: "What runs", Head: labColumns, Rows: l.rows()}
	notes := page.Table{Caption: "What runs nothing", Head: []string{"resource", "why"}}
	for _, n := range l.Notes {
		notes.Rows = append(notes.Rows, []string{n.About, n.Text})
	}
	urgent := page.Table{Caption: "What rings", Head: []string{"what"}}
	for _, line := range l.urgent() {
		urgent.Rows = append(urgent.Rows, []string{line})
	}
	tables := []page.Table{doors, servers, notes}
	if len(urgent.Rows) > 0 {
		tables = append([]page.Table{urgent}, tables...)
	}
	return page.Sheet{Title: l.head(), Tables: tables}.Write(w)
}
