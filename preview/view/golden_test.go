package view

import (
	"bytes"
	"io"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/previewtest"
	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/stacks/ladder"
)

// climb is the plan that the recorded events tell of.
func climb(t *testing.T) preview.Input {
	t.Helper()
	prices := previewtest.Climb()
	stage, err := ladder.Get(3)
	require.NoError(t, err)
	all := previewtest.Events(t, "climb.events")
	return preview.Input{
		Steps: preview.Steps(all), Diagnostics: preview.Diagnostics(all), To: 3, Traffic: stage.Traffic,
		Before: prices, After: prices, Budget: decimal.NewFromInt(1000),
	}
}

func TestRenderersAreGolden(t *testing.T) {
	r := Report(preview.NewReport(climb(t)))
	quiet := climb(t)
	quiet.Confirmed, quiet.Budget, quiet.Diagnostics = []string{"server-data"}, decimal.NewFromInt(300), nil
	over := Report(preview.NewReport(quiet))
	bill := Bill(billOfPlan(quiet))
	keys := Keys{{Name: "rung:cdn", Type: "choice", Default: "none", Allowed: "a | b",
		Meaning: "what stands in front of the origin", Change: "in place"}}
	outputs := Outputs{Stack: "dev", Stage: 3,
		Values: map[string]any{"url": "https://example.com", "bucket": "b-1", "zones": []any{"a", "b"}}}
	stages := Ladder{Stages: ladder.Stages(), Built: 3}
	drift := Drifts(preview.FindDrift(previewtest.Events(t, "drift.events")))
	for name, write := range map[string]func(io.Writer) error{
		"climb.json":      r.JSON,
		"climb.md":        r.Markdown,
		"climb.html":      withoutTheCommon(r.HTML),
		"climb-100.txt":   func(w io.Writer) error { return r.Table(w, terminal.Style{}) },
		"climb-60.txt":    func(w io.Writer) error { return r.Table(w, terminal.Style{Width: 40}) },
		"climb-80.txt":    func(w io.Writer) error { return r.Table(w, terminal.Style{Width: 80}) },
		"climb-120.txt":   func(w io.Writer) error { return r.Table(w, terminal.Style{Width: 300}) },
		"climb-color.txt": func(w io.Writer) error { return r.Table(w, terminal.Style{Color: true}) },
		"over.txt":        func(w io.Writer) error { return over.Table(w, terminal.Style{}) },
		"over.md":         over.Markdown,
		"bill.txt":        func(w io.Writer) error { return bill.Table(w, terminal.Style{}) },
		"bill.md":         bill.Markdown,
		"bill.json":       bill.JSON,
		"regions.html":    withoutTheCommon(Report(inThreeRegions()).HTML),
		"bill.html":       withoutTheCommon(bill.HTML),
		"keys.txt":        func(w io.Writer) error { return keys.Table(w, terminal.Style{}) },
		"keys.md":         keys.Markdown,
		"outputs.txt":     func(w io.Writer) error { return outputs.Table(w, terminal.Style{}) },
		"outputs.md":      outputs.Markdown,
		"stages.txt":      func(w io.Writer) error { return stages.Table(w, terminal.Style{}) },
		"stages.md":       stages.Markdown,
		"stages.json":     stages.JSON,
		"advice.txt":      func(w io.Writer) error { return adviceOf(2).Table(w, terminal.Style{}) },
		"advice.md":       adviceOf(2).Markdown,
		"advice.json":     adviceOf(2).JSON,
		"advice.html":     withoutTheCommon(adviceOf(2).HTML),
		"drift.txt":       func(w io.Writer) error { return drift.Table(w, terminal.Style{}) },
		"drift.md":        drift.Markdown,
		"drift.json":      drift.JSON,
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, write(&b))
			recordtest.Golden(t, name, b.String())
		})
	}
}

// billOfPlan is the bill of a stack once a plan was carried out.
func billOfPlan(in preview.Input) preview.Bill {
	var all []cost.Resource
	for _, s := range in.Steps {
		if s.New != nil {
			all = append(all, cost.Resource{URN: s.URN, Type: s.Type, Name: s.Name, Component: s.Component, Region: s.Region,
				Props: s.New})
		}
	}
	return preview.NewBill("stage 3", in.After.Estimate(all), 3, in.Traffic, in.Budget)
}
