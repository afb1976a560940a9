package view

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// ExitCode is one way in which a command ends.
type ExitCode struct {
	Code int `json:"code"`
	// Name is one word, which never changes.
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
	// Do is what a script or a person does about it.
	Do string `json:"do"`
}

// ExitCodes are all ways in which commands end.
type ExitCodes []ExitCode

func (x ExitCodes) rows() (out [][]string) {
	for _, e := range x {
		out = append(out, []string{strconv.Itoa(e.Code), e.Name, e.Meaning, e.Do})
	}
	return out
}

// JSON writes the codes for programs, indented.
func (x ExitCodes) JSON(w io.Writer) error {
	return asjson.Write(w, map[string]any{"exitCodes": []ExitCode(x)})
}

// Table writes the codes for a terminal.
func (x ExitCodes) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	for _, e := range x {
		p.Line(terminal.Bold, "%d  %-11s  %s", e.Code, e.Name, e.Meaning)
		p.Wrapped(terminal.Faint, "   ", e.Do)
	}
	return p.Flush(w)
}

// Markdown writes the codes as a table.
func (x ExitCodes) Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| code | name | meaning | what to do |\n|---|---|---|---|\n")
	for _, r := range x.rows() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r[0], markdown.Code(r[1]), markdown.Cell(r[2]), markdown.Cell(r[3]))
	}
	return markdown.Write(w, b.String())
}

// HTML writes the codes as a page with a table.
func (x ExitCodes) HTML(w io.Writer) error {
	return page.Sheet{Title: "Exit codes", Tables: []page.Table{
		{Caption: "How commands end", Head: []string{"code", "name", "meaning", "what to do"}, Rows: x.rows()},
	}}.Write(w)
}
