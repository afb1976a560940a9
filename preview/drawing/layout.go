package drawing

import (
	"strings"

	"github.com/rung-dev/rung/preview"
)

// layout is how a blueprint is drawn: from left to right, with the regions one
// below the other, so that no line passes behind a box. Measures are pixels.
type layout struct {
	id    string
	width int
	// world is the column before the regions; a narrow drawing has it on top.
	worldX, worldW int
	onTop          bool
	boxW           int
	boxH           int
	// gapY is between boxes of a column, gapWorld between those before all regions.
	gapY, gapWorld int
	// panelX and panelW are a region's place, pad what its border keeps free,
	// and copies what lines between regions need at its right.
	panelX, panelW, pad, copies int
	font, arrow                 int
	// stacked boxes have the name above the amount.
	stacked bool
	// lane is where the lines into the regions run, and laneStep one beside another.
	lane, laneStep int
}

var (
	wide = layout{
		id: "wide", width: 1160, worldX: 12, worldW: 176, boxW: 224, boxH: 32, gapY: 12, gapWorld: 24,
		panelX: 256, panelW: 902, pad: 18, copies: 44, font: 13, arrow: 7, lane: 216, laneStep: 12,
	}
	narrow = layout{
		id: "narrow", width: 358, worldX: 16, worldW: 214, onTop: true, boxW: 88, boxH: 52, gapY: 7, gapWorld: 22,
		panelX: 16, panelW: 341, pad: 8, copies: 22, font: 11, arrow: 5, stacked: true, lane: 10, laneStep: -6,
	}
)

const (
	titleH   = 38 // of a panel
	chipH    = 22
	chipGap  = 6
	panelGap = 18
	edge     = 2 // what borders need at the drawing's ends
)

// room is the width of what stands in a panel.
func (l layout) room() int { return l.panelW - 2*l.pad - l.copies }

// sketch is a drawing while it grows.
type sketch struct {
	layout
	svg
	at map[string]rect
	// row is where a box stands in its column, to see who are neighbours.
	column map[string][2]int
}

func (l layout) draw(b blueprint) svg {
	s := &sketch{layout: l, svg: svg{ID: l.id, Width: l.width, ArrowSize: l.arrow}, at: map[string]rect{},
		column: map[string][2]int{}}
	bottom := s.drawWorld(b.world)
	y := edge
	if l.onTop {
		y = bottom + panelGap
	}
	for i, c := range b.cells {
		y = s.drawCell(c, i, y) + panelGap
	}
	if len(b.common) > 0 {
		y = s.drawPanel("for the whole stack", "", nil, b.common, y) + panelGap
	}
	s.Height = max(bottom, y-panelGap) + edge
	s.drawWires(b)
	return s.svg
}

// drawWorld draws what stands before all regions and returns where it ends.
func (s *sketch) drawWorld(nodes []Node) int {
	y := edge
	for i, n := range nodes {
		s.box(n, rect{s.worldX, y, s.worldW, 32}, false)
		s.column[n.Name] = [2]int{-1, i}
		y += 32 + s.gapWorld
	}
	return y - s.gapWorld
}

func (s *sketch) drawCell(c cellPlan, i, y int) int {
	return s.drawPanel(c.title, c.money, func(top int) int { return s.drawColumns(c.columns, i, top) }, c.beside, y)
}

// drawPanel draws a frame around its columns and what stands beside them, and
// returns where it ends.
func (s *sketch) drawPanel(title, money string, columns func(top int) int, beside []Node, y int) int {
	bottom := y + titleH
	if columns != nil {
		bottom = columns(bottom) + s.pad
	}
	if len(beside) > 0 {
		bottom = s.chips(beside, bottom) + s.pad
	}
	r := rect{s.panelX, y, s.panelW, bottom - y}
	texts := []svgText{{r.X + s.pad, y + 24, "start", "title",
		fit(title, 14, true, s.room()-textWidth(money, 12, false)-12)}}
	if money != "" {
		texts = append(texts, svgText{r.X + s.pad + s.room(), y + 24, "end", "amount", money})
	}
	s.Panels = append(s.Panels, svgPanel{r, texts})
	return bottom
}

// drawColumns draws the tiers of a region, each in the middle of its height,
// and returns where the longest ends.
func (s *sketch) drawColumns(columns [][]Node, cell, top int) int {
	longest := 0
	for _, c := range columns {
		longest = max(longest, len(c))
	}
	step := s.boxH + s.gapY
	gap := (s.room() - 3*s.boxW) / 2
	for i, c := range columns {
		x, y := s.panelX+s.pad+i*(s.boxW+gap), top+(longest-len(c))*step/2
		for j, n := range c {
			s.box(n, rect{x, y + j*step, s.boxW, s.boxH}, s.stacked)
			s.column[n.Name] = [2]int{cell*len(tiers) + i, j}
		}
	}
	return top + longest*step - s.gapY
}

// box draws one component with its mark, name and amount.
func (s *sketch) box(n Node, r rect, stacked bool) {
	s.at[n.Name] = r
	b := svgBox{rect: r, Class: "box", Name: n.Name, Title: n.hint(), Op: n.Op, Data: n.Data}
	money := ""
	if !n.After.Free() {
		money = n.After.String()
	}
	switch {
	case n.actor():
		b.Class, b.Data = "actor", false
		b.Texts = []svgText{{r.X + 14, r.middle() + 4, "start", "label", n.label}}
	case stacked:
		b.Texts = s.stackedTexts(n, money, r)
	default:
		b.Texts = s.lineTexts(n, money, r)
	}
	s.Boxes = append(s.Boxes, b)
}

// hint is what a box says when it is pointed at.
func (n Node) hint() string {
	if n.actor() {
		return n.label
	}
	return n.sentence(nil, nil)
}

// lineTexts are the mark, the name and the amount side by side.
func (s *sketch) lineTexts(n Node, money string, r rect) []svgText {
	y, x := r.middle()+s.font/3+1, r.X+12
	var list []svgText
	if mark := boxMark(n.Op); mark != "" {
		list = append(list, svgText{x, y, "start", "mark", mark})
		x += 14
	}
	room := r.right() - 16 - x
	money = shortMoney(money, 12, room-textWidth(n.label, s.font, true)) // the name before the cents
	list = append(list, svgText{x, y, "start", "label", fit(n.label, s.font, true, room-textWidth(money, 12, false))})
	if money != "" {
		list = append(list, svgText{r.right() - 8, y, "end", "amount", money})
	}
	return list
}

// stackedTexts are the name in one or two lines, and below it mark and amount.
func (s *sketch) stackedTexts(n Node, money string, r rect) []svgText {
	var list []svgText
	y := r.Y + 15
	lines, class := breakLines(n.label, s.font, true, r.W-12, 2), "label"
	if strings.HasSuffix(lines[len(lines)-1], "…") { // smaller is better than less
		lines, class = breakLines(n.label, s.font-1, true, r.W-12, 2), "label tight"
	}
	for _, line := range lines {
		list = append(list, svgText{r.X + 8, y, "start", class, line})
		y += 14
	}
	y = r.bottom() - 7
	if mark := boxMark(n.Op); mark != "" {
		list = append(list, svgText{r.X + 8, y, "start", "mark", mark})
	}
	if money != "" {
		list = append(list, svgText{r.right() - 5, y, "end", "amount", shortMoney(money, 10, r.W-28)})
	}
	return list
}

// shortMoney leaves the cents out where there is no room for them.
func shortMoney(money string, size, width int) string {
	if textWidth(money, size, false) > width {
		money, _, _ = strings.Cut(money, ".")
	}
	return money
}

// boxMark is the sign of a change; what does not change has none.
func boxMark(op preview.Op) string {
	if op == preview.Same {
		return ""
	}
	return op.Symbol()
}

// chips writes what stands beside a region in lines, and returns where they end.
func (s *sketch) chips(nodes []Node, y int) int {
	left, end := s.panelX+s.pad, s.panelX+s.pad+s.room()
	x := left
	for _, n := range nodes {
		text := n.label
		if mark := boxMark(n.Op); mark != "" {
			text = mark + " " + text
		}
		text = fit(text, 11, false, end-left-16)
		w := textWidth(text, 11, false) + 16
		if x > left && x+w > end {
			x, y = left, y+chipH+chipGap
		}
		s.Boxes = append(s.Boxes, svgBox{
			rect: rect{x, y, w, chipH}, Class: "chip", Name: n.Name, Title: n.hint(), Op: n.Op, Data: n.Data,
			Texts: []svgText{{x + 8, y + 15, "start", "small", text}},
		})
		x += w + chipGap
	}
	return y + chipH
}
