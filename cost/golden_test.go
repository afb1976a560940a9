package cost_test

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/cost"
)

// text writes an estimate as people read it.
func text(e cost.Estimate) string {
	var b strings.Builder
	for _, l := range e.Lines {
		fmt.Fprintf(&b, "%-16s %-10s %-42s %14s %-16s × %-8s = %9s  (%s to %s) %s%s\n", l.Name, l.Region, l.Item,
			l.Quantity.Round(4), l.Unit, l.Price,
			l.Monthly.StringFixed(2), l.Low.StringFixed(2), l.High.StringFixed(2), l.Basis, suffix(l.Note))
	}
	fmt.Fprintf(&b, "%-90s total %s (%s to %s)\n", "", e.Expected.StringFixed(2), e.Low.StringFixed(2),
		e.High.StringFixed(2))
	for _, s := range []struct {
		title string
		notes []cost.Note
	}{{"free", e.Free}, {"usage-based", e.UsageBased}, {"unpriced", e.Unpriced}} {
		fmt.Fprintf(&b, "\n%s\n", s.title)
		for _, n := range s.notes {
			fmt.Fprintf(&b, "  %s%s: %s\n", n.Name, suffix(n.Item), n.Reason)
		}
	}
	return b.String()
}

func suffix(s string) string {
	if s == "" {
		return ""
	}
	return " [" + s + "]"
}
