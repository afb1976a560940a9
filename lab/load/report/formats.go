package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rung-dev/rung/lab/load"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// JSON writes all of it for programs.
func (l Load) JSON(w io.Writer) error { return asjson.Write(w, l) }

// Table writes it for a terminal.
func (l Load) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	p.Blank()
	p.Line(terminal.Bold, "%s", l.title())
	for _, t := range l.tables() {
		p.Blank()
		widths := t.widths()
		p.Line(terminal.Bold, "%s", t.line(t.head, widths))
		for _, row := range t.rows {
			p.Line(paint(row), "%s", t.line(row, widths))
		}
	}
	p.Blank()
	for _, note := range l.notes() {
		p.Wrapped(nil, "", note)
	}
	return p.Flush(w)
}

// paint makes what does not hold be seen.
func paint(row []string) text.Colors {
	if row[len(row)-1] == "NO" {
		return terminal.Bold
	}
	return nil
}

func (t table) widths() []int {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], text.StringWidthWithoutEscSequences(cell))
		}
	}
	return widths
}

// line is a row with its first cell to the left and all others to the right,
// where they are figures.
func (t table) line(row []string, widths []int) string {
	var b strings.Builder
	b.WriteString("  ")
	for i, cell := range row {
		switch {
		case i == 0:
			b.WriteString(terminal.Left(cell, widths[0]+1)) // with the gap behind it
		case len(t.head) == 3 && t.head[0] == "claim":
			b.WriteString(" " + terminal.Left(cell, widths[i]+1))
		default:
			b.WriteString(" " + terminal.Right(cell, widths[i]))
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// Markdown writes it as tables.
func (l Load) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n**%s**\n", markdown.Cell(l.title()))
	for _, t := range l.tables() {
		fmt.Fprintf(&b, "\n%s\n\n", markdown.Cell(t.caption))
		writeRow(&b, t.head)
		b.WriteString(strings.Repeat("|---", len(t.head)) + "|\n")
		for _, row := range t.rows {
			writeRow(&b, row)
		}
	}
	for _, note := range l.notes() {
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

// HTML writes it as one page with plots.
func (l Load) HTML(w io.Writer) error {
	sheet := page.Sheet{Title: l.title(), Verdict: l.verdict(), Plots: l.plots()}
	for _, c := range l.Claims {
		sheet.Facts = append(sheet.Facts, page.Fact{Label: c.Claim, Value: c.Measured, Note: held(c)})
	}
	note := page.Notice{Class: "warn", Title: "How to read this"}
	for _, text := range l.notes() {
		note.Items = append(note.Items, page.Item{Text: text})
	}
	sheet.Notices = []page.Notice{note}
	for _, t := range l.tables()[1:] { // the claims stand above
		sheet.Tables = append(sheet.Tables, page.Table{Caption: t.caption, Head: t.head, Rows: t.rows})
	}
	return sheet.Write(w)
}

func held(c Claim) string {
	if c.Holds {
		return "holds"
	}
	return "does not hold"
}

func (l Load) verdict() *page.Notice {
	for _, c := range l.Claims {
		if !c.Holds {
			return &page.Notice{Class: "stop", Title: "Not all of the seeds' figures were reached"}
		}
	}
	return &page.Notice{Class: "good", Title: "All of the seeds' figures were reached"}
}

// plots are rate, latency and failures over time.
func (l Load) plots() []page.Plot {
	if len(l.Timeline) < 2 {
		return nil
	}
	of := func(figure func(load.Second) float64) []float64 {
		values := make([]float64, 0, len(l.Timeline))
		for _, s := range l.Timeline {
			values = append(values, figure(s))
		}
		return values
	}
	return []page.Plot{
		{Caption: "Requests", Unit: "requests/s", Step: 1, Lines: []page.Curve{
			{Name: "sent", Values: of(func(s load.Second) float64 { return float64(s.Sent) })},
			{Name: "failed", Values: of(func(s load.Second) float64 { return float64(s.Failed) })}}},
		{Caption: "Latency", Unit: "ms", Step: 1, Limit: limit95, LimitName: "the seeds' P95", Lines: []page.Curve{
			{Name: "P50", Values: of(func(s load.Second) float64 { return s.Latency.P50 })},
			{Name: "P95", Values: of(func(s load.Second) float64 { return s.Latency.P95 })},
			{Name: "P99", Values: of(func(s load.Second) float64 { return s.Latency.P99 })}}},
	}
}
