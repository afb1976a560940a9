package drawing

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/stacks/parts"
)

// tiers are the rows of the picture, in the order in which a request passes
// them. Components that no tier names are listed below it.
var tiers = [][]string{parts.Of(parts.World), parts.Of(parts.Door), parts.Of(parts.Compute), parts.Of(parts.Store)}

// Box is one component of the picture.
type Box struct {
	Name, Money string
	Op          preview.Op
}

// board is a page that the tiers are drawn on.
type board struct{ *terminal.Page }

// Tiers draws the components tier by tier, several regions side by side in
// the order of the names given, and lists below what has no tier.
func Tiers(on *terminal.Page, boxes map[string]Box, regions []string) {
	p := board{on}
	p.Blank()
	var rest []string
	if codes := regionsOf(boxes, regions); len(codes) > 1 {
		rest = p.columns(boxes, codes)
	} else {
		rest = p.tiers(boxes)
	}
	if len(rest) > 0 {
		p.Wrapped(terminal.Faint, "  ", "beside it: "+strings.Join(byKind(rest), ", "))
	}
}

// tiers draws the tiers of one region and returns the names that none has.
func (p board) tiers(boxes map[string]Box) []string {
	all, rest := tiersOf(boxes)
	for i, tier := range all {
		if i > 0 {
			p.Line(terminal.Faint, "           │")
		}
		p.tier(tier)
	}
	return rest
}

func (p board) tier(tier []Box) {
	for row := range slices.Chunk(tier, p.perRow()) {
		p.boxes(row)
	}
}

// perRow is how many boxes stand side by side.
func (p board) perRow() int { return (p.Width - 2) / (boxWidth + 1) }

// boxWidth is the outer width of a box, in columns.
const boxWidth = 19

// tiersOf sorts the boxes into the tiers that have any, and names the rest.
func tiersOf(boxes map[string]Box) (all [][]Box, rest []string) {
	boxes = maps.Clone(boxes)
	for _, names := range tiers {
		var tier []Box
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

// withShards puts the shards of a component after it, in order, and services of
// somebody's own, with their databases, at the end of their tier.
func withShards(names []string, boxes map[string]Box) []string {
	var all []string
	for _, name := range slices.Concat(names, ownOf(names, boxes)) {
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

// ownOf are the names at home of what belongs to the tier with these names, and stands in
// no table.
func ownOf(names []string, boxes map[string]Box) (own []string) {
	if len(names) == 0 {
		return nil
	}
	of, _ := parts.Get(names[0])
	for name := range boxes {
		n := parts.Parse(name)
		if tier, is := n.Own(); is && tier == of.Tier && !slices.Contains(own, n.Base) {
			own = append(own, n.Base)
		}
	}
	slices.Sort(own)
	return own
}

// boxes draws boxes side by side, each in the colour of its change; one without
// a name leaves its place empty.
func (p board) boxes(row []Box) {
	inner := boxWidth - 2
	bar := strings.Repeat("─", inner)
	for _, draw := range []func(Box) string{
		func(Box) string { return "┌" + bar + "┐" },
		func(b Box) string { return "│" + terminal.Left(" "+b.Op.Symbol()+" "+label(b.Name), inner) + "│" },
		func(b Box) string { return "│" + text.AlignRight.Apply(b.Money+" ", inner) + "│" },
		func(Box) string { return "└" + bar + "┘" },
	} {
		var line strings.Builder
		for _, b := range row {
			if b.Name == "" {
				line.WriteString(strings.Repeat(" ", boxWidth+1))
				continue
			}
			line.WriteString(" " + p.Paint(terminal.Colors(b.Op), draw(b)))
		}
		p.Painted(strings.TrimRight(" "+line.String(), " "))
	}
}
