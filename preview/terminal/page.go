// Package terminal is the page of lines that a terminal shows: its width, its colours and
// its columns.
//
// Paint is the one way to the terminal: whatever text is given loses what a terminal would
// obey. What is said stands in the package view.
package terminal

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rung-dev/rung/outside/legible"
)

// The widths between which a table reads well, in columns.
const (
	minWidth     = 60
	typesWidth   = 80 // below it names have the room of their types
	defaultWidth = 100
	maxWidth     = 120
	wideWidth    = 200
	widest       = 1000
)

// Style is how a table is written. The zero value is 100 columns in black and
// white.
type Style struct {
	// Width is the terminal's width in columns; it is brought to 60–120.
	Width int
	// Wide takes all of a terminal that is wider, and 200 columns where it is not known, so
	// that less is cut.
	Wide bool
	// Color allows colours. Set it only for a terminal, and not where the
	// variable NO_COLOR is set.
	Color bool
}

// Page collects the lines of a table. Colours never change what is aligned.
type Page struct {
	b     strings.Builder
	color bool
	// terminal says that the width is one that somebody looks at.
	terminal bool
	// Width is how many columns it has.
	Width int
	// Name and Type are the widths of the two columns that give way; a narrow page has no types.
	Name, Type int
}

// Amount is the width of a column of money: "+$123,456.78".
const Amount = 12

// New is an empty page.
func New(s Style) *Page {
	width := s.columns()
	left := width - 2 - 2 - 3*Amount - 2 // indent, symbol, money, gap
	p := &Page{color: s.Color, Width: width, terminal: s.Width > 0}
	p.Name = left * 6 / 11
	if width < typesWidth {
		p.Name = left
	}
	p.Type = left - p.Name
	return p
}

func (s Style) columns() int {
	usual, most := defaultWidth, maxWidth
	if s.Wide {
		usual, most = wideWidth, widest
	}
	if s.Width == 0 {
		return usual
	}
	return max(minWidth, min(s.Width, most))
}

// Line writes one line in a colour; nil is the terminal's own. What is wider than the terminal
// is wrapped at its words, but for a command, which is copied as a whole.
func (p *Page) Line(c text.Colors, format string, args ...any) {
	line := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	if !p.terminal || text.StringWidth(line) <= p.Width || strings.HasPrefix(strings.TrimSpace(line), "rung ") {
		p.Painted(p.Paint(c, line))
		return
	}
	words := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(words)]
	for i, l := range strings.Split(text.WrapSoft(legible.Line(words), p.Width-len(indent)-2), "\n") {
		if i == 1 {
			indent += "  "
		}
		p.Painted(p.Paint(c, indent+strings.TrimSpace(l)))
	}
}

// Painted writes a line made of what Paint returned.
func (p *Page) Painted(s string) { p.b.WriteString(s + "\n") }

// Blank writes an empty line.
func (p *Page) Blank() { p.b.WriteString("\n") }

// Wrapped writes text that may be long, indented on every line.
func (p *Page) Wrapped(c text.Colors, indent, s string) {
	for _, l := range strings.Split(text.WrapSoft(legible.Text(s), p.Width-len(indent)), "\n") {
		p.Line(c, "%s%s", indent, strings.TrimSpace(l))
	}
}

// Hanging is Wrapped with every line but the first indented.
func (p *Page) Hanging(c text.Colors, s string) {
	first, rest, more := strings.Cut(legible.Text(s), "\n")
	p.Wrapped(c, "", first)
	if more {
		p.Wrapped(c, "  ", rest)
	}
}

// Paint is the one way to the terminal: what it is given loses whatever a
// terminal would obey.
func (p *Page) Paint(c text.Colors, s string) string {
	s = legible.Line(s)
	if !p.color || len(c) == 0 || s == "" {
		return s
	}
	return c.EscapeSeq() + s + text.Reset.EscapeSeq()
}

// Flush writes the page to w.
func (p *Page) Flush(w io.Writer) error {
	_, err := io.WriteString(w, p.b.String())
	return err
}

// Left aligns s in a column, cutting what is too long; a column without width is none.
func Left(s string, width int) string {
	if width <= 0 {
		return ""
	}
	return text.AlignLeft.Apply(text.Snip(legible.Line(s), width-1, "…"), width)
}

// Right aligns s at the right of a column.
func Right(s string, width int) string { return text.AlignRight.Apply(legible.Line(s), width) }
