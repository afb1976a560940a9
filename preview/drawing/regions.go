package drawing

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/region"
	"github.com/rung-dev/rung/stacks/parts"
)

// cellOf takes a component's name apart: what it is, and the code of its region,
// which is empty at home. The code ends the name.
func cellOf(component string) (base, code string) {
	if n := parts.Parse(component); n.Region != "" && component == n.Base+"-"+n.Region {
		return n.Base, n.Region
	}
	return component, ""
}

// worldTiers is how many of the tiers stand before all regions.
const worldTiers = 1

// regionsOf are the codes of the regions that have a component of a tier which
// is in every region: home first, then in the order of the names given, as the
// stack's configuration has them.
func regionsOf(boxes map[string]Box, names []string) []string {
	codes := []string{""}
	for name := range boxes {
		base, code := cellOf(name)
		inTier := slices.ContainsFunc(tiers[worldTiers:], func(tier []string) bool { return slices.Contains(tier, base) })
		if inTier && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	slices.SortFunc(codes, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a, names), rank(b, names)), strings.Compare(a, b))
	})
	return codes
}

// rank is the place of a region's code: home, then those named, then the others.
func rank(code string, names []string) int {
	if code == "" {
		return -1
	}
	r, _ := region.ByCode(code)
	if i := slices.Index(names, r.Name); i >= 0 {
		return i
	}
	return len(names)
}

// columns draws what all regions share, then each region as a column in which a
// component stands in one line with its like elsewhere. It returns the names
// that it has no place for.
func (p board) columns(boxes map[string]Box, codes []string) []string {
	all, _ := tiersOf(boxes)
	left := maps.Clone(boxes)
	for _, b := range all[0] {
		if slices.Contains(tiers[0], b.Name) {
			delete(left, b.Name)
		}
	}
	p.tier(slices.DeleteFunc(all[0], func(b Box) bool { return !slices.Contains(tiers[0], b.Name) }))
	for some := range slices.Chunk(codes, p.perRow()) {
		p.Line(terminal.Faint, "           │")
		p.heads(some)
		for _, base := range withShards(slices.Concat(tiers[worldTiers:]...), boxes) {
			p.across(left, base, some)
		}
	}
	return slices.SortedFunc(maps.Keys(left), parts.Compare)
}

// heads are the regions' names over their columns.
func (p board) heads(codes []string) {
	var line strings.Builder
	for _, code := range codes {
		if code == "" {
			code = "home"
		}
		fmt.Fprintf(&line, " %-*s", boxWidth, code)
	}
	p.Line(terminal.Faint, " %s", line.String())
}

// across draws one component in the regions that have it, and takes it away from
// what is left.
func (p board) across(left map[string]Box, base string, codes []string) {
	row, found := make([]Box, len(codes)), false
	for i, code := range codes {
		name := strings.TrimSuffix(base+"-"+code, "-")
		b, there := left[name]
		if there {
			b.Name, found = base, true
			row[i] = b
			delete(left, name)
		}
	}
	if found {
		p.boxes(row)
	}
}

// byKind writes components of one kind once: "network (home, euw1)".
func byKind(names []string) []string {
	var bases []string
	codes := map[string][]string{}
	for _, name := range names {
		base, code := cellOf(name)
		if code == "" {
			code = "home"
		}
		if len(codes[base]) == 0 {
			bases = append(bases, base)
		}
		codes[base] = append(codes[base], code)
	}
	for i, base := range bases {
		if list := codes[base]; len(list) > 1 || list[0] != "home" {
			bases[i] = base + " (" + strings.Join(list, ", ") + ")"
		}
	}
	return bases
}
