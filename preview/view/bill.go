package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/drawing"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/stacks/parts"
)

// elsewhere says in words how much is at prices of another region.
func elsewhere(c preview.Cost) string {
	return c.FallbackPercent +
		" % of it at prices of us-east-1, as those of its region are not known (`rung prices refresh --regions …` finds them)"
}

// shortQuantity rounds a quantity for people: three places are enough.
func shortQuantity(q decimal.Decimal) string { return q.Round(3).String() }

// Bill is a bill as people and programs read it.
type Bill preview.Bill

// Bill is the bill itself.
func (x Bill) Bill() preview.Bill { return preview.Bill(x) }

// JSON writes the bill for programs, indented.
func (x Bill) JSON(w io.Writer) error { return asjson.Write(w, preview.Bill(x)) }

// Markdown writes the bill as a table.
func (b Bill) Markdown(w io.Writer) error {
	var s strings.Builder
	fmt.Fprintf(&s, "### %s: %s a month%s\n", markdown.Cell(b.Of), b.Cost.Headline(), since(preview.Bill(b)))
	if b.Partial != "" {
		fmt.Fprintf(&s, "\n> [!WARNING]\n> **Only a part of the stack:** %s.\n", markdown.Cell(b.Partial))
	}
	mdBudget(&s, b.Budget)
	if b.Stopped != "" {
		fmt.Fprintf(&s, "\n> [!CAUTION]\n> **%s**\n", markdown.Cell(b.Stopped))
	}
	if b.Compared {
		mdDeltas(&s, b.Changes)
	}
	b.mdBeside(&s)
	mdCost(&s, b.Cost)
	return markdown.Write(w, s.String())
}

// mdBeside says the month in another currency, and by a tag.
func (b Bill) mdBeside(s *strings.Builder) {
	if b.Converted != nil {
		fmt.Fprintf(s, "\n%s\n", markdown.Cell(b.Converted.String()))
	}
	if b.Tagged == nil {
		return
	}
	fmt.Fprintf(s, "\n| %s | a month |\n|---|---:|\n", markdown.Cell(b.Tagged.Key))
	for _, t := range b.Tagged.Sums {
		fmt.Fprintf(s, "| %s | %s |\n", markdown.Cell(t.String()), t.Monthly)
	}
}

// beside says the same on paper.
func (p paper) beside(b Bill) {
	if b.Converted != nil {
		p.Line(nil, "  %s", b.Converted)
	}
	if b.Tagged == nil {
		return
	}
	p.Blank()
	p.Line(terminal.Bold, "by the tag %s", asItIs(b.Tagged.Key))
	for _, t := range b.Tagged.Sums {
		p.Line(nil, "%s%s", terminal.Left("  "+asItIs(t.String()), p.Width-terminal.Amount),
			terminal.Right(t.Monthly.String(), terminal.Amount))
	}
}

// Table writes the bill for a terminal, per component, line by line.
func (b Bill) Table(w io.Writer, style terminal.Style) error {
	p := newPaper(style)
	p.Line(terminal.Bold, "%s", b.Of)
	if b.Partial != "" {
		p.Wrapped(terminal.Alarm, "", "ONLY A PART OF THE STACK: "+b.Partial)
	}
	for _, g := range groups(b.Cost.Lines) {
		p.Blank()
		p.Line(terminal.Bold, "%s%s", terminal.Left(g.component, p.Width-terminal.Amount),
			terminal.Right(g.sum.String(), terminal.Amount))
		rows := alike(g.lines)
		for i, l := range rows {
			p.billLine(l, i > 0 && rows[i-1].URN == l.URN)
		}
	}
	p.deltas(preview.Bill(b))
	p.money(b.Cost, false)
	p.beside(b)
	p.budgetLeft(b.Budget)
	p.unpriced(b.Cost)
	p.overBudget(b.Budget)
	if b.Stopped != "" {
		p.Wrapped(terminal.Alarm, "", "STOPPED: "+b.Stopped)
	}
	return p.Flush(w)
}

// since says in parentheses what a change does to the month; empty where there is
// no month before.
func since(b preview.Bill) string {
	if !b.Compared {
		return ""
	}
	return fmt.Sprintf(" (%s, from %s)", changed(b.Cost.Delta), b.Cost.From)
}

// changed is an amount with its sign, or words for none.
func changed(m preview.Money) string {
	if m.Free() {
		return "as before"
	}
	return m.Signed()
}

// shownDeltas is how many of the resources that change are listed one by one.
const shownDeltas = 10

// deltas lists what changes the month most.
func (p paper) deltas(b preview.Bill) {
	if !b.Compared {
		return
	}
	p.Blank()
	p.Line(terminal.Bold, "%s%s", terminal.Left("what changes", p.Width-terminal.Amount),
		terminal.Right(b.Cost.Delta.Signed(), terminal.Amount))
	shown, rest, sum := fewDeltas(b.Changes)
	for _, d := range shown {
		p.Line(nil, "  %s%s", terminal.Left(d.Name+" ("+preview.ShortType(d.Type)+")", p.Width-2-terminal.Amount),
			terminal.Right(d.Delta.Signed(), terminal.Amount))
	}
	if rest > 0 {
		p.Line(nil, "  %s%s", terminal.Left(fmt.Sprintf("%d more", rest), p.Width-2-terminal.Amount),
			terminal.Right(sum.Signed(), terminal.Amount))
	}
}

// fewDeltas are the first of a list, and the number and the sum of the rest.
func fewDeltas(all []preview.Delta) (shown []preview.Delta, rest int, sum preview.Money) {
	shown = all[:min(shownDeltas, len(all))]
	for _, d := range all[len(shown):] {
		sum = sum.Plus(d.Delta)
	}
	return shown, len(all) - len(shown), sum
}

// mdDeltas is deltas as a table.
func mdDeltas(b *strings.Builder, all []preview.Delta) {
	if len(all) == 0 {
		b.WriteString("\nNothing changes what the month costs.\n")
		return
	}
	b.WriteString("\n| resource | before | after | change |\n|---|---:|---:|---:|\n")
	shown, rest, sum := fewDeltas(all)
	for _, d := range shown {
		fmt.Fprintf(b, "| %s (%s) | %s | %s | %s |\n", markdown.Code(d.Name), markdown.Cell(preview.ShortType(d.Type)),
			d.From, d.To, d.Delta.Signed())
	}
	if rest > 0 {
		fmt.Fprintf(b, "| %d more | | | %s |\n", rest, sum.Signed())
	}
}

// billLine shows one item; a resource's name stands on its first line only.
func (p paper) billLine(l preview.Line, again bool) {
	calculation := 34 // "1,234.567 million requests × $0.0104"
	if p.Width < 80 {
		calculation = 24
	}
	name := l.Name
	if again {
		name = ""
	}
	rest := p.Width - 2 - calculation - terminal.Amount
	nameWidth := rest * 9 / 20
	p.Line(nil, "  %s%s%s%s", terminal.Left(name, nameWidth), terminal.Left(l.Item, rest-nameWidth),
		terminal.Right(text.Snip(shortQuantity(l.Quantity)+" "+l.Unit+" × $"+l.Price.String(), calculation, "…"),
			calculation),
		terminal.Right(l.Monthly.String(), terminal.Amount))
	if l.Note != "" {
		p.Wrapped(terminal.Faint, "      ", l.Note)
	}
}

// alike puts the lines of several resources that differ in nothing but the
// quantity into one, at the end: nobody wants to read each alarm.
func alike(lines []preview.Line) []preview.Line {
	key := func(l preview.Line) string {
		return strings.Join([]string{l.Type, l.Item, l.Unit, l.Price.String(), l.Note}, "\n")
	}
	count := map[string]int{}
	for _, l := range lines {
		count[key(l)]++
	}
	var single, folded []preview.Line
	at := map[string]int{}
	for _, l := range lines {
		k := key(l)
		if count[k] < drawing.FoldFrom {
			single = append(single, l)
			continue
		}
		if i, again := at[k]; again {
			folded[i] = together(folded[i], l)
			continue
		}
		at[k] = len(folded)
		l.URN, l.Name = k, fmt.Sprintf("%d × %s", count[k], preview.ShortType(l.Type))
		folded = append(folded, l)
	}
	return append(single, folded...)
}

// together adds the quantity and the money of b to a.
func together(a, b preview.Line) preview.Line {
	a.Quantity = a.Quantity.Add(b.Quantity)
	a.Monthly, a.Low, a.High = a.Monthly.Plus(b.Monthly), a.Low.Plus(b.Low), a.High.Plus(b.High)
	return a
}

// group is the lines of one component.
type group struct {
	component string
	sum       preview.Money
	lines     []preview.Line
}

func groups(lines []preview.Line) []group {
	at := map[string]int{}
	var out []group
	for _, l := range lines {
		name := l.Component
		if name == "" {
			name = "(no component)"
		}
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, group{component: name})
		}
		out[i].sum = out[i].sum.Plus(l.Monthly)
		out[i].lines = append(out[i].lines, l)
	}
	slices.SortFunc(out, func(a, b group) int { return parts.Compare(a.component, b.component) })
	return out
}
