package view

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rung-dev/rung/access"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// Access is which rights a stack takes.
type Access struct {
	Stack string `json:"stack"`
	Stage int    `json:"stage"`
	access.Rights
	// TrustPreview and TrustUp are whom the roles trust; nil where nobody asked.
	TrustPreview *access.Trust `json:"trustPreview,omitempty"`
	TrustUp      *access.Trust `json:"trustUp,omitempty"`
}

// titled is a document of AWS's with what it is for.
type titled struct {
	title string
	of    any
}

func (a Access) documents() (all []titled) {
	for _, d := range a.Preview {
		all = append(all, titled{"policy " + d.Name + ", to preview", d.Policy})
	}
	for _, d := range a.Up {
		all = append(all, titled{"policy " + d.Name + ", to preview and bring up", d.Policy})
	}
	for _, c := range a.Days {
		for _, d := range c.Policies {
			all = append(all, titled{"policy " + d.Name + ", for rung " + c.Name, d.Policy})
		}
	}
	if a.TrustPreview != nil {
		all = append(all, titled{"trust of the role that previews", a.TrustPreview})
	}
	if a.TrustUp != nil {
		all = append(all, titled{"trust of the role that brings up", a.TrustUp})
	}
	return all
}

func (a Access) head() string {
	return fmt.Sprintf("what it takes to preview stage %d of stack %s, to bring it up and to work with it", a.Stage,
		a.Stack)
}

// missing says what nobody wrote down.
func (a Access) missing() string {
	if len(a.Unknown) == 0 {
		return ""
	}
	return "The rights of these types are not in it, for nobody wrote down what they take: " + strings.Join(a.Unknown,
		", ")
}

// text is a document of AWS's, indented.
func (t titled) text() string {
	text, _ := json.MarshalIndent(t.of, "", "  ") // plain values: cannot fail
	return string(text)
}

// JSON writes the rights for programs.
func (a Access) JSON(w io.Writer) error {
	a.Preview, a.Up, a.Unknown = listed(a.Preview), listed(a.Up), listed(a.Unknown)
	a.Days = listed(a.Days)
	return asjson.Write(w, a)
}

// Table writes each document after what it is for.
func (a Access) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	p.Line(terminal.Bold, "%s", a.head())
	if missing := a.missing(); missing != "" {
		p.Wrapped(terminal.Warning, "", missing)
	}
	for _, d := range a.documents() {
		p.Blank()
		p.Line(terminal.Bold, "%s", d.title)
		for _, line := range strings.Split(d.text(), "\n") {
			p.Line(nil, "%s", line)
		}
	}
	return p.Flush(w)
}

// Markdown writes each document as a block of code.
func (a Access) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n", markdown.Cell(sentence(a.head())))
	if missing := a.missing(); missing != "" {
		fmt.Fprintf(&b, "\n%s\n", markdown.Cell(missing))
	}
	for _, d := range a.documents() {
		fmt.Fprintf(&b, "\n%s:\n\n```json\n%s\n```\n", markdown.Cell(sentence(d.title)), d.text())
	}
	return markdown.Write(w, b.String())
}

// HTML writes the statements as tables.
func (a Access) HTML(w io.Writer) error {
	sheet := page.Sheet{Title: sentence(a.head()), Intro: a.missing()}
	all := slices.Concat(a.Preview, a.Up)
	for _, c := range a.Days {
		all = append(all, c.Policies...)
	}
	for _, d := range all {
		t := page.Table{Caption: d.Name, Head: []string{"statement", "actions", "resources"}}
		for _, s := range d.Policy.Statement {
			t.Rows = append(t.Rows, []string{s.Sid, strings.Join(s.Action, ", "), strings.Join(s.Resource, ", ")})
		}
		sheet.Tables = append(sheet.Tables, t)
	}
	return sheet.Write(w)
}
