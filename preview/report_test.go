package preview

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/stacks/ladder"
)

var update = flag.Bool("update", false, "write the golden files anew")

// priceList is a Pricer with a fixed price per type, so that the goldens show
// how a report is written and not what AWS charges.
type priceList map[string]string

func (l priceList) Estimate(all []cost.Resource) cost.Estimate {
	var e cost.Estimate
	for _, r := range all {
		price, ok := l[r.Type]
		note := cost.Note{URN: r.URN, Type: r.Type, Name: r.Name, Component: r.Component}
		switch {
		case ok && price == "":
			note.Reason = "rung has no price model for it"
			e.Unpriced = append(e.Unpriced, note)
		case ok:
			l.line(&e, r, decimal.RequireFromString(price))
		default:
			note.Reason = "costs nothing"
			e.Free = append(e.Free, note)
		}
	}
	return e
}

func (priceList) line(e *cost.Estimate, r cost.Resource, price decimal.Decimal) {
	if r.Props["instanceType"] == "t4g.xlarge" {
		price = price.Mul(decimal.NewFromInt(8))
	}
	monthly := price.Mul(decimal.NewFromInt(ladder.HoursPerMonth)).Round(2)
	e.Lines = append(e.Lines, cost.Line{
		URN: r.URN, Type: r.Type, Name: r.Name, Component: r.Component, Region: r.Region,
		Item: "hours", Unit: "hour", Quantity: decimal.NewFromInt(ladder.HoursPerMonth), Price: price,
		Monthly: monthly, Low: monthly, High: monthly.Mul(decimal.NewFromInt(2)),
		Source: "a list", AsOf: "2026-09-01", Basis: cost.Declared,
	})
	e.Expected, e.Low, e.High = e.Expected.Add(monthly), e.Low.Add(monthly), e.High.Add(monthly.Mul(decimal.NewFromInt(2)))
}

func climb(t *testing.T) Input {
	t.Helper()
	prices := priceList{
		"aws:ec2/natGateway:NatGateway":           "0.045",
		"aws:ec2/instance:Instance":               "0.0168",
		"aws:rds/instance:Instance":               "0.337",
		"aws:ec2/eip:Eip":                         "0.005",
		"aws:ebs/volume:Volume":                   "0.0022",
		"aws:dlm/lifecyclePolicy:LifecyclePolicy": "",
		"aws:s3/bucketV2:BucketV2":                "0.001",
	}
	stage, err := ladder.Get(3)
	require.NoError(t, err)
	all := readEvents(t, "climb.events")
	return Input{
		Steps: Steps(all), Diagnostics: Diagnostics(all), To: 3, Traffic: stage.Traffic,
		Before: prices, After: prices, Budget: decimal.NewFromInt(1000),
	}
}

func TestReportCounts(t *testing.T) {
	r := NewReport(climb(t))
	assert.Equal(t, 2, *r.From, "the highest stage that a resource is tagged with")
	assert.Equal(t, 3, *r.To)
	got := r.Resources
	assert.Equal(t, []int{6, 2, 1, 2, 1}, []int{got.Create, got.Update, got.Replace, got.Delete, got.Same})
	assert.Len(t, got.Changes, 11, "what stays the same is no change")
}

func TestReportPricesBothSides(t *testing.T) {
	r := NewReport(climb(t))
	assert.Equal(t, "18.25", r.Cost.From.StringFixed(2))
	assert.Equal(t, "379.31", r.Cost.To.StringFixed(2))
	assert.Equal(t, "361.06", r.Cost.Delta.StringFixed(2))
	sum := decimal.Zero
	for _, l := range r.Cost.Lines {
		sum = sum.Add(l.Monthly.Decimal)
	}
	assert.True(t, sum.Equal(r.Cost.To.Decimal), "the lines add up")
	for _, c := range r.Resources.Changes {
		if c.Name == "server-instance" {
			assert.Equal(t, "12.26 98.11", c.Before.StringFixed(2)+" "+c.After.StringFixed(2))
		}
	}
}

func TestReportAsksTheGuard(t *testing.T) {
	in := climb(t)
	r := NewReport(in)
	require.Len(t, r.Blocked, 1, "the address holds no data, the volume does")
	assert.Equal(t, "replace", r.Blocked[0].Op)
	assert.Equal(t, []string{"availabilityZone"}, r.Blocked[0].Keys)
	in.Confirmed = []string{"server-data"}
	assert.Empty(t, NewReport(in).Blocked)
}

func TestReportComparesWithTheBudget(t *testing.T) {
	in := climb(t)
	for name, tt := range map[string]struct {
		limit string
		over  bool
	}{
		"below":    {"379.30", true},
		"equal":    {"379.31", false},
		"above":    {"1000", false},
		"no limit": {"0", false},
	} {
		t.Run(name, func(t *testing.T) {
			in.Budget = decimal.RequireFromString(tt.limit)
			assert.Equal(t, tt.over, NewReport(in).OverBudget())
		})
	}
}

// The JSON is a public format: keys and kinds are those of the documentation.
func TestReportJSONHasThePublicKeys(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, NewReport(climb(t)).JSON(&b))
	var got struct {
		From, To  *float64
		Resources map[string]any
		Cost      map[string]any
		Budget    map[string]any
		Blocked   []map[string]any
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	for _, k := range []string{"create", "update", "replace", "delete", "same"} {
		assert.IsType(t, 0.0, got.Resources[k], k)
	}
	change := got.Resources["changes"].([]any)[0].(map[string]any)
	for k, kind := range map[string]any{"op": "", "urn": "", "type": "", "name": "", "component": "", "keys": []any{},
		"holdsData": true} {
		assert.IsType(t, kind, change[k], k)
	}
	for _, k := range []string{"currency", "from", "to", "delta", "low", "high"} {
		assert.IsType(t, "", got.Cost[k], k)
	}
	line := got.Cost["lines"].([]any)[0].(map[string]any)
	for _, k := range []string{"urn", "type", "component", "item", "unit", "quantity", "price", "monthly", "source",
		"asOf"} {
		assert.IsType(t, "", line[k], k)
	}
	note := got.Cost["unpriced"].([]any)
	assert.Empty(t, note, "the policy leaves the stack, so it has no price to miss")
	for k, kind := range map[string]any{"urn": "", "op": "", "keys": []any{}} {
		assert.IsType(t, kind, got.Blocked[0][k], k)
	}
}

// Regions stand apart where there are several, in every format, and add up.
func TestRegionsHaveSubtotals(t *testing.T) {
	line := func(region, monthly string) cost.Line {
		m := decimal.RequireFromString(monthly)
		return cost.Line{Name: "a", Item: "hours", Region: region, Monthly: m, Low: m, High: m}
	}
	one := cost.Estimate{Lines: []cost.Line{line("us-east-1", "3.00"), line(cost.Global, "1.00")}}
	two := cost.Estimate{Lines: append(one.Lines, line("eu-west-1", "5.50")), Expected: decimal.RequireFromString("9.50")}
	for name, tt := range map[string]struct {
		give  cost.Estimate
		shown bool
	}{"one region": {one, false}, "two regions": {two, true}} {
		t.Run(name, func(t *testing.T) {
			b := NewBill("a stack", tt.give, 0, ladder.Traffic{}, decimal.Zero)
			var table, markdown, text bytes.Buffer
			require.NoError(t, b.Table(&table, Style{}))
			require.NoError(t, b.Markdown(&markdown))
			require.NoError(t, b.JSON(&text))
			assert.Equal(t, tt.shown, strings.Contains(table.String(), "$5.50 in eu-west-1"), table.String())
			assert.Equal(t, tt.shown, strings.Contains(markdown.String(), "| eu-west-1 | $5.50 |"), markdown.String())
			assert.Contains(t, text.String(), `"region": "us-east-1"`)
			assert.Equal(t, cost.Global, b.Cost.ByRegion[len(b.Cost.ByRegion)-1].Region, "dearest first")
		})
	}
}

func TestReportOfNothingHasNoNulls(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Nothing().JSON(&b))
	assert.JSONEq(t, `{"from":null,"to":null,
		"resources":{"create":0,"update":0,"replace":0,"delete":0,"same":0,"changes":[]},
		"cost":{"currency":"USD","from":"0.00","to":"0.00","delta":"0.00","low":"0.00","high":"0.00",
			"lines":[],"byRegion":[],"unpriced":[],"usageBased":[],"free":[],"seedBand":null,
			"perThousandUsers":null,"perMillionRequests":null,"sourcedPercent":"100.0"},
		"budget":null,"blocked":[],"policies":[],"diagnostics":[]}`, b.String())
}

func TestRenderersAreGolden(t *testing.T) {
	r := NewReport(climb(t))
	quiet := climb(t)
	quiet.Confirmed, quiet.Budget, quiet.Diagnostics = []string{"server-data"}, decimal.NewFromInt(300), nil
	over := NewReport(quiet)
	bill := NewBill("stage 3", quiet.After.Estimate(side(quiet, func(s Step) map[string]any { return s.New })), 3,
		quiet.Traffic, quiet.Budget)
	keys := Keys{{Name: "rung:cdn", Type: "choice", Default: "none", Allowed: "a | b",
		Meaning: "what stands in front of the origin", Change: "in place"}}
	outputs := Outputs{Stack: "dev", Stage: 3,
		Values: map[string]any{"url": "https://example.com", "bucket": "b-1", "zones": []any{"a", "b"}}}
	stages := Ladder{Stages: ladder.Stages(), Built: 3}
	drift := FindDrift(readEvents(t, "drift.events"))
	for name, write := range map[string]func(io.Writer) error{
		"climb.json":      r.JSON,
		"climb.md":        r.Markdown,
		"climb.html":      withoutTheCommon(r.HTML),
		"climb-100.txt":   func(w io.Writer) error { return r.Table(w, Style{}) },
		"climb-80.txt":    func(w io.Writer) error { return r.Table(w, Style{Width: 40}) },
		"climb-120.txt":   func(w io.Writer) error { return r.Table(w, Style{Width: 300}) },
		"climb-color.txt": func(w io.Writer) error { return r.Table(w, Style{Color: true}) },
		"over.txt":        func(w io.Writer) error { return over.Table(w, Style{}) },
		"over.md":         over.Markdown,
		"bill.txt":        func(w io.Writer) error { return bill.Table(w, Style{}) },
		"bill.md":         bill.Markdown,
		"bill.json":       bill.JSON,
		"regions.html":    withoutTheCommon(inThreeRegions().HTML),
		"bill.html":       withoutTheCommon(bill.HTML),
		"keys.txt":        func(w io.Writer) error { return keys.Table(w, Style{}) },
		"keys.md":         keys.Markdown,
		"outputs.txt":     func(w io.Writer) error { return outputs.Table(w, Style{}) },
		"outputs.md":      outputs.Markdown,
		"stages.txt":      func(w io.Writer) error { return stages.Table(w, Style{}) },
		"stages.md":       stages.Markdown,
		"stages.json":     stages.JSON,
		"drift.txt":       func(w io.Writer) error { return drift.Table(w, Style{}) },
		"drift.md":        drift.Markdown,
		"drift.json":      drift.JSON,
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, write(&b))
			golden(t, name, b.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := "testdata/" + name + ".golden"
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "go test ./preview -update writes it")
	assert.Equal(t, string(want), string(got))
}

func TestAlikeFoldsLinesAndLosesNoMoney(t *testing.T) {
	line := func(urn, item, quantity, monthly, note string) Line {
		return Line{URN: urn, Name: urn, Type: "aws:cloudwatch/metricAlarm:MetricAlarm", Item: item, Unit: "month",
			Price:    "0.1",
			Quantity: quantity, Monthly: Money{decimal.RequireFromString(monthly)}, Note: note}
	}
	all := []Line{
		line("a", "alarm", "1", "0.10", ""), line("b", "alarm", "2", "0.20", ""), line("c", "alarm", "1", "0.10", ""),
		line("d", "alarm", "1", "0.10", "for a reason"), line("e", "other", "1", "0.10", ""),
	}
	got := alike(all)
	require.Len(t, got, 3)
	assert.Equal(t, []string{"d", "e", "3 × cloudwatch/metricAlarm"}, []string{got[0].Name, got[1].Name, got[2].Name})
	assert.Equal(t, "4", got[2].Quantity)
	assert.Equal(t, "0.40", got[2].Monthly.StringFixed(2))
	assert.Equal(t, "1", all[0].Quantity, "the lines themselves stay as they are")
}

func TestPricingSaysHowACostIsKnown(t *testing.T) {
	want := map[string]Pricing{
		"network-data-0": FreeOfCost, "server-data": Priced, "server-ip": Priced, "server-snapshots": Unpriced,
	}
	for _, c := range NewReport(climb(t)).Resources.Changes {
		if p, asked := want[c.Name]; asked {
			assert.Equal(t, p, c.Pricing, c.Name)
		}
	}
	line := cost.Line{URN: "a"}
	note := cost.Note{URN: "a"}
	got := pricings(cost.Estimate{}, cost.Estimate{Lines: []cost.Line{line}, Unpriced: []cost.Note{note}})
	assert.Equal(t, Unpriced, got["a"], "what is not known of a part is not known of the whole")
}
