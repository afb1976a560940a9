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

// Version is which rung this is and which engines it runs.
type Version struct {
	Rung string `json:"rung"`
	Go   string `json:"go"`
	// Offline is the engine of the offline cloud, AWS that of accounts.
	Offline Engine `json:"offline"`
	AWS     Engine `json:"aws"`
}

// Engine is a Pulumi that works for rung.
type Engine struct {
	// Pulumi is its version; empty where there is none yet.
	Pulumi string `json:"pulumi"`
	// Path is the file of a CLI; empty for an engine that is linked.
	Path string `json:"path,omitempty"`
	// Note says where it comes from, or why there is none.
	Note string `json:"note"`
}

// line is the engine in one line.
func (e Engine) line() string {
	if e.Pulumi == "" {
		return e.Note
	}
	return fmt.Sprintf("Pulumi %s, %s", e.Pulumi, e.Note)
}

// rows are what there is to tell, by what it is.
func (v Version) rows() [][]string {
	return [][]string{{"rung", v.Rung}, {"built with", v.Go}, {"--cloud offline", v.Offline.line()},
		{"--cloud aws", v.AWS.line()}}
}

// JSON writes the version for programs, indented.
func (v Version) JSON(w io.Writer) error { return asjson.Write(w, v) }

// Table writes the version for a terminal.
func (v Version) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	for _, row := range v.rows() {
		p.Line(nil, "%-15s  %s", row[0], row[1])
	}
	return p.Flush(w)
}

// Markdown writes the version as a table.
func (v Version) Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| what | which |\n|---|---|\n")
	for _, row := range v.rows() {
		fmt.Fprintf(&b, "| %s | %s |\n", markdown.Cell(row[0]), markdown.Cell(row[1]))
	}
	return markdown.Write(w, b.String())
}

// HTML writes the version as a page with a table.
func (v Version) HTML(w io.Writer) error {
	return page.Sheet{
		Title:  "rung " + v.Rung,
		Tables: []page.Table{{Caption: "Which engines run", Head: []string{"what", "which"}, Rows: v.rows()}},
	}.Write(w)
}
