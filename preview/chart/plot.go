package chart

import (
	"fmt"
	"html"
	"html/template"
	"slices"
	"strings"
)

// Plot is a drawing in SVG. Its markup is made of the package's own figures, and of texts that
// are escaped.
type Plot struct {
	ID            string
	Width, Height int
	b             *strings.Builder
}

// Markup is what stands between the tags of the drawing.
func (p Plot) Markup() template.HTML {
	if p.b == nil {
		return ""
	}
	return template.HTML(p.b.String())
}

func (p Plot) add(format string, args ...any) { fmt.Fprintf(p.b, format+"\n", args...) }

// text writes a line of text; anchor is "start", "middle" or "end".
func (p Plot) text(x, y float64, anchor, class, s string) {
	p.add(`<text class="%s" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, class, x, y, anchor, html.EscapeString(s))
}

// draw lays it out from the back to the front: ground, columns, grid, what is usual, the range,
// the curve, its ends.
func (f frame) draw(stages []Stage) Plot {
	p := Plot{ID: f.id, Width: f.width, Height: f.height, b: &strings.Builder{}}
	left, right, top, bottom := float64(f.left), float64(f.width-f.right), float64(f.top), float64(f.height-f.bottom)
	p.add(`<rect class="panel" x="%.0f" y="%.0f" width="%.0f" height="%.0f" rx="8"/>`, left, top, right-left, bottom-top)
	for _, s := range stages {
		f.column(p, s)
	}
	for month := leastMonth; month <= mostMonth; month *= 10 {
		p.add(`<path class="grid" d="M%.1f %.1fH%.1f"/>`, left, f.y(month), right)
		p.text(left-8, f.y(month)+4, "end", "tick", "$"+Short(month))
	}
	for _, users := range []float64{0, 100, 1e3, 1e4, 1e5, 1e6, 1e7} {
		anchor := "middle"
		if users == mostUsers {
			anchor = "end"
		}
		p.text(f.x(users), bottom+18, anchor, "tick", Short(users))
	}
	p.text((left+right)/2, bottom+35, "middle", "axis", "registered users")
	for _, s := range stages {
		f.usual(p, s)
	}
	for i, s := range stages {
		f.curve(p, s)
		if i > 0 {
			f.step(p, stages[i-1], s)
		}
	}
	for _, s := range stages {
		f.end(p, s)
	}
	return p
}

// column is the ground of a stage, with its number and, where there is room, its name.
func (f frame) column(p Plot, s Stage) {
	x, to := f.x(float64(s.From)), f.x(float64(s.To))
	p.add(`<rect class="column s%d" x="%.1f" y="%d" width="%.1f" height="%d"/>`, s.Number, x, f.top, to-x,
		f.height-f.top-f.bottom)
	name := fmt.Sprint(s.Number)
	if f.names {
		name += "  " + s.Name
	}
	p.text((x+to)/2, float64(f.top)-12, "middle", "stage", name)
}

// usual is the range that the seeds give.
func (f frame) usual(p Plot, s Stage) {
	if s.UsualHigh == 0 {
		return
	}
	x, to, y, low := f.x(float64(s.From)), f.x(float64(s.To)), f.y(float64(s.UsualHigh)), f.y(float64(s.UsualLow))
	p.add(`<rect class="usual" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="5"/>`, x+4, y, to-x-8, low-y)
}

// curve is the range of the estimate and the expected month.
func (f frame) curve(p Plot, s Stage) {
	if len(s.Points) == 0 {
		return
	}
	back := slices.Clone(s.Points)
	slices.Reverse(back)
	p.add(`<path class="spread" d="%s%sZ"/>`, f.path(s.Points, func(x Point) float64 { return x.High }),
		strings.Replace(f.path(back, func(x Point) float64 { return x.Low }), "M", "L", 1))
	p.add(`<path class="curve" d="%s"/>`, f.path(s.Points, func(x Point) float64 { return x.Expected }))
}

// step is the climb from a stage to the next, at the same users.
func (f frame) step(p Plot, from, to Stage) {
	if len(from.Points) == 0 || len(to.Points) == 0 {
		return
	}
	a, z := from.Points[len(from.Points)-1], to.Points[0]
	p.add(`<path class="climb" d="M%.1f %.1fV%.1f"/>`, f.x(float64(a.Users)), f.y(a.Expected), f.y(z.Expected))
}

// end marks the month of the most users that a stage is meant for.
func (f frame) end(p Plot, s Stage) {
	if len(s.Points) == 0 {
		return
	}
	last := s.Points[len(s.Points)-1]
	x, y := f.x(float64(last.Users)), f.y(last.Expected)
	p.add(`<circle class="end" cx="%.1f" cy="%.1f" r="5"><title>%s</title></circle>`, x, y,
		html.EscapeString(fmt.Sprintf("stage %d with %s users: %s a month", s.Number, Short(float64(last.Users)),
			dollars(last.Expected))))
	p.text(x-9, y-9, "end", "amount", dollars(last.Expected))
}
