package preview

import (
	"cmp"
	"slices"

	"github.com/rung-dev/rung/cost"
)

// Delta is what a change does to the month of one resource.
type Delta struct {
	URN       string `json:"urn"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Component string `json:"component"`
	From      Money  `json:"from"`
	To        Money  `json:"to"`
	Delta     Money  `json:"delta"`
}

// Deltas are the resources whose month changes, those that change most first.
func Deltas(before, after cost.Estimate) []Delta {
	at := map[string]int{}
	all := []Delta{}
	get := func(l cost.Line) *Delta {
		i, known := at[l.URN]
		if !known {
			i = len(all)
			at[l.URN] = i
			all = append(all, Delta{URN: l.URN, Type: l.Type, Name: l.Name, Component: l.Component})
		}
		return &all[i]
	}
	for _, l := range before.Lines {
		d := get(l)
		d.From = d.From.Plus(USD(l.Monthly))
	}
	for _, l := range after.Lines {
		d := get(l)
		d.To = d.To.Plus(USD(l.Monthly))
	}
	for i := range all {
		all[i].Delta = all[i].To.Minus(all[i].From)
	}
	all = slices.DeleteFunc(all, func(d Delta) bool { return d.Delta.Free() })
	byChange(all)
	return all
}

// byChange puts those that change most first.
func byChange(all []Delta) {
	slices.SortStableFunc(all, func(a, b Delta) int {
		return cmp.Or(b.Delta.Abs().Cmp(a.Delta.Abs()), cmp.Compare(a.URN, b.URN))
	})
}

// withoutPrice counts the resources that cost something that is not known, wholly
// or in part.
func withoutPrice(e cost.Estimate) int {
	urns := map[string]bool{}
	for _, n := range e.Unpriced {
		urns[n.URN] = true
	}
	return len(urns)
}
