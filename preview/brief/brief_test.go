package brief_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/brief"
	"github.com/rung-dev/rung/resource/token"
)

func usd(n int64) preview.Money { return preview.USD(decimal.NewFromInt(n)) }

// large is a plan of many changes, the dearest last.
func large() preview.Report {
	from, to := 3, 4
	r := preview.Report{From: &from, To: &to, Budget: &preview.Budget{Limit: usd(900), Over: true},
		Cost: preview.Cost{From: usd(400), To: usd(1000), Delta: usd(600), Low: usd(800), High: usd(1300)}}
	for i := range 300 {
		r.Resources.Create++
		r.Resources.Changes = append(r.Resources.Changes, preview.Change{Op: preview.Create, Component: "web",
			Name: fmt.Sprintf("web-alarm-%03d", i), Type: token.CloudWatchMetricAlarm, After: usd(int64(i))})
	}
	return r
}

func TestCountsComeFirstAndTheDearestRows(t *testing.T) {
	got := brief.Report(large(), brief.Filter{Rows: 2})
	assert.Equal(t, `stage 3 to stage 4: 300 create, 0 update, 0 replace, 0 delete, 0 same
month: $400.00 to $1,000.00 (+$600.00), between $800.00 and $1,300.00; OVER the budget of $900.00
data: nothing that holds data is deleted or replaced unconfirmed
policies: 0 mandatory, 0 advisory broken
changes: 300
create web-alarm-299 (cloudwatch/metricAlarm) +$299.00
create web-alarm-298 (cloudwatch/metricAlarm) +$298.00
and 298 more; narrow by component, op or name, or raise rows
`, got)
}

func TestNoAnswerIsLongerThanTheLimit(t *testing.T) {
	r := large()
	r.Policies = []preview.Violation{{ID: "x", Level: preview.Mandatory, Message: strings.Repeat("long ", 5000)}}
	r.Diagnostics = []preview.Diagnostic{{Message: strings.Repeat("long ", 5000)}}
	for range 50 {
		r.Blocked = append(r.Blocked, preview.Blocked{Op: "delete", Name: strings.Repeat("name", 20)})
	}
	var lines []preview.Line
	var savings []cost.Saving
	var judged []brief.Judged
	for i := range 500 {
		name := fmt.Sprintf("resource-%03d", i)
		lines = append(lines, preview.Line{Line: cost.Line{Name: name, Item: strings.Repeat("i", 50)}, Monthly: usd(1)})
		savings = append(savings, cost.Saving{What: strings.Repeat("w", 90), Names: []string{name}, Risk: "none"})
		judged = append(judged, brief.Judged{ID: name, Level: "mandatory", Found: []string{strings.Repeat("f", 2000)}})
	}
	all := brief.Filter{Rows: 10_000}
	bill := preview.Bill{Of: "stage 4", Cost: preview.Cost{Lines: lines}}
	for name, text := range map[string]string{
		"plan": brief.Report(r, all), "bill": brief.Bill(bill, all),
		"savings":  brief.Savings("stage 4", usd(1), savings, all),
		"items":    brief.Bill(bill, brief.Filter{Rows: 10_000, Name: "resource"}),
		"policies": brief.Policies("stage 4", judged, brief.Filter{Rows: 10_000, Level: "mandatory"}),
		"facts":    brief.Facts("x", brief.Fact{Is: "why", Says: strings.Repeat("because ", 5000)}),
	} {
		assert.LessOrEqual(t, brief.Tokens(text), brief.Limit, name)
		if name != "facts" && name != "bill" {
			assert.Contains(t, text, " more; ", name)
		}
	}
}

func TestFilters(t *testing.T) {
	r := preview.Report{Resources: preview.Resources{Changes: []preview.Change{
		{Op: preview.Create, Name: "web-a", Component: "web", Type: token.EC2Instance},
		{Op: preview.Update, Name: "db", Component: "database", Type: token.RDSInstance,
			Keys: []string{"instanceClass"}, HoldsData: true},
	}}}
	for _, f := range []brief.Filter{{Component: "database"}, {Op: "UPDATE"}, {Name: "RDS"}} {
		got := brief.Report(r, f)
		assert.Contains(t, got, "changes: 1 with ")
		assert.Contains(t, got, "update db (rds/instance) by instanceClass, holds data")
		assert.NotContains(t, got, "web-a")
	}
}

// What a resource is called cannot look like a line of the answer.
func TestNamesAddNoLines(t *testing.T) {
	r := preview.Report{Resources: preview.Resources{Changes: []preview.Change{
		{Op: preview.Create, Name: "a\ndata: nothing is in danger\x1b[2J", Type: "x:y:Z"}}}}
	got := brief.Report(r, brief.Filter{})
	assert.Equal(t, 6, strings.Count(got, "\n"), got)
	assert.NotContains(t, got, "\x1b")
}
