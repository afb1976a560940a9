package view

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/previewtest"
	"github.com/rung-dev/rung/stacks/parts"
)

// planOf is a report of components, all new, each of one resource and a price.
func planOf(names ...string) preview.Report {
	to := 5
	r := preview.Report{To: &to}
	for i, name := range names {
		r.Resources.Changes = append(r.Resources.Changes, preview.Change{
			Op: preview.Create, Component: name, Name: name + "-main", Type: "aws:x/y:Z", After: preview.USD(decimal.NewFromInt(int64(i) * 997)),
		})
		r.Resources.Create++
	}
	return r
}

// inThreeRegions is a stack in three regions with twelve shards, some of it new.
func inThreeRegions() preview.Report {
	r := planOf(previewtest.ThreeRegions()...)
	for i := range r.Resources.Changes {
		c := &r.Resources.Changes[i]
		c.Op = []preview.Op{preview.Same, preview.Create, preview.Update, preview.Same, preview.Replace, preview.Delete}[i%6]
		c.HoldsData = strings.Contains(c.Component, "database")
		c.Keys = []string{"engineVersion"}
		r.Cost.To = r.Cost.To.Plus(c.After)
		line := lineOf(*c)
		c.Region = line.Region
		r.Cost.Lines = append(r.Cost.Lines, line)
	}
	r.Cost.Low, r.Cost.High = r.Cost.To, r.Cost.To.Plus(r.Cost.To)
	return r
}

func lineOf(c preview.Change) preview.Line {
	code := parts.Parse(c.Component).Region
	region := map[string]string{"": "us-east-1", "euw1": "eu-west-1", "apse1": "ap-southeast-1"}[code]
	return preview.Line{Monthly: c.After, Low: c.After, High: c.After.Plus(c.After), Line: cost.Line{
		URN: c.Component, Type: c.Type, Name: c.Name, Component: c.Component, Region: region, Item: "hours", Unit: "hour",
		Quantity: decimal.NewFromInt(1), Price: c.After.Decimal, Source: "a list", AsOf: "2026-09-01",
	}}
}
