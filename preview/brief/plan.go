package brief

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/preview"
)

// Report is a plan: what changes, what it costs, what is in danger, then the changes, the
// most money first.
func Report(r preview.Report, f Filter) string {
	var a answer
	a.line("%s: %d create, %d update, %d replace, %d delete, %d same", way(r), r.Resources.Create, r.Resources.Update,
		r.Resources.Replace, r.Resources.Delete, r.Resources.Same)
	a.line("month: %s to %s (%s), between %s and %s%s", r.Cost.From, r.Cost.To, orAsBefore(r.Cost.Delta), r.Cost.Low,
		r.Cost.High, budget(r.Budget))
	for i, b := range r.Blocked {
		if i == 5 || !a.line("STOPPED by the data guard: %s %s", b.Op, b.Name) {
			break
		}
	}
	if len(r.Blocked) == 0 {
		a.line("data: nothing that holds data is deleted or replaced unconfirmed")
	}
	said(&a, r)
	var rows []string
	for _, c := range byMoney(r.Resources.Changes) {
		if f.takes(c.Component, string(c.Op), "", c.Name, c.Type) {
			rows = append(rows, change(c))
		}
	}
	a.line("changes: %d%s", len(rows), wanted(f))
	a.list(rows, f.rows(), "narrow by component, op or name, or raise rows")
	return a.String()
}

func way(r preview.Report) string {
	stage := func(n *int) string {
		if n == nil {
			return "nothing"
		}
		return fmt.Sprintf("stage %d", *n)
	}
	return stage(r.From) + " to " + stage(r.To)
}

func budget(b *preview.Budget) string {
	switch {
	case b == nil:
		return ""
	case b.Over:
		return fmt.Sprintf("; OVER the budget of %s", b.Limit)
	}
	return fmt.Sprintf("; budget %s", b.Limit)
}

// said are the policies, what stops first, and the engine's errors.
func said(a *answer, r preview.Report) {
	mandatory, advisory := 0, 0
	for _, v := range r.Policies {
		switch {
		case v.Note:
		case v.Level == preview.Mandatory:
			mandatory++
			if mandatory <= 3 {
				a.line("STOPPED by policy %s: %s", v.ID, shortened(v.Message))
			}
		default:
			advisory++
		}
	}
	a.line("policies: %d mandatory, %d advisory broken", mandatory, advisory)
	for i, d := range r.Diagnostics {
		if i == 3 {
			break
		}
		a.line("%s: %s", d.Severity, shortened(d.Message))
	}
}

func byMoney(all []preview.Change) []preview.Change {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b preview.Change) int {
		return b.After.Minus(b.Before).Abs().Cmp(a.After.Minus(a.Before).Abs())
	})
	return all
}

func change(c preview.Change) string {
	text := fmt.Sprintf("%s %s (%s)", c.Op, c.Name, preview.ShortType(c.Type))
	if delta := c.After.Minus(c.Before); !delta.Free() {
		text += " " + delta.Signed()
	}
	if c.Op == preview.Update || c.Op == preview.Replace {
		text += " by " + strings.Join(c.Keys[:min(3, len(c.Keys))], ", ")
	}
	if c.HoldsData {
		text += ", holds data"
	}
	return text
}

func wanted(f Filter) string {
	var parts []string
	for _, x := range [][2]string{{"component", f.Component}, {"op", f.Op}, {"level", f.Level}, {"name", f.Name}} {
		if x[1] != "" {
			parts = append(parts, x[0]+" "+x[1])
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " with " + strings.Join(parts, ", ")
}

func orAsBefore(m preview.Money) string {
	if m.Free() {
		return "as before"
	}
	return m.Signed()
}
