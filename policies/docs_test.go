package main_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/policies/pack"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rules"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/stacks/accepted"
)

// TestRulesPageIsCurrent compares RULES.md with the rules; `go test ./policies
// -update` writes it.
func TestRulesPageIsCurrent(t *testing.T) {
	text := rulesPage()
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile("RULES.md", []byte(text), 0o644))
	}
	got, err := os.ReadFile("RULES.md")
	require.NoError(t, err)
	assert.Equal(t, text, string(got), "RULES.md is old: run go test ./policies -update")
}

// TestComparisonIsCurrent does the same for the table in README.md.
func TestComparisonIsCurrent(t *testing.T) {
	const begin, end = "<!-- comparison: begin, written by go test ./policies -update -->\n", "<!-- comparison: end -->"
	got, err := os.ReadFile("README.md")
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(got), begin)
	require.True(t, ok)
	old, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile("README.md", []byte(before+begin+comparison()+end+after), 0o644))
		old = comparison()
	}
	assert.Equal(t, comparison(), old, "the comparison is old: run go test ./policies -update")
}

func rulesPage() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# The rules\n\nWritten by `go test ./policies -update`; a test keeps it current. %d general rules, "+
		"%d about stages and cost.\n", len(rules.General()), len(rules.Staged()))
	b.WriteString("\nAn id never changes: it is the key under `rung:policy`. A resource rule stops a resource before it " +
		"is created; a stack rule needs several resources and runs at the end of a preview; a plan rule runs over the " +
		"steps of a preview.\n")
	section(&b, "General rules", rules.General())
	section(&b, "Stages and cost", rules.Staged())
	b.WriteString("\n## The pack's own policies\n\n")
	for _, p := range [][2]string{
		{pack.EstimateID, "advisory: the month's estimate, its five dearest components, and what has no price"},
		{pack.UndecidedID, "advisory: what rules could not decide in a preview, once, with the property that is not known"},
		{pack.ExpiredID, "mandatory: an exception whose last day is over"},
	} {
		fmt.Fprintf(&b, "- `%s`, %s\n", p[0], p[1])
	}
	b.WriteString("\n## Where rung's own stacks depart\n\nThe list is `stacks/accepted`; * stands for any part of a " +
		"name.\n\n")
	for _, e := range accepted.Entries() {
		when := e.When
		if when == "" {
			when = "on every stage"
		}
		fmt.Fprintf(&b, "- `%s` for %s, %s: %s.\n", e.Rule, code(e.Resources), when, e.Reason)
	}
	return b.String()
}

func section(b *strings.Builder, title string, all []rule.Rule) {
	fmt.Fprintf(b, "\n## %s\n", title)
	for _, r := range all {
		fmt.Fprintf(b, "\n### `%s`\n\n%s. %s\n\n", r.ID, r.Title, r.Why)
		fmt.Fprintf(b, "- %s severity, %s rule, %s by default\n", r.Severity, r.Kind, r.Default)
		fmt.Fprintf(b, "- what to do: %s\n", r.Remedy)
		fmt.Fprintf(b, "- looks at %s\n", code(r.Types))
		for _, p := range r.Params {
			fmt.Fprintf(b, "- setting `%s`: %s; %s by default\n", p.Name, p.Meaning, paramText(p.Default))
		}
		for _, e := range elsewhere(r) {
			fmt.Fprintf(b, "- %s: %s\n", e[0], e[1])
		}
	}
}

func paramText(v any) string {
	if l, ok := v.([]string); ok {
		if len(l) == 0 {
			return "none"
		}
		return strings.Join(l, ", ")
	}
	return fmt.Sprint(v)
}

func code(words []string) string { return "`" + strings.Join(words, "`, `") + "`" }

// elsewhere are the other tools that have the rule, with their ids.
func elsewhere(r rule.Rule) [][2]string {
	var all [][2]string
	for _, e := range []struct {
		tool string
		ids  []string
	}{{"FSBP", r.FSBP}, {"Checkov", r.Checkov}, {"AWSGuard", r.AWSGuard}, {"Trivy", r.Trivy}, {"compliance-policies",
		r.Compliance}} {
		if len(e.ids) > 0 {
			all = append(all, [2]string{e.tool, strings.Join(e.ids, ", ")})
		}
	}
	return all
}

func comparison() string {
	var b strings.Builder
	b.WriteString("\n| rule | AWSGuard | compliance-policies | Checkov | Trivy |\n|---|---|---|---|---|\n")
	counts := [4]int{}
	none := 0
	for _, r := range rules.All() {
		cells := []string{"`" + r.ID + "`"}
		has := false
		for i, ids := range [][]string{r.AWSGuard, r.Compliance, r.Checkov, r.Trivy} {
			cell := ""
			if len(ids) > 0 {
				cell, has = "yes", true
				counts[i]++
			}
			cells = append(cells, cell)
		}
		if !has {
			none++
			cells[0] += " **only here**"
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	fmt.Fprintf(&b, "\nOf our %d rules AWSGuard has %d, compliance-policies %d, Checkov %d, Trivy %d, and none of the "+
		"four has %d. [RULES.md](RULES.md) names their ids.\n",
		len(rules.All()), counts[0], counts[1], counts[2], counts[3], none)
	return b.String()
}
