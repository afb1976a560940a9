// Package docs draws the pictures of the documentation from the same figures
// that the program uses, so that a picture cannot become untrue.
package docs

import (
	"fmt"
	"html"
	"strings"

	"github.com/rung-dev/rung/stacks/ladder"
)

const (
	stepWidth  = 190
	stepRise   = 46
	stepHeight = 118
	margin     = 16
)

// Ladder draws the six stages as stairs, as an SVG image.
func Ladder() string {
	stages := ladder.Stages()
	width := 2*margin + len(stages)*stepWidth
	height := 2*margin + stepHeight + (len(stages)-1)*stepRise
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif">`+"\n", width, height)
	fmt.Fprintf(&b, `<title>The scalability ladder: six stages, what each carries and what a month costs</title>`+"\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", width, height)
	for i, s := range stages {
		x := margin + i*stepWidth
		y := height - margin - stepHeight - i*stepRise
		b.WriteString(step(s, x, y, height-margin-y))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// step is one stair from its top down to the ground.
func step(s ladder.Stage, x, y, depth int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s" stroke="#ffffff" stroke-width="3"/>`+"\n",
		x, y, stepWidth, depth, shade(s.Number))
	line := func(dy, size int, weight, text string) {
		fmt.Fprintf(&b, `<text x="%d" y="%d" font-size="%d" font-weight="%s" fill="#0b2239">%s</text>`+"\n",
			x+12, y+dy, size, weight, html.EscapeString(text))
	}
	line(26, 15, "700", fmt.Sprintf("%d  %s", s.Number, s.Name))
	users, load := carries(s)
	line(48, 13, "400", users+" users")
	line(66, 13, "400", load+" requests/s")
	line(90, 12, "700", money(s.Band))
	return b.String()
}

// carries is the load that a stage is for. The last one has no upper end.
func carries(s ladder.Stage) (users, load string) {
	if s.Number < ladder.Last {
		return "up to " + people(s.Users), people(s.PeakRequestsPerSecond)
	}
	below := ladder.Stages()[s.Number-2]
	return "over " + people(below.Users), "over " + people(below.PeakRequestsPerSecond)
}

func money(b ladder.Band) string {
	if !b.Known() {
		return ""
	}
	return b.String() + " a month"
}

// shade grows darker from stage to stage; the text stays readable on all.
func shade(n ladder.Number) string {
	return []string{"#e8f3fb", "#d3e8f7", "#bcdcf2", "#a3ceec", "#8abfe5", "#71b0dd"}[n-1]
}

// people writes a number as people say it: 10k, 1M.
func people(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%dM", n/1_000_000)
	case n >= 1_000:
		return fmt.Sprintf("%dk", n/1_000)
	}
	return fmt.Sprint(n)
}
