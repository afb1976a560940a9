// Package paper writes what the lab has measured in the four formats of every
// command: for a terminal, as Markdown, as JSON and as a page.
package paper

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// Document is what was measured. Whatever is empty is left out.
type Document struct {
	// Title says in a line what happened.
	Title string
	// Judged are the figures that something was held against, and what it was.
	Judged []Judgement
	Tables []Table
	Plots  []page.Plot
	// Notes are what must be known to read the figures.
	Notes []string
	// Value is all of it for programs, as JSON.
	Value any
}

// Judgement is something that should hold, and what was measured.
type Judgement struct {
	Claim    string `json:"claim"`
	Measured string `json:"measured"`
	Holds    bool   `json:"holds"`
}

// Table is a head and rows. The first column names the row.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
	// Words says that the cells are words, which begin at the left; figures end
	// at the right.
	Words bool
}

// Holds reports whether all that was judged does.
func (d Document) Holds() bool {
	return !slices.ContainsFunc(d.Judged, func(j Judgement) bool { return !j.Holds })
}

// JSON writes the value.
func (d Document) JSON(w io.Writer) error { return asjson.Write(w, d.Value) }

// tables are all that have rows, with what was judged before them.
func (d Document) tables() []Table {
	judged := Table{Caption: "What should hold", Head: []string{"claim", "measured", "holds"}, Words: true}
	for _, j := range d.Judged {
		judged.Rows = append(judged.Rows, []string{j.Claim, j.Measured, said(j.Holds)})
	}
	var all []Table
	for _, t := range append([]Table{judged}, d.Tables...) {
		if len(t.Rows) > 0 {
			all = append(all, t)
		}
	}
	return all
}

// refused is how a table says that something does not hold.
const refused = "NO"

func said(holds bool) string {
	if holds {
		return "yes"
	}
	return refused
}

// Table writes it for a terminal.
func (d Document) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	p.Blank()
	p.Line(terminal.Bold, "%s", d.Title)
	for _, t := range d.tables() {
		p.Blank()
		widths := t.widths()
		p.Line(terminal.Bold, "%s", t.line(t.Head, widths))
		for _, row := range t.Rows {
			p.Line(paint(row), "%s", t.line(row, widths))
		}
	}
	p.Blank()
	for _, note := range d.Notes {
		p.Wrapped(nil, "", note)
	}
	return p.Flush(w)
}

// paint makes what does not hold be seen.
func paint(row []string) text.Colors {
	if row[len(row)-1] == refused {
		return terminal.Bold
	}
	return nil
}

func (t Table) widths() []int {
	widths := make([]int, len(t.Head))
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], text.StringWidthWithoutEscSequences(cell))
		}
	}
	return widths
}

func (t Table) line(row []string, widths []int) string {
	var b strings.Builder
	b.WriteString("  ")
	for i, cell := range row {
		switch {
		case i == 0:
			b.WriteString(terminal.Left(cell, widths[0]+1)) // with the gap behind it
		case t.Words:
			b.WriteString(" " + terminal.Left(cell, widths[i]+1))
		default: // the first has a gap behind it already
			b.WriteString(strings.Repeat(" ", min(i, 2)) + terminal.Right(cell, widths[i]))
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// Markdown writes it as tables.
func (d Document) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n**%s**\n", markdown.Cell(d.Title))
	for _, t := range d.tables() {
		fmt.Fprintf(&b, "\n%s\n\n", markdown.Cell(t.Caption))
		writeRow(&b, t.Head)
		b.WriteString(strings.Repeat("|---", len(t.Head)) + "|\n")
		for _, row := range t.Rows {
			writeRow(&b, row)
		}
	}
	for _, note := range d.Notes {
		fmt.Fprintf(&b, "\n%s\n", markdown.Cell(note))
	}
	return markdown.Write(w, b.String())
}

func writeRow(b *strings.Builder, row []string) {
	for _, cell := range row {
		b.WriteString("| " + markdown.Cell(cell) + " ")
	}
	b.WriteString("|\n")
}

// HTML writes it as one page.
func (d Document) HTML(w io.Writer) error {
	sheet := page.Sheet{Title: d.Title, Verdict: d.verdict(), Plots: d.Plots}
	for _, j := range d.Judged {
		note := "holds"
		if !j.Holds {
			note = "does not hold"
		}
		sheet.Facts = append(sheet.Facts, page.Fact{Label: j.Claim, Value: j.Measured, Note: note})
	}
	if len(d.Notes) > 0 {
		notice := page.Notice{Class: "warn", Title: "How to read this"}
		for _, text := range d.Notes {
			notice.Items = append(notice.Items, page.Item{Text: text})
		}
		sheet.Notices = append(sheet.Notices, notice)
	}
	for _, t := range d.Tables { // what was judged stands above
		if len(t.Rows) > 0 {
			sheet.Tables = append(sheet.Tables, page.Table{Caption: t.Caption, Head: t.Head, Rows: t.Rows})
		}
	}
	return sheet.Write(w)
}

func (d Document) verdict() *page.Notice {
	if len(d.Judged) == 0 {
		return nil
	}
	for _, j := range d.Judged {
		if !j.Holds {
			return &page.Notice{Class: "stop", Title: "Not all holds that should"}
		}
	}
	return &page.Notice{Class: "good", Title: "All holds that should"}
}
