package previewtest

import (
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/outside/figure"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Prices is a pricer with a fixed price per type, so that the goldens show how a
// report is written and not what AWS charges. An empty price is one that is not known.
type Prices map[string]string

// Climb are the prices of what climb.events tells of.
func Climb() Prices {
	return Prices{
		token.EC2NatGateway:      "0.045",
		token.EC2Instance:        "0.0168",
		token.RDSInstance:        "0.337",
		token.EC2Eip:             "0.005",
		token.EBSVolume:          "0.0022",
		token.DLMLifecyclePolicy: "",
		token.S3BucketV2:         "0.001",
	}
}

// Estimate prices what is listed by the hour; all else is free.
func (l Prices) Estimate(all []cost.Resource) cost.Estimate {
	var e cost.Estimate
	for _, r := range all {
		price, ok := l[r.Type]
		note := cost.Note{URN: r.URN, Type: r.Type, Name: r.Name, Component: r.Component}
		switch {
		case ok && price == "":
			note.Reason = "rung has no price model for it"
			e.Unpriced = append(e.Unpriced, note)
		case ok:
			l.line(&e, r, price)
		default:
			note.Reason = "costs nothing"
			e.Free = append(e.Free, note)
		}
	}
	return e
}

func (Prices) line(e *cost.Estimate, r cost.Resource, text string) {
	price, err := figure.Parse(text)
	if err != nil {
		panic(err) // it is written in a test
	}
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
