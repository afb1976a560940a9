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

// Types is what the offline cloud simulates, by type token.
type Types struct {
	// Part is what the names hold; empty for all there are.
	Part      string   `json:"part,omitempty"`
	Resources []string `json:"resources"`
	Functions []string `json:"functions"`
}

// count is the sentence that says how many there are.
func (t Types) count() string {
	of := ""
	if t.Part != "" {
		of = fmt.Sprintf(" with %q in their names", t.Part)
	}
	return fmt.Sprintf("%d resource types and %d functions%s are simulated.", len(t.Resources), len(t.Functions), of)
}

// JSON writes the types for programs, indented.
func (t Types) JSON(w io.Writer) error {
	t.Resources, t.Functions = append([]string{}, t.Resources...), append([]string{}, t.Functions...)
	return asjson.Write(w, t)
}

// Table writes the types for a terminal, one a line.
func (t Types) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	for _, x := range t.Resources {
		p.Line(nil, "%s", x)
	}
	for _, x := range t.Functions {
		p.Line(nil, "%s()", x)
	}
	p.Line(terminal.Faint, "%s", t.count())
	return p.Flush(w)
}

// Markdown writes the types as a list.
func (t Types) Markdown(w io.Writer) error {
	var b strings.Builder
	for _, x := range t.Resources {
		fmt.Fprintf(&b, "- %s\n", markdown.Code(x))
	}
	for _, x := range t.Functions {
		fmt.Fprintf(&b, "- %s\n", markdown.Code(x+"()"))
	}
	fmt.Fprintf(&b, "\n%s\n", markdown.Cell(t.count()))
	return markdown.Write(w, b.String())
}

// HTML writes the types as a page with a table of each.
func (t Types) HTML(w io.Writer) error {
	rows := func(of []string) (out [][]string) {
		for _, x := range of {
			out = append(out, []string{x})
		}
		return out
	}
	return page.Sheet{Title: "The offline cloud", Tables: []page.Table{
		{Caption: "Resource types", Head: []string{"type"}, Rows: rows(t.Resources)},
		{Caption: "Functions", Head: []string{"function"}, Rows: rows(t.Functions)},
	}}.Write(w)
}
