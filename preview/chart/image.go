package chart

import (
	"fmt"
	"html"
	"strings"
)

// imageStyle is the style sheet of an image of its own, for a light and for a dark page.
const imageStyle = `
svg { --ground: #ffffff; --panel: #f5f7fa; --ink: #14213a; --muted: #53607a; --line: #d5dce6; --accent: #0b5cad; --good: #166b2d; --band: #cfe6d5; }
@media (prefers-color-scheme: dark) {
  svg { --ground: #10151f; --panel: #192130; --ink: #e6ebf4; --muted: #a5b1c6; --line: #303b4f; --accent: #6cb0f5; --good: #58cf79; --band: #1f4a2e; }
}
.ground { fill: var(--ground); } .panel { fill: var(--panel); stroke: var(--line); }
text { fill: var(--ink); font-size: 13px; } .title { font-size: 17px; font-weight: 700; }
.tick, .axis, .key { fill: var(--muted); font-size: 12.5px; }
` + plotStyle

// plotStyle draws what a page draws as well.
const plotStyle = `.column { fill: var(--accent); } .s1 { fill-opacity: .03; } .s2 { fill-opacity: .06; } .s3 { fill-opacity: .09; } .s4 { fill-opacity: .12; } .s5 { fill-opacity: .15; }
.grid { stroke: var(--line); fill: none; }
.stage { font-weight: 600; } .amount { font-weight: 700; paint-order: stroke; stroke: var(--panel); stroke-width: 4px; stroke-linejoin: round; }
.usual { fill: var(--band); fill-opacity: .55; stroke: var(--good); stroke-dasharray: 4 4; }
.spread { fill: var(--accent); fill-opacity: .22; }
.curve { fill: none; stroke: var(--accent); stroke-width: 3; stroke-linejoin: round; stroke-linecap: round; }
.climb { fill: none; stroke: var(--accent); stroke-width: 2; stroke-dasharray: 2 4; stroke-linecap: round; }
.end { fill: var(--accent); stroke: var(--panel); stroke-width: 2; }
`

// Key is one sign of the chart and what it means. Class is one of the style sheet.
type Key struct{ Class, Text string }

// Keys are the signs in the order of the legend.
func Keys() []Key {
	return []Key{
		{"curve", "expected"}, {"spread", "low to high"}, {"usual", "usual for the stage"}, {"climb", "a climb"},
	}
}

// keyWidth is the room of a sign and its word, in pixels.
func keyWidth(k Key) int { return 60 + 7*len(k.Text) }

// headH is the height of an image's title and legend, in pixels.
const headH = 52

// Image is the wide drawing as an SVG image with a title and a legend.
func (c *Chart) Image(title string) string {
	var b strings.Builder
	p := c.Wide
	height := p.Height + headH
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif">`+"\n",
		p.Width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n<desc>%s</desc>\n<style>%s</style>\n", html.EscapeString(title),
		html.EscapeString(strings.Join(c.Words, "; ")), imageStyle)
	fmt.Fprintf(&b, `<rect class="ground" width="%d" height="%d"/>`+"\n", p.Width, height)
	fmt.Fprintf(&b, `<text class="title" x="20" y="32">%s</text>`+"\n", html.EscapeString(title))
	x := p.Width - wide.right
	for _, k := range Keys() {
		x -= keyWidth(k)
	}
	for _, k := range Keys() {
		shape := `<rect class="%s" x="%d" y="19" width="26" height="12" rx="3"/>`
		if k.Class == "curve" || k.Class == "climb" {
			shape = `<path class="%s" d="M%d 25h26"/>`
		}
		fmt.Fprintf(&b, shape+`<text class="key" x="%d" y="30">%s</text>`+"\n", k.Class, x, x+33, html.EscapeString(k.Text))
		x += keyWidth(k)
	}
	fmt.Fprintf(&b, `<g transform="translate(0 %d)">`+"\n%s</g>\n</svg>\n", headH, p.Markup())
	return b.String()
}
