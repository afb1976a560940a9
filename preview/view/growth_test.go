package view

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/chart"
	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// ladderOfThree is a ladder whose first stages are made by hand: a server, a CDN before it,
// and a fleet in its place.
func ladderOfThree() Growth {
	line := func(component, typ, usd string) preview.Line {
		return preview.Line{
			Line:    cost.Line{Component: component, Type: typ, Name: component, Region: "us-east-1"},
			Monthly: preview.USD(decimal.RequireFromString(usd)),
		}
	}
	server, cdn := line("server", token.EBSVolume, "20"), line("cdn", token.CloudFrontDistribution, "80")
	lines := [][]preview.Line{
		{server, line("network", token.EC2Vpc, "0")},
		{server, cdn, line("network", token.EC2Vpc, "0")},
		{cdn, line("loadbalancer", token.LBLoadBalancer, "30"), line("web", token.AutoScalingGroup, "90"),
			line("database", token.RDSInstance, "400")},
	}
	var g Growth
	for i, list := range lines {
		stage := ladder.Stages()[i]
		one := Grown{Stage: stage, Bill: preview.Bill{Cost: preview.Cost{Lines: list}}}
		for _, l := range list {
			one.Bill.Cost.To = one.Bill.Cost.To.Plus(l.Monthly)
		}
		from, _ := below(stage)
		for _, users := range chart.Samples(from, stage.Users, 4) {
			v := one.Bill.Cost.To.InexactFloat64()
			one.Curve = append(one.Curve, chart.Point{Users: users, Low: v / 2, Expected: v, High: v * 2})
		}
		g = append(g, one)
	}
	return g
}

func TestGrowthShowsWhatIsNewOnEachStage(t *testing.T) {
	sheet, text := parse(t, ladderOfThree().HTML)
	stages := sheet.class("grown")
	require.Len(t, stages, 3)
	marks := func(r parsed) map[string]string {
		out := map[string]string{}
		for n := range r.class("wide")[0].Descendants() {
			if box := (parsed{n}).attr("data-box"); box != "" {
				out[box] = parsed{n}.attr("class")
			}
		}
		return out
	}
	assert.Equal(t, "box create", marks(stages[0])["server"])
	assert.Equal(t, "box same", marks(stages[1])["server"])
	assert.Equal(t, "box create", marks(stages[1])["cdn"])
	assert.Equal(t, "box delete", marks(stages[2])["server"], "it holds data, and goes when somebody says so")
	assert.Contains(t, stages[2].text(), "server holds data: it stays")
	assert.NotContains(t, marks(stages[2]), "network", "what holds none is not mourned")
	for i, r := range stages {
		stage := ladder.Stages()[i]
		for _, want := range []string{stage.Adds, stage.Breaks, stage.Until, "rung up " + string('1'+rune(i))} {
			assert.Contains(t, r.text(), want)
		}
	}
	ids := map[string]bool{}
	for n := range sheet.Descendants() {
		if id := (parsed{n}).attr("id"); id != "" {
			assert.False(t, ids[id], "%s is the id of two", id)
			ids[id] = true
		}
	}
	assert.Len(t, sheet.class("curve"), 2*3+1, "each stage, wide and narrow, and the legend")
	assert.Contains(t, text, "url(#arrow-stage-3-wide)")
}

func TestGrowthInOtherFormats(t *testing.T) {
	var table, md, js bytes.Buffer
	g := ladderOfThree()
	require.NoError(t, g.Table(&table, terminal.Style{}))
	require.NoError(t, g.Markdown(&md))
	require.NoError(t, g.JSON(&js))
	assert.Contains(t, table.String(), "10k–100k users, up to 1k requests/s: $600.00 a month")
	assert.Contains(t, md.String(), "| 3 horizontal scaling | 10k–100k | up to 1k | $600.00 |")
	assert.Contains(t, js.String(), `"components": [`)
	assert.Contains(t, js.String(), `"users": 100000`)
	assert.Equal(t, 3, strings.Count(js.String(), `"breaks"`))
}

// The image is one that every reader takes, and shows one stage after the other.
func TestTheImageOfGrowth(t *testing.T) {
	image, err := ladderOfThree().Image()
	require.NoError(t, err)
	d := xml.NewDecoder(strings.NewReader(image))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
	}
	assert.Equal(t, 3, strings.Count(image, `<g class="frame">`))
	assert.Equal(t, 3, strings.Count(image, "animation-delay"))
	assert.NotContains(t, image, "ZgotmplZ")
}

func TestWithoutACurveThereIsNoChart(t *testing.T) {
	assert.Nil(t, Growth{{Stage: ladder.Stages()[5]}}.Chart())
}
