package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/terminal"
)

// Comment is a change as a comment of a pull request says it: what stops it first,
// then what it replaces and deletes, then the money, ten resources and the rest in
// sums. It is short whatever the change is.
type Comment struct {
	// Bill is of a change.
	Bill preview.Bill `json:"bill"`
	// Stops are the reasons for which the change must not pass.
	Stops []string `json:"stops"`
	// Ops counts the resources by what happens to them, and Replaced and Deleted are
	// their names.
	Ops               map[string]int `json:"ops"`
	Replaced, Deleted []string       `json:"-"`
	// Page is the address of the whole report; empty for none.
	Page string `json:"page,omitempty"`
}

// Bounds that keep a comment under what a forge takes, however large the change is.
const (
	shownNames  = 20
	shownStops  = 15
	shownSums   = 15
	longestName = 120
)

// JSON writes the comment's content for programs, indented.
func (c Comment) JSON(w io.Writer) error { return asjson.Write(w, c) }

// Table writes the same as Markdown: a comment has one form.
func (c Comment) Table(w io.Writer, _ terminal.Style) error { return c.Markdown(w) }

// HTML writes the bill, which is the page that a comment leads to.
func (c Comment) HTML(w io.Writer) error { return Bill(c.Bill).HTML(w) }

// Markdown writes the comment.
func (c Comment) Markdown(w io.Writer) error {
	var b strings.Builder
	cost := c.Bill.Cost
	fmt.Fprintf(&b, "### %s\n", c.verdict())
	for _, s := range c.Stops[:min(shownStops, len(c.Stops))] {
		fmt.Fprintf(&b, "\n> [!CAUTION]\n> %s\n", markdown.Cell(short(s, 1_000)))
	}
	if rest := len(c.Stops) - shownStops; rest > 0 {
		fmt.Fprintf(&b, "\nand %d more reasons against it\n", rest)
	}
	mdNames(&b, "Replaced", c.Replaced)
	mdNames(&b, "Deleted", c.Deleted)
	fmt.Fprintf(&b, "\n**%s → %s a month (%s)**%s\n", cost.From, cost.Headline(), changed(cost.Delta), c.counted())
	mdSpan(&b, cost)
	mdBudget(&b, c.Bill.Budget)
	if len(c.Bill.Changes) > 0 {
		c.mdTop(&b)
		c.mdRest(&b)
	}
	if c.Page != "" {
		fmt.Fprintf(&b, "\n[The whole report](%s)\n", strings.NewReplacer("(", "%28", ")", "%29", " ",
			"%20").Replace(short(c.Page, 1_000)))
	}
	return markdown.Write(w, b.String())
}

// verdict is the first line: what stops the change, else what it does.
func (c Comment) verdict() string {
	switch {
	case len(c.Stops) > 0:
		return "🛑 This change should not pass"
	case len(c.Replaced)+len(c.Deleted) > 0:
		return "⚠️ " + c.lost()
	case c.Bill.Cost.Delta.Free():
		return "The month costs as before"
	}
	return "The month changes by " + c.Bill.Cost.Delta.Signed()
}

// lost says how many resources are replaced, deleted, or both.
func (c Comment) lost() string {
	switch {
	case len(c.Deleted) == 0:
		return "Replaces " + count(len(c.Replaced))
	case len(c.Replaced) == 0:
		return "Deletes " + count(len(c.Deleted))
	}
	return fmt.Sprintf("Replaces %d and deletes %s", len(c.Replaced), count(len(c.Deleted)))
}

// counted says how many resources are made, changed, replaced and deleted.
func (c Comment) counted() string {
	var out []string
	for _, op := range []string{"create", "update", "replace", "delete"} {
		if n := c.Ops[op]; n > 0 {
			out = append(out, fmt.Sprintf("%d to %s", n, op))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " · " + strings.Join(out, ", ")
}

// mdTop lists the resources that change the month most.
func (c Comment) mdTop(b *strings.Builder) {
	shown, _, _ := fewDeltas(c.Bill.Changes)
	b.WriteString("\n| resource | before | after | change |\n|---|---:|---:|---:|\n")
	for _, d := range shown {
		fmt.Fprintf(b, "| %s (%s) | %s | %s | %s |\n", markdown.Code(short(d.Name, longestName)),
			markdown.Cell(preview.ShortType(d.Type)),
			d.From, d.To, d.Delta.Signed())
	}
}

// mdRest sums the others up per component.
func (c Comment) mdRest(b *strings.Builder) {
	shown, rest, sum := fewDeltas(c.Bill.Changes)
	if rest == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%d more, %s together</summary>\n\n| component | resources | change "+
		"|\n|---|---:|---:|\n", rest, changed(sum))
	type total struct {
		name  string
		n     int
		delta preview.Money
	}
	var all []total
	at := map[string]int{}
	for _, d := range c.Bill.Changes[len(shown):] {
		i, known := at[d.Component]
		if !known {
			i = len(all)
			at[d.Component] = i
			all = append(all, total{name: d.Component})
		}
		all[i].n++
		all[i].delta = all[i].delta.Plus(d.Delta)
	}
	slices.SortStableFunc(all, func(x, y total) int { return y.delta.Abs().Cmp(x.delta.Abs()) })
	others := total{name: "others"}
	for i, t := range all {
		if i >= shownSums {
			others.n, others.delta = others.n+t.n, others.delta.Plus(t.delta)
			continue
		}
		if t.name == "" {
			t.name = "(no component)"
		}
		fmt.Fprintf(b, "| %s | %d | %s |\n", markdown.Cell(short(t.name, longestName)), t.n, t.delta.Signed())
	}
	if others.n > 0 {
		fmt.Fprintf(b, "| %s | %d | %s |\n", others.name, others.n, others.delta.Signed())
	}
	b.WriteString("\n</details>\n")
}

// mdNames lists names in one line, the first of them.
func mdNames(b *strings.Builder, title string, all []string) {
	if len(all) == 0 {
		return
	}
	var names []string
	for _, n := range all[:min(shownNames, len(all))] {
		names = append(names, markdown.Code(short(n, longestName)))
	}
	if rest := len(all) - len(names); rest > 0 {
		names = append(names, fmt.Sprintf("and %d more", rest))
	}
	fmt.Fprintf(b, "\n**%s:** %s\n", title, strings.Join(names, ", "))
}

// short cuts a text at so many bytes, between two letters.
func short(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
