package view

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/terminal"
)

// Outputs are what a stack tells once it stands: above all its URL.
type Outputs struct {
	Stack  string         `json:"stack"`
	Stage  int            `json:"stage"`
	Values map[string]any `json:"outputs"`
}

// JSON writes the outputs for programs, indented.
func (o Outputs) JSON(w io.Writer) error { return asjson.Write(w, o) }

// Table writes the outputs for a terminal, the URL first.
func (o Outputs) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	p.Blank()
	p.Line(terminal.Bold, "stack %s stands on stage %d%s", o.Stack, o.Stage, named(o.Stage))
	width := 0
	for k := range o.Values {
		width = max(width, len(k))
	}
	for _, k := range o.keys() {
		p.Line(nil, "  %-*s  %s", width, k, plainValue(o.Values[k]))
	}
	return p.Flush(w)
}

// Markdown writes the outputs as a table.
func (o Outputs) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n**Stack %s stands on stage %d%s**\n\n| output | value |\n|---|---|\n", markdown.Cell(o.Stack),
		o.Stage,
		named(o.Stage))
	for _, k := range o.keys() {
		fmt.Fprintf(&b, "| %s | %s |\n", markdown.Cell(k), markdown.Cell(plainValue(o.Values[k])))
	}
	return markdown.Write(w, b.String())
}

// keys are the names of the outputs: what is a URL comes first.
func (o Outputs) keys() []string {
	isURL := func(k string) int {
		if strings.EqualFold(k, "url") {
			return 0
		}
		return 1
	}
	return slices.SortedFunc(maps.Keys(o.Values), func(a, b string) int {
		return cmp.Or(cmp.Compare(isURL(a), isURL(b)), strings.Compare(a, b))
	})
}

// plainValue writes text as it is and all else as JSON.
func plainValue(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return preview.Value(v)
}
