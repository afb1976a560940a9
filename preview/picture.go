package preview

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rung-dev/rung/stacks/parts"
)

// tiers are the rows of the picture, in the order in which a request passes
// them. Components that no tier names are listed below it.
var tiers = [][]string{parts.Of(parts.World), parts.Of(parts.Door), parts.Of(parts.Compute), parts.Of(parts.Store)}

// box is one component of the picture.
type box struct {
	name, money string
	op          Op
}

// picture draws the stage as it would be: one box for each component, marked as
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
	var rest []string
	if codes := regionsOf(boxes, r.Cost.regions); len(codes) > 1 {
		rest = p.columns(boxes, codes)
	} else {
		rest = p.tiers(boxes)
	}
	if len(rest) > 0 {
		p.wrapped(faint, "  ", "beside it: "+strings.Join(byKind(rest), ", "))
	}
}

// tiers draws the tiers of one region and returns the names that none has.
func (p *page) tiers(boxes map[string]box) []string {
	all, rest := tiersOf(boxes)
	for i, tier := range all {
		if i > 0 {
			p.line(faint, "           │")
		}
		p.tier(tier)
	}
	return rest
}

func (p *page) tier(tier []box) {
	for row := range slices.Chunk(tier, p.perRow()) {
		p.boxes(row)
	}
}

// perRow is how many boxes stand side by side.
func (p *page) perRow() int { return (p.width - 2) / (boxWidth + 1) }

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

// tiersOf sorts the boxes into the tiers that have any, and names the rest.
func tiersOf(boxes map[string]box) (all [][]box, rest []string) {
	boxes = maps.Clone(boxes)
	for _, names := range tiers {
		var tier []box
		for _, name := range withShards(names, boxes) {
			if b, there := boxes[name]; there {
				tier = append(tier, b)
				delete(boxes, name)
			}
		}
		if len(tier) > 0 {
			all = append(all, tier)
		}
	}
	return all, slices.SortedFunc(maps.Keys(boxes), parts.Compare)
}

// label is a component's name in its box: shards are short of room.
func label(name string) string {
	if of, nth, is := strings.Cut(name, "-shard-"); is && of == "database" {
		return "shard " + nth
	}
	return name
}

// withShards puts the shards of a component after it, in order.
func withShards(names []string, boxes map[string]box) []string {
	var all []string
	for _, name := range names {
		all = append(all, name)
		var shards []string
		for other := range boxes {
			base, _ := cellOf(other)
			if rest, is := strings.CutPrefix(base, name+"-shard-"); is && !strings.Contains(rest, "-") &&
				!slices.Contains(shards, base) {
				shards = append(shards, base)
			}
		}
		slices.SortFunc(shards, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
		all = append(all, shards...)
	}
	return all
}

// boxes draws boxes side by side, each in the colour of its change; one without
// a name leaves its place empty.
func (p *page) boxes(row []box) {
	inner := boxWidth - 2
	bar := strings.Repeat("─", inner)
	for _, draw := range []func(box) string{
		func(box) string { return "┌" + bar + "┐" },
		func(b box) string { return "│" + left(" "+symbol(b.op)+" "+label(b.name), inner) + "│" },
		func(b box) string { return "│" + text.AlignRight.Apply(b.money+" ", inner) + "│" },
		func(box) string { return "└" + bar + "┘" },
	} {
		var line strings.Builder
		for _, b := range row {
			if b.name == "" {
				line.WriteString(strings.Repeat(" ", boxWidth+1))
				continue
			}
			line.WriteString(" " + p.paint(colors(b.op), draw(b)))
		}
		p.painted(strings.TrimRight(" "+line.String(), " "))
	}
}
