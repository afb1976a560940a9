package page

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/rung-dev/rung/outside/legible"
)

// Plot is figures over time as lines.
type Plot struct {
	Caption, Unit string
	// Lines are drawn over one another, each a value for each step of time; a
	// value that is not a number leaves a gap.
	Lines []Curve
	// Step is how many seconds lie between two values.
	Step float64
	// Limit is a value that is drawn across; zero is none.
	Limit     float64
	LimitName string
	// Marks are moments that are named; those outside of the plot are left out.
	Marks []Moment
}

// Moment is one of a plot that has a name.
type Moment struct {
	// At is in seconds since the plot begins.
	At   float64
	Name string
}

// Curve is one line of a plot.
type Curve struct {
	Name   string
	Values []float64
}

// The drawing's measures, in its own units.
const (
	plotWidth, plotHeight            = 900, 220
	plotLeft, plotBottom, plotMargin = 56, 26, 10
	plotTicks                        = 4
)

// SVG is the plot as a drawing, with a text that says it all for who does not see it.
func (p Plot) SVG() template.HTML {
	top := p.top()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="plot" viewBox="0 0 %d %d" role="img" aria-label="%s">`, plotWidth, plotHeight,
		template.HTMLEscapeString(legible.Line(p.said())))
	for i := range plotTicks + 1 {
		value := top * float64(i) / plotTicks
		y := p.y(value, top)
		fmt.Fprintf(&b, `<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>`, plotLeft, plotWidth-plotMargin, y, y)
		fmt.Fprintf(&b, `<text x="%d" y="%.1f" text-anchor="end">%s</text>`, plotLeft-6, y+4, Short(value))
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d">0 s</text>`, plotLeft, plotHeight-6)
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s s</text>`, plotWidth-plotMargin, plotHeight-6,
		Short(float64(max(p.steps()-1, 0))*p.Step))
	if p.Limit > 0 {
		y := p.y(p.Limit, top)
		fmt.Fprintf(&b, `<line class="limit" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>`, plotLeft, plotWidth-plotMargin, y, y)
	}
	for _, m := range p.Marks {
		if step := m.At / p.Step; step >= 0 && step <= float64(p.steps()-1) {
			fmt.Fprintf(&b, `<line class="mark" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/><text x="%.1f" y="%d">%s</text>`,
				p.at(step), p.at(step), plotMargin, plotHeight-plotBottom, p.at(step)+4, plotHeight-plotBottom-5,
				template.HTMLEscapeString(legible.Line(m.Name)))
		}
	}
	for i, l := range p.Lines {
		fmt.Fprintf(&b, `<path class="line l%d" d="%s"/>`, i, p.path(l.Values, top))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // numbers, and one text that is escaped
}

// path is a line in the commands of SVG.
func (p Plot) path(values []float64, top float64) string {
	var b strings.Builder
	pen := "M"
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", pen, p.x(i), p.y(v, top))
		pen = "L"
	}
	return b.String()
}

func (p Plot) steps() int {
	n := 0
	for _, l := range p.Lines {
		n = max(n, len(l.Values))
	}
	return n
}

func (p Plot) x(step int) float64 { return p.at(float64(step)) }

func (p Plot) at(step float64) float64 {
	return plotLeft + step/float64(max(p.steps()-1, 1))*(plotWidth-plotMargin-plotLeft)
}

func (p Plot) y(value, top float64) float64 {
	return plotHeight - plotBottom - min(max(value/top, 0), 1)*(plotHeight-plotBottom-plotMargin)
}

// top is a round value that all the others are below.
func (p Plot) top() float64 {
	most := p.Limit * 1.1
	for _, l := range p.Lines {
		for _, v := range l.Values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				most = max(most, v)
			}
		}
	}
	if most <= 0 {
		return 1
	}
	size := math.Pow(10, math.Floor(math.Log10(most)))
	for _, round := range []float64{1, 2, 4, 5, 8, 10} {
		if most <= round*size {
			return round * size
		}
	}
	return 10 * size
}

// said is the plot in words: each line's least and largest value.
func (p Plot) said() string {
	said := p.Caption
	for _, m := range p.Marks {
		said += fmt.Sprintf("; %s at %s s", m.Name, Short(m.At))
	}
	for _, l := range p.Lines {
		low, high := math.Inf(1), math.Inf(-1)
		for _, v := range l.Values {
			if !math.IsNaN(v) {
				low, high = min(low, v), max(high, v)
			}
		}
		if low <= high {
			said += fmt.Sprintf("; %s from %s to %s %s", l.Name, Short(low), Short(high), p.Unit)
		}
	}
	return said
}

// Short writes a figure with three digits that count, as a scale has them.
func Short(v float64) string {
	switch {
	case math.Abs(v) >= 100:
		return fmt.Sprintf("%.0f", v)
	case math.Abs(v) >= 10:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}
