package preview

import (
	"fmt"
	"slices"
	"strings"
)

// Violation is what a policy said of the plan.
type Violation struct {
	// ID is the rule's.
	ID string `json:"id"`
	// Level is "mandatory", which stops the plan, or "advisory".
	Level string `json:"level"`
	// URN is the resource's; the stack's for the stack as a whole.
	URN string `json:"urn"`
	// Message names the resource, the property, the value found and the fix.
	Message string `json:"message"`
	// Note is true for what is no finding: a value that is not known before
	// the deployment, say.
	Note bool `json:"note,omitempty"`
}

// mandatory is the level that stops a plan.
const mandatory = "mandatory"

// Stopping reports whether one of them stops the plan.
func Stopping(all []Violation) bool {
	return slices.ContainsFunc(all, func(v Violation) bool { return v.Level == mandatory })
}

// violations shows what stops the plan in capitals, what is advice below it,
// and of notes only that there are some.
func (p *page) violations(all []Violation) {
	notes := 0
	title := ""
	for _, v := range all {
		if v.Note {
			notes++
			continue
		}
		if t := violationTitle(v); t != title {
			p.blank()
			p.line(nil, "%s", t)
			title = t
		}
		p.wrapped(nil, "  ", v.ID+": "+v.Message)
	}
	if notes > 0 {
		p.blank()
		p.line(nil, "policies: some values are known only after the deployment and are checked in it (%d)", notes)
	}
}

func violationTitle(v Violation) string {
	if v.Level == mandatory {
		return "STOPPED BY THE POLICIES"
	}
	return "the policies advise"
}

func mdViolations(b *strings.Builder, all []Violation) {
	shown := slices.DeleteFunc(slices.Clone(all), func(v Violation) bool { return v.Note })
	if len(shown) == 0 {
		return
	}
	alert := "NOTE"
	if Stopping(shown) {
		alert = "CAUTION"
	}
	fmt.Fprintf(b, "\n> [!%s]\n> **Policies**\n", alert)
	for _, v := range shown {
		fmt.Fprintf(b, ">\n> - %s (%s): %s\n", code(v.ID), cell(v.Level), cell(v.Message))
	}
}
