package preview

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/rung-dev/rung/outside/legible"
	"github.com/rung-dev/rung/stacks/ladder"
)

//go:embed html
var htmlFiles embed.FS

var (
	htmlPages = template.Must(template.New("page").Funcs(template.FuncMap{"short": shortType, "inc": func(i int) int {
		return i + 1
	}}).ParseFS(htmlFiles, "html/*.tmpl"))
	htmlStyle  = mustRead("html/style.css")
	htmlScript = mustRead("html/script.js")
)

func mustRead(name string) string {
	b, err := htmlFiles.ReadFile(name)
	if err != nil {
		panic(err) // it is part of the program
	}
	return string(b)
}

// sheet is one HTML page. Whatever is nil or empty is left out.
type sheet struct {
	Title, Lead string
	// Stages are the ladder with the way that the plan takes on it.
	Stages []stageMark
	// Counts say how many resources change in which way.
	Counts  []mark
	Verdict *notice
	Notices []notice
	Facts   []fact
	Drawing *drawing
	Changes []htmlSection
	Money   *htmlCost
	Tables  []htmlTable
}

// stageMark is a stage of the ladder: "from", "to", "between" or nothing.
type stageMark struct {
	Number int
	Name   string
	Mark   string
}

// mark is an operation with its sign and its word, never told by colour alone.
type mark struct {
	Op     Op
	Symbol string
	Text   string
}

func markOf(op Op, format string, args ...any) mark {
	return mark{Op: op, Symbol: symbol(op), Text: fmt.Sprintf(format, args...)}
}

// notice is what stands in the way, or what else was said. Its class is
// "stop", "warn", "note" or "good".
type notice struct {
	Class, Title string
	Items        []noticeItem
}

// noticeItem is one sentence and the resource or rule that it is about.
type noticeItem struct{ About, Text string }

// fact is one figure with what it says.
type fact struct{ Label, Value, Note string }

// htmlTable is a plain table. The first column names the row.
type htmlTable struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// HTML writes the report as one page that needs nothing else: no network, no
// script to be read. The same report is always written in the same way.
func (r Report) HTML(w io.Writer) error {
	p := sheet{
		Title: headline(r), Lead: summary(r), Stages: stagesOf(r.From, r.To), Counts: counts(r.Resources),
		Verdict: standing(r), Notices: notices(r), Facts: facts(r.Cost, r.Budget, true),
		Drawing: drawingOf(nodesOf(sections(r)), r.Cost, r.cloudFront()),
		Changes: htmlSections(r), Money: htmlCostOf(r.Cost, r.Budget, sections(r)),
	}
	if len(r.Outputs) > 0 {
		p.Tables = append(p.Tables, outputsTable("What the stack tells", Outputs{Values: r.Outputs}))
	}
	return p.write(w)
}

// HTML writes the bill as one page that needs nothing else.
func (b Bill) HTML(w io.Writer) error {
	p := sheet{
		Title: fmt.Sprintf("%s: %s a month", b.Of, b.Cost.To), Stages: stagesOf(b.Stage, b.Stage),
		Facts: facts(b.Cost, b.Budget, false), Money: htmlCostOf(b.Cost, b.Budget, nil),
		Drawing: drawingOf(b.nodes(), b.Cost, b.cloudFront()),
	}
	if b.OverBudget() {
		p.Verdict = overBudget(*b.Budget)
	}
	return p.write(w)
}

// write fills the page. What it holds may run nothing but the page's own
// script and load nothing at all, so that a hostile name can do no harm even
// where escaping failed.
func (p sheet) write(w io.Writer) error {
	var b strings.Builder
	err := htmlPages.ExecuteTemplate(&b, "page", map[string]any{
		"Page":   p,
		"Style":  template.CSS(htmlStyle),
		"Script": template.JS(htmlScript),
		"Policy": fmt.Sprintf("default-src 'none'; img-src data:; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'",
			fingerprint(htmlStyle), fingerprint(htmlScript)),
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

// stagesOf is the ladder with the way from one stage to another; none for a stack
// that is not rung's.
func stagesOf(from, to *int) []stageMark {
	if from == nil && to == nil {
		return nil
	}
	var list []stageMark
	for _, s := range ladder.Stages() {
		list = append(list, stageMark{Number: int(s.Number), Name: s.Name, Mark: wayMark(int(s.Number), from, to)})
	}
	return list
}

func wayMark(n int, from, to *int) string {
	low, high := 0, 0
	if from != nil {
		low = *from
	}
	if to != nil {
		high = *to
	}
	switch {
	case n == high:
		return "to"
	case n == low:
		return "from"
	case n > min(low, high) && n < max(low, high):
		return "between"
	}
	return ""
}

func counts(r Resources) []mark {
	all := []mark{
		markOf(Create, "%d to create", r.Create), markOf(Update, "%d to update", r.Update),
		markOf(Replace, "%d to replace", r.Replace), markOf(Delete, "%d to delete", r.Delete),
		markOf(Same, "%d unchanged", r.Same),
	}
	number := []int{r.Create, r.Update, r.Replace, r.Delete, r.Same}
	var some []mark
	for i, m := range all {
		if number[i] > 0 {
			some = append(some, m)
		}
	}
	return some
}

// anchor is a name as an address within the page.
func anchor(name string) string {
	return "c-" + strings.Map(func(c rune) rune {
		if c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return '_'
	}, name)
}
