package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/markdown"
)

// violations shows what stops the plan in capitals, what is advice below it,
// and of notes only that there are some.
func (p paper) violations(all []preview.Violation) {
	notes := 0
	title := ""
	for _, v := range all {
		if v.Note {
			notes++
			continue
		}
		if t := violationTitle(v); t != title {
			p.Blank()
			p.Line(nil, "%s", t)
			title = t
		}
		p.Wrapped(nil, "  ", v.ID+": "+v.Message)
	}
	if notes > 0 {
		p.Blank()
		p.Line(nil, "policies: some values are known only after the deployment and are checked in it (%d)", notes)
	}
}

func violationTitle(v preview.Violation) string {
	if v.Level == preview.Mandatory {
		return "STOPPED BY THE POLICIES"
	}
	return "the policies advise"
}

func mdViolations(b *strings.Builder, all []preview.Violation) {
	shown := slices.DeleteFunc(slices.Clone(all), func(v preview.Violation) bool { return v.Note })
	if len(shown) == 0 {
		return
	}
	alert := "NOTE"
	if preview.Stopping(shown) {
		alert = "CAUTION"
	}
	fmt.Fprintf(b, "\n> [!%s]\n> **Policies**\n", alert)
	for _, v := range shown {
		fmt.Fprintf(b, ">\n> - %s (%s): %s\n", markdown.Code(v.ID), markdown.Cell(v.Level), markdown.Cell(v.Message))
	}
}
