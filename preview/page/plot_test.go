package page

import (
	"encoding/xml"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPlots(t *testing.T) {
	p := Plot{Caption: `Latency <b>"x"</b>`, Unit: "ms", Step: 1, Limit: 200, LimitName: "the seeds' P95",
		Marks: []Moment{{1.5, "the <b> switch"}, {9, "after the end"}},
		Lines: []Curve{{"P95", []float64{10, 20, math.NaN(), 40}}, {"P99", []float64{30, 380, 50, 60}}}}
	text := string(p.SVG())
	assert.NotContains(t, text, "<b>")
	assert.Equal(t, 2, strings.Count(text, "<path"))
	assert.Contains(t, text, "P99 from 30 to 380 ms")
	assert.Contains(t, text, ">400</text>", "the scale ends at a round value")
	assert.Equal(t, 1, strings.Count(text, `class="limit"`))
	assert.Equal(t, 1, strings.Count(text, `class="mark"`))
	var b strings.Builder
	require.NoError(t, Sheet{Title: "A load", Plots: []Plot{p}}.Write(&b))
	assert.Contains(t, b.String(), `<span class="key l1">P99</span>`)
	assert.NotContains(t, b.String(), "style=", "the policy allows none")
}

// Whatever the figures are, the drawing can be read and stays within its bounds.
func TestPlotsStayWithinBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Plot{Caption: rapid.String().Draw(t, "caption"), Unit: "ms", Step: 1, Limit: rapid.Float64Range(0, 1e6).Draw(t,
			"limit"),
			Lines: []Curve{{"a", rapid.SliceOf(rapid.Float64()).Draw(t, "values")}, {"b", nil}}}
		decoder := xml.NewDecoder(strings.NewReader(string(p.SVG())))
		for {
			if _, err := decoder.Token(); err != nil {
				assert.ErrorContains(t, err, "EOF")
				break
			}
		}
		for i, v := range p.Lines[0].Values {
			if math.IsNaN(v) {
				continue
			}
			assert.True(t, p.x(i) >= plotLeft && p.x(i) <= plotWidth, "%v", p.x(i))
			assert.True(t, p.y(v, p.top()) >= 0 && p.y(v, p.top()) <= plotHeight, "%v", p.y(v, p.top()))
		}
	})
}

func TestShort(t *testing.T) {
	for want, v := range map[string]float64{"0": 0, "0.25": 0.25, "2": 2, "12.5": 12.5, "80": 80, "1250": 1250} {
		assert.Equal(t, want, Short(v))
	}
}
