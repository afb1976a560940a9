// Package verdict reads from the events of a run what policies said, in the
// form in which rung shows it: as a table, JSON or Markdown. The data guard's
// answer takes the same form.
package verdict

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/policies/pack"
	"github.com/rung-dev/rung/policies/rules"
)

// Mandatory is the level that stops a run.
const Mandatory = "mandatory"

// Violation is one thing that a policy said.
type Violation struct {
	// ID is the rule's.
	ID string `json:"id"`
	// Level is "mandatory" or "advisory".
	Level string `json:"level"`
	// URN is the resource's; the stack's for the stack as a whole.
	URN string `json:"urn"`
	// Message names the resource, the property, the value found and the fix.
	Message string `json:"message"`
}

// Stops reports whether the violation stops the run.
func (v Violation) Stops() bool { return v.Level == Mandatory }

// Note reports whether it is information and no fault: the month's estimate,
// or what a preview could not decide.
func (v Violation) Note() bool { return v.ID == pack.EstimateID || v.ID == pack.UndecidedID }

// From collects what policies said in a run: first what stops it, then by rule
// and resource. It is empty, not nil, when they said nothing.
func From(run []events.EngineEvent) []Violation {
	all := []Violation{}
	for _, e := range run {
		if p := e.PolicyEvent; p != nil {
			all = append(all, Violation{ID: p.PolicyName, Level: p.EnforcementLevel, URN: p.ResourceURN,
				Message: text(p.Message)})
		}
	}
	return sorted(all)
}

// Planned is what the data guard says about the steps of a preview, which the
// engine shows to no policy. confirmed names the resources that may go.
func Planned(steps []guard.Change, confirmed []string) []Violation {
	all := []Violation{}
	for _, f := range rules.DataReplacement(steps, confirmed) {
		all = append(all, Violation{ID: rules.DataReplacementID, Level: Mandatory, URN: f.URN, Message: f.Message})
	}
	return sorted(all)
}

// Stops reports whether any of them stops the run.
func Stops(all []Violation) bool { return slices.ContainsFunc(all, Violation.Stops) }

func sorted(all []Violation) []Violation {
	slices.SortStableFunc(all, func(a, b Violation) int {
		return cmp.Or(rank(a)-rank(b), cmp.Compare(a.ID, b.ID), cmp.Compare(a.URN, b.URN), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(all)
}

func rank(v Violation) int {
	switch {
	case v.Stops():
		return 0
	case v.Note():
		return 2
	}
	return 1
}

// marks are the engine's own words for colours.
var marks = regexp.MustCompile(`<\{%[^%]*%\}>`)

// text is a message without colours and without the rule's title, which the
// engine puts before it and which the id stands for.
func text(message string) string {
	message = strings.TrimSpace(marks.ReplaceAllString(message, ""))
	if title, rest, ok := strings.Cut(message, "\n"); ok && strings.HasSuffix(title, ".") {
		message = strings.TrimSpace(rest)
	}
	return message
}
