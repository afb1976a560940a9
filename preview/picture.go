package preview

import (
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// tiers are the rows of the picture, in the order in which a request passes
// them. Components that no tier names stand in the last one.
var tiers = [][]string{
	{"dns", "cdn", "assets"},
	{"loadbalancer"},
	{"server", "web", "workers"},
	{"cache", "database", "jobs"},
	{"network", "alerts", "budget", "dashboard"},
}

// wayDown is how many of the tiers a request passes.
const wayDown = 4

// box is one component of the picture.
type box struct {
	name, money string
	op          Op
}

// picture draws the rung as it would be: one box for each component, marked as
// new, changed or going. A stack with a single component needs none.
func (p *page) picture(r Report) {
	boxes := map[string]box{}
	for _, s := range sections(r) {
		if s.component != "" {
			boxes[s.component] = boxOf(s)
		}
	}
	if len(boxes) < 2 || r.To == nil {
		return
	}
	p.blank()
	above := false
	for i, tier := range tiersOf(boxes) {
		if above && i < wayDown && len(tier) > 0 {
			p.line(faint, "          │")
		}
		for row := range slices.Chunk(tier, max(1, (p.width-2)/(boxWidth+1))) {
			p.boxes(row)
		}
		above = above || len(tier) > 0
	}
}

// boxWidth is the outer width of a box, in columns.
const boxWidth = 19

func boxOf(s section) box {
	b := box{name: s.component}
	if !s.after.free() {
		b.money = s.after.String()
	}
	count := map[Op]int{}
	for _, r := range s.rows {
		if !r.tagsOnly {
			count[r.op]++
		}
	}
	switch {
	case count[Create] == len(s.rows):
		b.op = Create
	case count[Delete] == len(s.rows):
		b.op = Delete
	default:
		b.op = changeOf(count)
	}
	return b
}

// changeOf marks a component that stays: unchanged when only its tags change.
func changeOf(count map[Op]int) Op {
	if count[Create]+count[Update]+count[Replace]+count[Delete] > 0 {
		return Update
	}
	return Same
}

// tiersOf sorts the boxes into the tiers.
func tiersOf(boxes map[string]box) [][]box {
	out := make([][]box, len(tiers))
	for i, names := range tiers {
		for _, name := range names {
			if b, there := boxes[name]; there {
				out[i] = append(out[i], b)
				delete(boxes, name)
			}
		}
	}
	var rest []box
	for _, b := range boxes {
		rest = append(rest, b)
	}
	slices.SortFunc(rest, func(a, b box) int { return strings.Compare(a.name, b.name) })
	out[len(out)-1] = append(out[len(out)-1], rest...)
	return out
}

// boxes draws boxes side by side, each in the colour of its change.
func (p *page) boxes(row []box) {
	inner := boxWidth - 2
	bar := strings.Repeat("─", inner)
	for _, draw := range []func(box) string{
		func(box) string { return "┌" + bar + "┐" },
		func(b box) string { return "│" + left(" "+symbol(b.op)+" "+b.name, inner) + "│" },
		func(b box) string { return "│" + text.AlignRight.Apply(b.money+" ", inner) + "│" },
		func(box) string { return "└" + bar + "┘" },
	} {
		var line strings.Builder
		for _, b := range row {
			line.WriteString(" " + p.paint(colors(b.op), draw(b)))
		}
		p.line(nil, " %s", line.String())
	}
}
