// Package page writes an HTML page that needs nothing else: no network, and no script to be
// read. It has the templates, the style sheet and the content security policy that allows
// these and nothing more; what the page says stands in the package view.
package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/rung-dev/rung/outside/legible"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/drawing"
)

//go:embed html
var files embed.FS

var (
	templates = template.Must(template.New("page").Funcs(template.FuncMap{"short": preview.ShortType,
		"inc": func(i int) int {
			return i + 1
		}}).ParseFS(files, "html/*.tmpl"))
	style  = mustRead("html/style.css") + mustRead("html/ladder.css")
	script = mustRead("html/script.js")
)

func mustRead(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is part of the program
	}
	return string(b)
}

// Sheet is one HTML page. Whatever is nil or empty is left out.
type Sheet struct {
	Title, Lead string
	// Stages are the ladder with the way that the plan takes on it.
	Stages []Stage
	// Counts say how many resources change in which way.
	Counts  []Mark
	Verdict *Notice
	Notices []Notice
	Facts   []Fact
	Drawing *drawing.Drawing
	// Intro is a paragraph below the title, Ladder the stages from the first to the last.
	Intro   string
	Ladder  *Ladder
	Changes []Section
	Money   *Cost
	Plots   []Plot
	Tables  []Table
}

// Stage is a stage of the ladder: "from", "to", "between" or nothing.
type Stage struct {
	Number int
	Name   string
	Mark   string
}

// Mark is an operation with its sign and its word, never told by colour alone.
type Mark struct {
	Op     preview.Op
	Symbol string
	Text   string
}

// MarkOf is an operation with its sign, and what is said of it.
func MarkOf(op preview.Op, format string, args ...any) Mark {
	return Mark{Op: op, Symbol: op.Symbol(), Text: fmt.Sprintf(format, args...)}
}

// Notice is what stands in the way, or what else was said. Its class is
// "stop", "warn", "note" or "good".
type Notice struct {
	Class, Title string
	Items        []Item
}

// Item is one sentence and the resource or rule that it is about.
type Item struct{ About, Text string }

// Fact is one figure with what it says.
type Fact struct{ Label, Value, Note string }

// Table is a plain table. The first column names the row.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// Write fills the page. What it holds may run nothing but the page's own
// script and load nothing at all, so that a hostile name can do no harm even
// where escaping failed.
func (p Sheet) Write(w io.Writer) error {
	var b strings.Builder
	err := templates.ExecuteTemplate(&b, "page", map[string]any{
		"Page":   p,
		"Style":  template.CSS(style),
		"Script": template.JS(script),
		"Policy": fmt.Sprintf("default-src 'none'; img-src data:; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'",
			fingerprint(style), fingerprint(script)),
	})
	if err != nil {
		return fmt.Errorf("write the HTML page: %w", err)
	}
	_, err = io.WriteString(w, legible.Text(b.String()))
	return err
}

// fingerprint is by what a content security policy knows a text.
func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Anchor is a name as an address within the page.
func Anchor(name string) string {
	return "c-" + strings.Map(func(c rune) rune {
		if c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return '_'
	}, name)
}
