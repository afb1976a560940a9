package view

import (
	"fmt"
	"io"
	"strconv"

	"github.com/rung-dev/rung/preview/page"
)

// HTML writes the ladder as a page with a table.
func (l Ladder) HTML(w io.Writer) error {
	t := page.Table{Caption: "The stages", Head: []string{"stage", "users", "peak requests/s", "a month", "adds", "until"}}
	for _, s := range l.Stages {
		t.Rows = append(t.Rows, []string{
			fmt.Sprintf("%d %s%s", s.Number, s.Name, l.later(s)), whole(s.Users), whole(s.PeakRequestsPerSecond),
			s.Band.String(), s.Adds, s.Until,
		})
	}
	return page.Sheet{Title: "The scalability ladder", Tables: []page.Table{t}}.Write(w)
}

// HTML writes the outputs as a page with a table.
func (o Outputs) HTML(w io.Writer) error {
	return page.Sheet{
		Title:  fmt.Sprintf("Stack %s stands on stage %d%s", o.Stack, o.Stage, named(o.Stage)),
		Tables: []page.Table{outputsTable("Outputs", o)},
	}.Write(w)
}

func outputsTable(caption string, o Outputs) page.Table {
	t := page.Table{Caption: caption, Head: []string{"output", "value"}}
	for _, k := range o.keys() {
		t.Rows = append(t.Rows, []string{k, plainValue(o.Values[k])})
	}
	return t
}

// HTML writes the settings as a page with a table.
func (k Keys) HTML(w io.Writer) error {
	t := page.Table{Caption: strconv.Itoa(len(k)) + " keys", Head: []string{"key", "type", "default", "allowed",
		"meaning"}}
	for _, x := range k {
		t.Rows = append(t.Rows, []string{x.Name, x.Type, x.Default, x.Allowed, x.Meaning})
	}
	return page.Sheet{Title: "Settings of a stack", Tables: []page.Table{t}}.Write(w)
}
