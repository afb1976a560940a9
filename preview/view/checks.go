package view

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rung-dev/rung/outside/legible"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// Check is one thing that was looked at in an account before an up.
type Check struct {
	// Level is "stops", "warns", "note" or "well".
	Level   string `json:"level"`
	Key     string `json:"key"`
	Region  string `json:"region"`
	Found   string `json:"found"`
	Needed  string `json:"needed"`
	Allowed string `json:"allowed"`
	Text    string `json:"text"`
	Do      string `json:"do"`
	Link    string `json:"link"`
}

// Checks are all of them, the worst first.
type Checks struct {
	Stack string  `json:"stack"`
	Stage int     `json:"stage"`
	Rows  []Check `json:"checks"`
}

// wellLevel is the level of what is as it should be, and stopsLevel of what is not.
const (
	wellLevel  = "well"
	stopsLevel = "stops"
)

// Well reports whether an up would go through as far as is known.
func (c Checks) Well() bool {
	return !slices.ContainsFunc(c.Rows, func(r Check) bool { return r.Level == stopsLevel })
}

// JSON writes the checks for programs, indented.
func (c Checks) JSON(w io.Writer) error {
	if c.Rows == nil {
		c.Rows = []Check{}
	}
	return asjson.Write(w, struct {
		Well bool `json:"well"`
		Checks
	}{c.Well(), c})
}

// headline says how it is.
func (c Checks) headline() string {
	counts := map[string]int{}
	for _, r := range c.Rows {
		counts[r.Level]++
	}
	verdict := "the account can take it, as far as could be asked"
	if !c.Well() {
		verdict = "an up would fail"
	}
	return fmt.Sprintf("stage %d for stack %s: %s (%d stop it, %d warn, %d not known, %d well)",
		c.Stage, c.Stack, verdict, counts[stopsLevel], counts["warns"], counts["note"], counts[wellLevel])
}

// Table writes the checks for a terminal: what stands in the way in words, then
// what is well in rows.
func (c Checks) Table(w io.Writer, style terminal.Style) error {
	p := newPaper(style)
	p.Line(terminal.Bold, "%s", c.headline())
	for _, r := range c.Rows {
		if r.Level == wellLevel {
			continue
		}
		p.Blank()
		p.Wrapped(checkColors[r.Level], "",
			fmt.Sprintf("%s: %s", strings.ToUpper(legible.Line(r.Level)), legible.Line(r.Text)))
		for _, more := range []string{r.Do, r.Link} {
			if more != "" {
				p.Wrapped(nil, "    ", legible.Line(more))
			}
		}
	}
	p.well(c.Rows)
	return p.Flush(w)
}

// The columns of what is well.
const (
	checkName   = 40
	checkRegion = 16
	checkNumber = 9
)

// checkColors are those of what is not well.
var checkColors = map[string]text.Colors{stopsLevel: terminal.Alarm, "warns": terminal.Warning, "note": terminal.Faint}

// well writes what is as it should be: quotas as rows, all else in words.
func (p paper) well(all []Check) {
	var quotas, rest []Check
	for _, r := range all {
		switch {
		case r.Level != wellLevel:
		case isNumber(r.Allowed):
			quotas = append(quotas, r)
		default:
			rest = append(rest, r)
		}
	}
	checkName := min(checkName, p.Width-checkRegion-3*checkNumber)
	if len(quotas) > 0 {
		p.Blank()
		p.Line(terminal.Faint, "%s%s%s%s%s", terminal.Left("quota", checkName), terminal.Left("region", checkRegion),
			terminal.Right("others", checkNumber),
			terminal.Right("needed", checkNumber), terminal.Right("allowed", checkNumber))
	}
	for _, r := range tightest(quotas) {
		p.Line(nil, "%s%s%s%s%s", terminal.Left(r.Key, checkName), terminal.Left(r.Region, checkRegion),
			terminal.Right(r.Found, checkNumber),
			terminal.Right(r.Needed, checkNumber), terminal.Right(r.Allowed, checkNumber))
	}
	if len(rest) > 0 {
		p.Blank()
	}
	for _, r := range rest {
		p.Wrapped(nil, "", legible.Line(fmt.Sprintf("%s: %s", strings.TrimSpace(r.Key+" "+r.Region), r.Text)))
	}
}

// isNumber reports whether a quota is one: what a version is supported until is none.
func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// tightest are quotas each once in a region: of those that count in several groups
// or zones, the one that needs most.
func tightest(quotas []Check) []Check {
	at := map[[2]string]int{}
	var out []Check
	for _, r := range quotas {
		key := [2]string{r.Key, r.Region}
		i, seen := at[key]
		if !seen {
			at[key] = len(out)
			out = append(out, r)
		} else if atoi(r.Needed) > atoi(out[i].Needed) {
			out[i] = r
		}
	}
	return out
}

// atoi is a number in a check; 0 for none.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// Markdown writes the checks as a table.
func (c Checks) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n\n| | check | region | found | needed | allowed | what it means "+
		"|\n|---|---|---|---|---|---|---|\n", markdown.Cell(c.headline()))
	for _, r := range c.Rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", markdown.Cell(r.Level), markdown.Cell(r.Key),
			markdown.Cell(r.Region), markdown.Cell(r.Found),
			markdown.Cell(r.Needed), markdown.Cell(r.Allowed),
			markdown.Cell(r.advice()))
	}
	return markdown.Write(w, b.String())
}

// HTML writes the checks as a page with a table.
func (c Checks) HTML(w io.Writer) error {
	t := page.Table{Caption: c.headline(),
		Head: []string{"", "check", "region", "found", "needed", "allowed", "what it means"}}
	for _, r := range c.Rows {
		t.Rows = append(t.Rows, []string{r.Level, r.Key, r.Region, r.Found, r.Needed, r.Allowed, r.advice()})
	}
	return page.Sheet{Title: "The account before an up", Tables: []page.Table{t}}.Write(w)
}

// advice is the text of a check with what to do.
func (r Check) advice() string {
	parts := []string{r.Text}
	for _, more := range []string{r.Do, r.Link} {
		if more != "" {
			parts = append(parts, more)
		}
	}
	return strings.Join(parts, "; ")
}
