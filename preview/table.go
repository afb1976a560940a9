package preview

import (
	"io"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rung-dev/rung/stacks/ladder"
)

// The colours of a table.
var (
	bold    = text.Colors{text.Bold}
	faint   = text.Colors{text.Faint}
	alarm   = text.Colors{text.Bold, text.FgRed}
	warning = text.Colors{text.FgYellow}
)

// colors are the usual ones of a diff.
func colors(op Op) text.Colors {
	return map[Op]text.Colors{
		Create:  {text.FgGreen},
		Update:  {text.FgYellow},
		Replace: {text.FgMagenta},
		Delete:  {text.FgRed},
		Same:    {text.Faint},
	}[op]
}

// Table writes the report for a terminal: what changes per component, the
// month, and last, where it is read first, what stands in the way.
func (r Report) Table(w io.Writer, style Style) error {
	p := newPage(style)
	p.line(bold, "%s", headline(r))
	p.line(nil, "%s", summary(r))
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
	return p.flush(w)
}

func (p *page) changes(r Report) {
	all := sections(r)
	if len(all) == 0 {
		return
	}
	p.blank()
	p.line(faint, "%s%s%s%s", left("  ◆ holds data", 4+p.name+p.typ), right("month now", amount), right("then", amount),
		right("change", amount+2))
	for _, s := range all {
		p.section(s)
	}
}

func (p *page) section(s section) {
	name := s.component
	if name == "" {
		name = "(no component)"
	}
	p.line(bold, "%s%s", left(name, 4+p.name+p.typ), p.amounts(s.before, s.after))
	for _, r := range s.rows {
		p.row(r)
	}
}

func (p *page) row(r row) {
	label := left(r.name, p.name) + left(r.typ, p.typ)
	switch {
	case r.holdsData:
		label = left(text.Snip(r.name, p.name-3, "…")+" ◆", p.name) + left(r.typ, p.typ)
	case r.typ == "":
		label = left(r.name, p.name+p.typ)
	}
	amounts := p.amounts(r.before, r.after)
	if amounts == "" && r.unknown != "" {
		amounts = right(r.unknown, 2*amount)
	}
	p.line(colors(r.op), "  %s %s%s", symbol(r.op), label, amounts)
	if r.why != "" {
		p.wrapped(faint, "      ", r.why)
	}
}

// amounts are the three columns of money; what does not exist is a dash, and
// where there is no money at all there are no columns.
func (p *page) amounts(before, after Money) string {
	if before.free() && after.free() {
		return ""
	}
	dash := func(m Money) string {
		if m.free() {
			return "–"
		}
		return m.String()
	}
	change := after.sub(before)
	return right(dash(before), amount) + right(dash(after), amount) + right(change.Signed(), amount+2)
}

// money writes the totals. A comparison also shows the month before.
func (p *page) money(c Cost, compare bool) {
	p.blank()
	if compare && !(c.From.free() && c.To.free()) {
		p.line(bold, "%s%s", left("a month in "+c.Currency, 4+p.name+p.typ), p.amounts(c.From, c.To))
	} else {
		p.line(bold, "a month in %s: %s", c.Currency, c.To)
	}
	if !c.High.sub(c.Low).free() {
		p.line(nil, "  between %s and %s, as size and usage vary", c.Low, c.High)
	}
	p.band(c.SeedBand)
	if c.PerThousandUsers != nil {
		p.line(nil, "  %s per 1,000 users, %s per million requests", c.PerThousandUsers, c.PerMillionRequests)
	}
	for _, s := range c.regional() {
		p.line(nil, "  %s in %s, between %s and %s", s.Monthly, s.Region, s.Low, s.High)
	}
	if !c.To.free() {
		p.line(nil, "  %s %% of it from prices with a source and a date", c.SourcedPercent)
	}
	if c.FallbackPercent != "" {
		p.wrapped(nil, "  ", c.elsewhere())
	}
	if c.OwnPrices != nil {
		p.line(nil, "  %s", c.OwnPrices)
	}
	p.line(nil, "  %s", outside(c))
}

// outside says in words how much of the stack is not in the total.
func outside(c Cost) string {
	all := []string{count(len(c.Free)) + " free"}
	if n := len(c.UsageBased); n > 0 {
		all = append(all, count(n)+" paid by a usage that is not known")
	}
	if n := len(c.Unpriced); n > 0 {
		all = append(all, count(n)+" without a price")
	}
	return strings.Join(all, ", ")
}

func (p *page) band(b *SeedBand) {
	if b == nil {
		return
	}
	c := text.Colors{text.FgGreen}
	if b.Verdict != "inside" {
		c = warning
	}
	p.line(c, "  %s the range that is usual for this stage, %s", b.Verdict, b)
}

func (p *page) unpriced(c Cost) {
	p.notes("NOT IN THE TOTAL: no price", c.Unpriced)
	p.notes("not in the total: depends on usage", c.UsageBased)
}

func (p *page) notes(title string, all []Note) {
	if len(all) == 0 {
		return
	}
	p.blank()
	p.line(warning, "%s", title)
	for _, n := range remarks(all) {
		p.wrapped(nil, "  ", n.subject(asItIs)+": "+n.reason)
	}
}

func asItIs(name string) string { return name }

func (p *page) diagnostics(all []Diagnostic) {
	if len(all) == 0 {
		return
	}
	p.blank()
	for _, d := range all {
		c := warning
		if d.Severity == "error" {
			c = alarm
		}
		p.hanging(c, d.text())
	}
}

func (p *page) budgetLeft(b *Budget) {
	if b != nil && !b.Over {
		p.line(nil, "  %s of the budget of %s left (rung:budget)", b.Limit.sub(b.Expected), b.Limit)
	}
}

func (p *page) overBudget(b *Budget) {
	if b != nil && b.Over {
		p.blank()
		p.line(alarm, "OVER BUDGET: %s a month expected, %s allowed (rung:budget)", b.Expected, b.Limit)
	}
}

func (p *page) blocked(all []Blocked) {
	if len(all) == 0 {
		return
	}
	p.blank()
	p.line(alarm, "STOPPED BY THE DATA GUARD: THIS PLAN LOSES DATA")
	for _, b := range all {
		p.line(alarm, "  %s %s (%s)", blockedWord(b.Op), b.Name, shortType(b.Type))
		p.wrapped(nil, "      ", b.Message)
	}
}

func blockedWord(op string) string {
	switch Op(op) {
	case Replace:
		return "± REPLACE"
	case Create:
		return "+ MAKE ANEW, EMPTY"
	}
	return "- DELETE"
}

// String writes the band as people say it: "$500–1,000".
func (b SeedBand) String() string { return ladder.Band{Low: b.Low, High: b.High}.String() }

// count is a number of resources in words.
func count(n int) string {
	if n == 1 {
		return "1 resource"
	}
	return strconv.Itoa(n) + " resources"
}
