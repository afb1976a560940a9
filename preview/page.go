package preview

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rung-dev/rung/outside/legible"
)

// The widths between which a table reads well, in columns.
const (
	minWidth     = 80
	defaultWidth = 100
	maxWidth     = 120
)

// Style is how a table is written. The zero value is 100 columns in black and
// white.
type Style struct {
	// Width is the terminal's width in columns; it is brought to 80–120.
	Width int
	// Color allows colours. Set it only for a terminal, and not where the
	// variable NO_COLOR is set.
	Color bool
}

// page collects the lines of a table. Colours never change what is aligned.
type page struct {
	b     strings.Builder
	color bool
	width int
	// name and typ are the widths of the two columns that give way.
	name, typ int
}

// amount is the width of a column of money: "+$123,456.78".
const amount = 12

func newPage(s Style) *page {
	width := s.Width
	if width == 0 {
		width = defaultWidth
	}
	width = max(minWidth, min(width, maxWidth))
	left := width - 2 - 2 - 3*amount - 2 // indent, symbol, money, gap
	p := &page{color: s.Color, width: width}
	p.name = left * 6 / 11
	p.typ = left - p.name
	return p
}

// line writes one line in a colour; nil is the terminal's own.
func (p *page) line(c text.Colors, format string, args ...any) {
	p.painted(p.paint(c, strings.TrimRight(fmt.Sprintf(format, args...), " ")))
}

// painted writes a line made of what paint returned.
func (p *page) painted(s string) { p.b.WriteString(s + "\n") }

func (p *page) blank() { p.b.WriteString("\n") }

// wrapped writes text that may be long, indented on every line.
func (p *page) wrapped(c text.Colors, indent, s string) {
	for _, l := range strings.Split(text.WrapSoft(legible.Text(s), p.width-len(indent)), "\n") {
		p.line(c, "%s%s", indent, strings.TrimSpace(l))
	}
}

// hanging is wrapped with every line but the first indented.
func (p *page) hanging(c text.Colors, s string) {
	first, rest, more := strings.Cut(legible.Text(s), "\n")
	p.wrapped(c, "", first)
	if more {
		p.wrapped(c, "  ", rest)
	}
}

// paint is the one way to the terminal: what it is given loses whatever a
// terminal would obey.
func (p *page) paint(c text.Colors, s string) string {
	s = legible.Line(s)
	if !p.color || len(c) == 0 || s == "" {
		return s
	}
	return c.EscapeSeq() + s + text.Reset.EscapeSeq()
}

func (p *page) flush(w io.Writer) error {
	_, err := io.WriteString(w, p.b.String())
	return err
}

// left and right align s in a column, cutting what is too long.
func left(s string, width int) string {
	return text.AlignLeft.Apply(text.Snip(legible.Line(s), width-1, "…"), width)
}

func right(s string, width int) string { return text.AlignRight.Apply(legible.Line(s), width) }
