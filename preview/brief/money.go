package brief

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
)

// Bill is what a stack costs: the month, then its components, or with a component or a
// name in the filter the items of these, the dearest first.
func Bill(b preview.Bill, f Filter) string {
	var a answer
	a.line("%s: %s a month, between %s and %s%s", b.Of, b.Cost.To, b.Cost.Low, b.Cost.High, budget(b.Budget))
	if b.Compared {
		a.line("before: %s, changes by %s", b.Cost.From, orAsBefore(b.Cost.Delta))
	}
	if b.Cost.NoPrice > 0 {
		a.line("%d resources cost something that is not known, so that it is at least that", b.Cost.NoPrice)
	}
	if s := b.Cost.SeedBand; s != nil {
		a.line("the seeds say %d to %d: %s", s.Low, s.High, s.Verdict)
	}
	if f.Component == "" && f.Name == "" {
		rows := sums(b.Cost.Lines, func(l preview.Line) string { return cmp.Or(l.Component, "(no component)") })
		a.line("components: %d", len(rows))
		a.list(rows, f.rows(), "raise rows, or ask for one component's items")
		return a.String()
	}
	var lines []preview.Line
	for _, l := range b.Cost.Lines {
		if f.takes(l.Component, "", "", l.Name, l.Type) {
			lines = append(lines, l)
		}
	}
	rows := sums(lines, func(l preview.Line) string {
		return fmt.Sprintf("%s: %s at $%s a %s", l.Name, l.Item, l.Price, l.Unit)
	})
	a.line("items: %d%s, %s", len(rows), wanted(f), sum(lines))
	a.list(rows, f.rows(), "narrow by component or name, or raise rows")
	return a.String()
}

func sum(lines []preview.Line) (m preview.Money) {
	for _, l := range lines {
		m = m.Plus(l.Monthly)
	}
	return m
}

// sums adds lines up by a name, the dearest first.
func sums(lines []preview.Line, by func(preview.Line) string) []string {
	total := map[string]preview.Money{}
	var names []string
	for _, l := range lines {
		name := by(l)
		if _, known := total[name]; !known {
			names = append(names, name)
		}
		total[name] = total[name].Plus(l.Monthly)
	}
	slices.SortStableFunc(names, func(a, b string) int { return total[b].Cmp(total[a].Decimal) })
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %s", total[name], name)
	}
	return names
}

// Savings are the ways to have a stack for less, the most money first.
func Savings(of string, month preview.Money, all []cost.Saving, f Filter) string {
	var a answer
	var rows []string
	for _, s := range all {
		if f.takes("", "", "", append(slices.Clone(s.Names), s.What)...) {
			rows = append(rows, saving(s))
		}
	}
	a.line("%s: %s a month; %d ways to have it for less%s, of which several exclude one another", of, month, len(rows),
		wanted(f))
	a.list(rows, f.rows(), "raise rows, or narrow by name")
	return a.String()
}

func saving(s cost.Saving) string {
	first := strings.Join(s.Names[:min(2, len(s.Names))], ", ")
	text := fmt.Sprintf("-%s %s, of %s", preview.USD(s.Monthly), s.What, first)
	if rest := len(s.Names) - 2; rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	if s.Commitment != "" {
		text += "; binds: " + s.Commitment
	}
	return text + "; risk: " + s.Risk + "; change: " + s.Change
}

// Judged is what a rule says of a stack.
type Judged struct {
	ID, Level, Severity, Title string
	// Found are the messages of what breaks it.
	Found []string
}

// Policies are the rules that judge a stack: counts, then what breaks them; with a level
// or a name in the filter the rules themselves.
func Policies(of string, all []Judged, f Filter) string {
	var a answer
	levels, broken := map[string]int{}, 0
	for _, j := range all {
		levels[j.Level]++
		broken += len(j.Found)
	}
	a.line("%s: %d rules judge it, %d mandatory and %d advisory; %d findings", of, len(all), levels["mandatory"],
		levels["advisory"], broken)
	var findings, listed []string
	for _, j := range all {
		if !f.takes("", "", j.Level, j.ID, j.Title) {
			continue
		}
		listed = append(listed, fmt.Sprintf("%s (%s, %s): %s", j.ID, j.Level, j.Severity, j.Title))
		for _, m := range j.Found {
			findings = append(findings, fmt.Sprintf("BROKEN %s (%s): %s", j.ID, j.Level, shortened(m)))
		}
	}
	a.list(findings, f.rows(), "narrow by level or name, or raise rows")
	if f.Level != "" || f.Name != "" {
		a.line("rules: %d%s", len(listed), wanted(f))
		a.list(listed, f.rows(), "narrow by name, or raise rows")
	}
	return a.String()
}
