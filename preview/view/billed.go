package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/rung-dev/rung/bill"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// Billed is a month's bill against an estimate.
type Billed struct {
	// Of says what was estimated: "stage 3", or the name of a file.
	Of string `json:"of"`
	bill.Comparison
	// Causes are the whole deviation by cause, in the bill's currency.
	Causes Causes `json:"causes"`
	// Components are the same by component, the dearest first.
	Components []Causes `json:"components"`
}

// Causes are a deviation with its parts.
type Causes struct {
	Component   string        `json:"component,omitempty"`
	Estimated   preview.Money `json:"estimated"`
	Billed      preview.Money `json:"billed"`
	Usage       preview.Money `json:"usage"`
	Price       preview.Money `json:"price"`
	Discount    preview.Money `json:"discount"`
	NotModelled preview.Money `json:"notModelled"`
}

// NewBilled makes a document of a comparison.
func NewBilled(of string, c bill.Comparison) Billed {
	b := Billed{Of: of, Comparison: c, Causes: causesOf(c.Sum()), Components: []Causes{}}
	for _, r := range c.Components() {
		b.Components = append(b.Components, causesOf(r))
	}
	return b
}

func causesOf(r bill.Row) Causes {
	return Causes{r.Component, preview.USD(r.Estimated), preview.USD(r.Billed), preview.USD(r.Usage), preview.USD(r.Price),
		preview.USD(r.Discount), preview.USD(r.NotModelled)}
}

// JSON writes the comparison for programs, indented.
func (b Billed) JSON(w io.Writer) error { return asjson.Write(w, b) }

// headline says the whole in one line.
func (b Billed) headline() string {
	return fmt.Sprintf("%s: %s billed in %s, %s estimated for those %s hours, %s", b.Of, b.money(b.Causes.Billed), b.Month,
		b.money(b.Causes.Estimated), b.Hours, b.signed(b.Causes.Billed.Minus(b.Causes.Estimated)))
}

// money writes an amount in the bill's currency.
func (b Billed) money(m preview.Money) string {
	if b.Currency == "USD" {
		return m.String()
	}
	return strings.Replace(m.String(), "$", b.Currency+" ", 1)
}

func (b Billed) signed(m preview.Money) string {
	if m.Round(2).IsPositive() {
		return "+" + b.money(m)
	}
	return b.money(m)
}

// why names the parts of a deviation that are not nothing.
func (b Billed) why(c Causes) string {
	var parts []string
	for _, p := range []struct {
		name  string
		money preview.Money
	}{{"usage", c.Usage}, {"price", c.Price}, {"discount", c.Discount}, {"not modelled", c.NotModelled}} {
		if !p.money.Free() {
			parts = append(parts, p.name+" "+b.signed(p.money))
		}
	}
	if len(parts) == 0 {
		return "as estimated"
	}
	return strings.Join(parts, ", ")
}

// rowOf is one thing with its names.
func (b Billed) thing(r bill.Row, quote func(string) string) string {
	text := firstNames(r.Names, quote) + ": " + r.Thing
	if r.ByMeter {
		text += " (by its meter)"
	}
	return text
}

// beside says what the bill has that is not of the stack.
func (b Billed) beside() []string {
	var out []string
	for _, of := range []struct {
		what string
		all  []bill.Other
	}{{"of the account", b.Account}, {"of resources that the stack does not have", b.Elsewhere}} {
		var names []string
		sum := preview.Money{}
		for _, o := range of.all {
			sum = sum.Plus(preview.USD(o.Billed))
			names = append(names, string(o.Kind)+" of "+o.Product)
		}
		if len(names) > 0 {
			out = append(out, fmt.Sprintf("Besides, %s %s, not counted here: %s.", b.money(sum), of.what, firstNames(names,
				asItIs)))
		}
	}
	return out
}

// Table writes the comparison for a terminal.
func (b Billed) Table(w io.Writer, style terminal.Style) error {
	p := newPaper(style)
	p.Wrapped(terminal.Bold, "", b.headline())
	p.Wrapped(nil, "  ", b.why(b.Causes))
	p.Blank()
	for _, c := range b.Components {
		p.Line(terminal.Bold, "%s", terminal.Left(asItIs(orNone(c.Component)), p.Width-2*terminal.Amount)+
			terminal.Right(b.money(c.Estimated), terminal.Amount)+terminal.Right(b.money(c.Billed), terminal.Amount))
		for _, r := range b.Rows {
			if r.Component != c.Component {
				continue
			}
			p.Line(nil, "%s", terminal.Left("  "+b.thing(r, asItIs), p.Width-2*terminal.Amount)+
				terminal.Right(b.money(preview.USD(r.Estimated)), terminal.Amount)+terminal.Right(b.money(preview.USD(r.Billed)),
				terminal.Amount))
			if r.Cause() != "" {
				p.Wrapped(terminal.Faint, "    ", b.why(causesOf(r)))
			}
		}
	}
	for _, line := range b.beside() {
		p.Blank()
		p.Wrapped(terminal.Faint, "", line)
	}
	return p.Flush(w)
}

// orNone names what is of no component.
func orNone(component string) string {
	if component == "" {
		return "(no component)"
	}
	return component
}

// rows are the cells of a table, the largest deviation first.
func (b Billed) rows(quote func(string) string) [][]string {
	var out [][]string
	for _, r := range b.Rows {
		out = append(out, []string{orNone(r.Component), b.thing(r, quote), b.money(preview.USD(r.Estimated)),
			b.money(preview.USD(r.Billed)), b.signed(preview.USD(r.Deviation())), b.why(causesOf(r))})
	}
	return out
}

var billedHead = []string{"component", "what", "estimated", "billed", "difference", "why"}

// Markdown writes the comparison as a table.
func (b Billed) Markdown(w io.Writer) error {
	var out strings.Builder
	fmt.Fprintf(&out, "### %s\n\n%s\n\n| %s |\n|---|---|---:|---:|---:|---|\n", markdown.Cell(b.headline()), b.why(b.Causes),
		strings.Join(billedHead, " | "))
	for _, cells := range b.rows(asItIs) {
		for i := range cells {
			cells[i] = markdown.Cell(cells[i])
		}
		fmt.Fprintf(&out, "| %s |\n", strings.Join(cells, " | "))
	}
	for _, line := range b.beside() {
		fmt.Fprintf(&out, "\n%s\n", markdown.Cell(line))
	}
	return markdown.Write(w, out.String())
}

// HTML writes the comparison as a page with a table.
func (b Billed) HTML(w io.Writer) error {
	t := page.Table{Caption: strings.Join(b.beside(), " "), Head: billedHead, Rows: b.rows(asItIs)}
	return page.Sheet{Title: b.headline() + ": " + b.why(b.Causes), Tables: []page.Table{t}}.Write(w)
}
