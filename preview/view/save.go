package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// Savings are the ways to have a stack for less, the most money first.
type Savings struct {
	// Of says what was looked at: "stage 3", or the name of a file.
	Of string `json:"of"`
	// Month is what it is expected to cost as it is.
	Month preview.Money `json:"month"`
	All   []cost.Saving `json:"savings"`
}

// exclusive says how savings stand to one another.
const exclusive = "Of several for the same resources only one can be had, and savings of different kinds overlap: " +
	"what moves to Arm is reserved as Arm."

// JSON writes the savings for programs, indented.
func (s Savings) JSON(w io.Writer) error {
	if s.All == nil {
		s.All = []cost.Saving{}
	}
	return asjson.Write(w, s)
}

// Table writes the savings for a terminal.
func (s Savings) Table(w io.Writer, style terminal.Style) error {
	p := newPaper(style)
	p.Line(terminal.Bold, "%s: %s a month", s.Of, s.Month)
	if len(s.All) == 0 {
		p.Line(nil, "  nothing is known that would cost a dollar less")
		return p.Flush(w)
	}
	for _, x := range s.All {
		p.Blank()
		p.Line(terminal.Bold, "%s%s", terminal.Left(x.What, p.Width-terminal.Amount),
			terminal.Right("-"+preview.USD(x.Monthly).String(), terminal.Amount))
		p.Wrapped(nil, "  ", "of "+firstNames(x.Names, asItIs))
		if x.Commitment != "" {
			p.Wrapped(nil, "  ", "commitment: "+x.Commitment)
		}
		p.Wrapped(nil, "  ", "risk: "+x.Risk)
		p.Wrapped(nil, "  ", "change: "+x.Change)
	}
	p.Blank()
	p.Wrapped(terminal.Faint, "", exclusive)
	return p.Flush(w)
}

// Markdown writes the savings as a table.
func (s Savings) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s: %s a month, and how to have it for less\n", markdown.Cell(s.Of), s.Month)
	if len(s.All) == 0 {
		b.WriteString("\nNothing is known that would cost a dollar less.\n")
		return markdown.Write(w, b.String())
	}
	b.WriteString("\n| saves a month | what | of | commitment | risk | change |\n|---:|---|---|---|---|---|\n")
	for _, x := range s.All {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", preview.USD(x.Monthly), markdown.Cell(x.What),
			firstNames(x.Names, markdown.Code),
			markdown.Cell(x.Commitment), markdown.Cell(x.Risk), markdown.Cell(x.Change))
	}
	fmt.Fprintf(&b, "\n%s\n", exclusive)
	return markdown.Write(w, b.String())
}

// firstNames are up to three names; the rest is a number.
func firstNames(names []string, quote func(string) string) string {
	return remark{names: names}.few(quote)
}

// HTML writes the savings as a page with a table.
func (s Savings) HTML(w io.Writer) error {
	t := page.Table{Caption: exclusive, Head: []string{"saves a month", "what", "of", "commitment", "risk", "change"}}
	for _, x := range s.All {
		t.Rows = append(t.Rows, []string{preview.USD(x.Monthly).String(), x.What, firstNames(x.Names, asItIs), x.Commitment,
			x.Risk, x.Change})
	}
	return page.Sheet{Title: fmt.Sprintf("%s: %s a month, and how to have it for less", s.Of, s.Month),
		Tables: []page.Table{t}}.Write(w)
}
