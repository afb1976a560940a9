package drawing

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rung-dev/rung/preview"
)

// svg is a drawing with a place for everything, in pixels of its own width.
type svg struct {
	ID string
	// Of tells apart the drawings of one page; empty where there is one.
	Of            string
	Width, Height int
	ArrowSize     int
	Panels        []svgPanel
	Boxes         []svgBox
	Wires         []svgWire
}

// svgPanel is a region, or what is for the whole stack.
type svgPanel struct {
	rect
	Texts []svgText
}

// svgBox is one component. Class is "box", "chip" or "actor".
type svgBox struct {
	rect
	Class, Name, Title string
	Op                 preview.Op
	Data               bool
	Texts              []svgText
}

// svgText is one line of text; Anchor is "start" or "end".
type svgText struct {
	X, Y          int
	Anchor, Class string
	Text          string
}

// svgWire is one line. It has an arrow unless both ends are alike.
type svgWire struct{ From, To, Kind, Path string }

// Round is the radius of the box's corners.
func (b svgBox) Round() int {
	if b.actor() {
		return b.H / 2
	}
	return 6
}

func (b svgBox) actor() bool { return b.Class == "actor" }

// Arrow is true for a line with a direction.
func (w svgWire) Arrow() bool { return w.Kind != copied }

type rect struct{ X, Y, W, H int }

func (r rect) right() int { return r.X + r.W }

func (r rect) bottom() int { return r.Y + r.H }

func (r rect) middle() int { return r.Y + r.H/2 }

func (r rect) center() int { return r.X + r.W/2 }

// advances are the widths of the characters in DejaVu Sans, in thousandths of
// the font's size. Of the fonts that browsers take for system-ui it is about
// the widest, so that what fits here fits everywhere.
var advances = map[rune]int{
	'i': 278, 'j': 278, 'l': 278, '.': 318, ',': 318, ' ': 318, '-': 361, 'f': 352, 't': 392, 'r': 411, 's': 521, 'c': 550,
	'z': 525, 'k': 579, 'v': 592, 'x': 592, 'y': 592, 'm': 974, 'w': 818, '–': 500, '(': 390, ')': 390, 'I': 295, 'W': 989,
	'M': 863,
	'+': 838, '~': 838, '±': 838, '=': 838, '…': 1000,
}

// boldBy is how much wider bold text is, in percent.
const boldBy = 10

// textWidth is at most how wide a text is, in pixels. Characters of other
// scripts count as wide as they are high.
func textWidth(s string, size int, bold bool) int {
	sum := 0
	for _, c := range s {
		switch w, known := advances[c]; {
		case known:
			sum += w
		case c > 0x2ff:
			sum += 1000
		case c >= 'A' && c <= 'Z':
			sum += 787
		default:
			sum += 636
		}
	}
	if bold {
		sum += sum * boldBy / 100
	}
	return (sum*size + 999) / 1000
}

// fit cuts a text to a width, with a mark that it did.
func fit(s string, size int, bold bool, width int) string {
	if textWidth(s, size, bold) <= width {
		return s
	}
	for s != "" && textWidth(s+"…", size, bold) > width {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s + "…"
}

// breakLines breaks a name at its hyphens and spaces into at most most lines.
func breakLines(s string, size int, bold bool, width, most int) []string {
	var lines []string
	for len(lines) < most-1 && textWidth(s, size, bold) > width {
		cut := 0
		for i, c := range s {
			if (c == '-' || c == ' ') && i > 0 && textWidth(s[:i+1], size, bold) <= width {
				cut = i + 1
			}
		}
		if cut == 0 {
			break
		}
		lines, s = append(lines, strings.TrimRight(s[:cut], " ")), s[cut:]
	}
	return append(lines, fit(s, size, bold, width))
}

// straight joins two points from side to side by a curve that leaves and
// arrives level.
func straight(x1, y1, x2, y2 int) string {
	half := (x2 - x1) / 2
	return fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1+half, y1, x2-half, y2, x2, y2)
}

func vertical(x, y1, y2 int) string { return fmt.Sprintf("M%d %dV%d", x, y1, y2) }

// bend is the radius of corners.
const bend = 6

// around goes level to a lane, along it, and level to the end.
func around(x1, y1, lane, x2, y2 int) string {
	if y1 == y2 {
		return fmt.Sprintf("M%d %dH%d", x1, y1, x2)
	}
	in, out, down := signOf(lane-x1)*bend, signOf(x2-lane)*bend, signOf(y2-y1)*min(bend, abs(y2-y1)/2)
	return fmt.Sprintf("M%d %dH%dQ%d %d %d %dV%dQ%d %d %d %dH%d",
		x1, y1, lane-in, lane, y1, lane, y1+down, y2-down, lane, y2, lane+out, y2, x2)
}

func signOf(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

func abs(n int) int { return n * signOf(n) }
