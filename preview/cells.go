package preview

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// cellCode ends the name of a component of a further region: the region's code
// as in AWS's zone ids, "euw1" say. Home's components end in none.
var cellCode = regexp.MustCompile(`^(.+)-((?:us|eu|ap|sa|ca|me|mx|il|af)(?:n|e|s|w|c|ne|nw|se|sw)[1-9])$`)

// cellOf takes a component's name apart: what it is, and the code of its region,
// which is empty at home.
func cellOf(component string) (base, code string) {
	if m := cellCode.FindStringSubmatch(component); m != nil {
		return m[1], m[2]
	}
	return component, ""
}

// worldTiers is how many of the tiers stand before all regions.
const worldTiers = 1

// regionsOf are the codes of the regions that have a component of a tier which
// is in every region, home first.
func regionsOf(boxes map[string]box) []string {
	codes := []string{""}
	for name := range boxes {
		base, code := cellOf(name)
		inTier := slices.ContainsFunc(tiers[worldTiers:], func(names []string) bool { return slices.Contains(names, base) })
		if inTier && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}

// columns draws what all regions share, then each region as a column in which a
// component stands in one line with its like elsewhere. It returns the names
// that it has no place for.
func (p *page) columns(boxes map[string]box, codes []string) []string {
	all, _ := tiersOf(boxes)
	left := maps.Clone(boxes)
	for _, b := range all[0] {
		if slices.Contains(tiers[0], b.name) {
			delete(left, b.name)
		}
	}
	p.tier(slices.DeleteFunc(all[0], func(b box) bool { return !slices.Contains(tiers[0], b.name) }))
	for some := range slices.Chunk(codes, p.perRow()) {
		p.line(faint, "           │")
		p.heads(some)
		for _, base := range withShards(slices.Concat(tiers[worldTiers:]...), boxes) {
			p.across(left, base, some)
		}
	}
	return slices.SortedFunc(maps.Keys(left), compareComponents)
}

// heads are the regions' names over their columns.
func (p *page) heads(codes []string) {
	var line strings.Builder
	for _, code := range codes {
		if code == "" {
			code = "home"
		}
		fmt.Fprintf(&line, " %-*s", boxWidth, code)
	}
	p.line(faint, " %s", line.String())
}

// across draws one component in the regions that have it, and takes it away from
// what is left.
func (p *page) across(left map[string]box, base string, codes []string) {
	row, any := make([]box, len(codes)), false
	for i, code := range codes {
		name := strings.TrimSuffix(base+"-"+code, "-")
		b, there := left[name]
		if there {
			b.name, any = base, true
			row[i] = b
			delete(left, name)
		}
	}
	if any {
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
