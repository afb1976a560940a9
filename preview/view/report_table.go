package view

import (
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/drawing"
	"github.com/rung-dev/rung/preview/terminal"
)

// picture draws the stage as it would be: one box for each component, marked as
// new, changed or going. A stack with a single component needs none.
func (p paper) picture(r preview.Report) {
	boxes := map[string]drawing.Box{}
	for _, s := range sections(r) {
		if s.component != "" {
			boxes[s.component] = boxOf(s)
		}
	}
	if len(boxes) < 2 || r.To == nil {
		return
	}
	drawing.Tiers(p.Page, boxes, r.Cost.Regions)
}

// Table writes the report for a terminal: what changes per component, the
// month, and last, where it is read first, what stands in the way.
func (x Report) Table(w io.Writer, style terminal.Style) error {
	r := preview.Report(x)
	p := newPaper(style)
	p.Line(terminal.Bold, "%s", headline(r))
	p.Line(nil, "%s", summary(r))
	p.picture(r)
	p.changes(r)
	p.money(r.Cost, true)
	p.budgetLeft(r.Budget)
	p.unpriced(r.Cost)
	p.protections(r.Protections)
	p.diagnostics(r.Diagnostics)
	p.overBudget(r.Budget)
	p.violations(r.Policies)
	p.blocked(r.Blocked)
	return p.Flush(w)
}

func (p paper) changes(r preview.Report) {
	all := sections(r)
	if len(all) == 0 {
		return
	}
	p.Blank()
	p.Line(terminal.Faint, "%s%s%s%s", terminal.Left("  ◆ holds data", 4+p.Name+p.Type),
		terminal.Right("month now", terminal.Amount), terminal.Right("then", terminal.Amount),
		terminal.Right("change", terminal.Amount+2))
	for _, s := range all {
		p.section(s)
	}
}

func (p paper) section(s section) {
	name := s.component
	if name == "" {
		name = "(no component)"
	}
	p.Line(terminal.Bold, "%s%s", terminal.Left(name, 4+p.Name+p.Type), p.amounts(s.before, s.after))
	for _, r := range s.rows {
		p.row(r)
	}
}

func (p paper) row(r row) {
	label := terminal.Left(r.name, p.Name) + terminal.Left(r.typ, p.Type)
	switch {
	case r.holdsData:
		label = terminal.Left(text.Snip(r.name, p.Name-3, "…")+" ◆", p.Name) + terminal.Left(r.typ, p.Type)
	case r.typ == "":
		label = terminal.Left(r.name, p.Name+p.Type)
	}
	amounts := p.amounts(r.before, r.after)
	if amounts == "" && r.unknown != "" {
		amounts = terminal.Right(r.unknown, 2*terminal.Amount)
	}
	if amounts == "" && r.typ == "" && !r.holdsData { // with the room of what is not there
		label = terminal.Left(r.name, p.Width-4)
	}
	p.Line(terminal.Colors(r.op), "  %s %s%s", r.op.Symbol(), label, amounts)
	if r.why != "" {
		p.Wrapped(terminal.Faint, "      ", r.why)
	}
}

// amounts are the three columns of money; what does not exist is a dash, and
// where there is no money at all there are no columns.
func (p paper) amounts(before, after preview.Money) string {
	if before.Free() && after.Free() {
		return ""
	}
	dash := func(m preview.Money) string {
		if m.Free() {
			return "–"
		}
		return m.String()
	}
	change := after.Minus(before)
	return terminal.Right(dash(before), terminal.Amount) + terminal.Right(dash(after),
		terminal.Amount) + terminal.Right(change.Signed(), terminal.Amount+2)
}

// money writes the totals. A comparison also shows the month before.
func (p paper) money(c preview.Cost, compare bool) {
	p.Blank()
	if compare && !(c.From.Free() && c.To.Free()) {
		p.Line(terminal.Bold, "%s%s", terminal.Left("a month in "+c.Currency, 4+p.Name+p.Type), p.amounts(c.From, c.To))
	} else {
		p.Line(terminal.Bold, "a month in %s: %s", c.Currency, c.Headline())
	}
	if missing := c.Missing(); missing != "" {
		p.Wrapped(terminal.Warning, "  ", missing)
	}
	if span := c.Span(); span != "" {
		p.Line(nil, "  %s, as size and usage vary", span)
	}
	p.band(c.SeedBand)
	if c.PerThousandUsers != nil {
		p.Line(nil, "  %s per 1,000 users, %s per million requests", c.PerThousandUsers, c.PerMillionRequests)
	}
	for _, s := range c.Regional() {
		if s.High.Minus(s.Low).Free() {
			p.Line(nil, "  %s in %s", s.Monthly, s.Region)
			continue
		}
		p.Line(nil, "  %s in %s, between %s and %s", s.Monthly, s.Region, s.Low, s.High)
	}
	if !c.To.Free() {
		p.Line(nil, "  %s %% of it from prices with a source and a date", c.SourcedPercent)
	}
	if c.FallbackPercent != "" {
		p.Wrapped(nil, "  ", elsewhere(c))
	}
	if c.OwnPrices != nil {
		p.Line(nil, "  %s", c.OwnPrices)
	}
	p.Line(nil, "  %s", outside(c))
}

// outside says in words how much of the stack is not in the total.
func outside(c preview.Cost) string {
	all := []string{count(len(c.Free)) + " free"}
	if n := len(c.UsageBased); n > 0 {
		all = append(all, count(n)+" paid by a usage that is not known")
	}
	if n := len(c.Unpriced); n > 0 {
		all = append(all, count(n)+" without a price")
	}
	return strings.Join(all, ", ")
}

func (p paper) band(b *preview.SeedBand) {
	if b == nil {
		return
	}
	c := text.Colors{text.FgGreen}
	if b.Verdict != "inside" {
		c = terminal.Warning
	}
	p.Line(c, "  %s the range that is usual for this stage, %s", b.Verdict, b)
	if beyond := b.Beyond(); beyond != "" {
		p.Line(nil, "  %s", beyond)
	}
}

func (p paper) unpriced(c preview.Cost) {
	p.notes("NOT IN THE TOTAL: no price", c.Unpriced)
	p.notes("not in the total: depends on usage", c.UsageBased)
}

func (p paper) notes(title string, all []preview.Note) {
	if len(all) == 0 {
		return
	}
	p.Blank()
	p.Line(terminal.Warning, "%s", title)
	for _, n := range remarks(all) {
		p.Wrapped(nil, "  ", n.subject(asItIs)+": "+n.reason)
	}
}

func asItIs(name string) string { return name }

func (p paper) diagnostics(all []preview.Diagnostic) {
	if len(all) == 0 {
		return
	}
	p.Blank()
	for _, d := range all {
		c := terminal.Warning
		if d.Severity == "error" {
			c = terminal.Alarm
		}
		p.Hanging(c, sentenceOf(d))
	}
}

func (p paper) budgetLeft(b *preview.Budget) {
	if b != nil && !b.Over {
		p.Line(nil, "  %s of the budget of %s left (rung:budget)", b.Limit.Minus(b.Expected), b.Limit)
	}
}

func (p paper) overBudget(b *preview.Budget) {
	if b != nil && b.Over {
		p.Blank()
		p.Line(terminal.Alarm, "OVER BUDGET: %s a month expected, %s allowed (rung:budget)", b.Expected, b.Limit)
	}
}

func (p paper) blocked(all []preview.Blocked) {
	if len(all) == 0 {
		return
	}
	p.Blank()
	p.Line(terminal.Alarm, "STOPPED BY THE DATA GUARD: THIS PLAN LOSES DATA")
	for _, b := range all {
		p.Line(terminal.Alarm, "  %s %s (%s)", blockedWord(b.Op), b.Name, preview.ShortType(b.Type))
		p.Wrapped(nil, "      ", b.Message)
	}
}

func blockedWord(op string) string {
	switch preview.Op(op) {
	case preview.Replace:
		return "± REPLACE"
	case preview.Create:
		return "+ MAKE ANEW, EMPTY"
	}
	return "- DELETE"
}
