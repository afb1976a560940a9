package record

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Over is what a plan is compared with, so that a reviewer reads what is new and
// nothing that he has read before.
type Over struct {
	// Base is the recording below, such as the stage before; nil is an empty one.
	Base *Recording
	// Twin is the name and the text of the same resource at home, for one that
	// stands in another region: every line is mapped by it. Nil means that no
	// resource has a twin.
	Twin func(string) string
}

// PlanOver prints the recording as Plan does, but of what stands in the base as
// well only what differs. Each block begins with what happened to the resource:
//
//   - is new, with all its inputs
//     ≈ is new and like its twin at home but for the lines below
//     ~ was there and has changed: lines taken away and lines added
//   - is gone
//
// Resources that are exactly as they were, or exactly like their twins but for
// where they stand, are counted in the last lines and not printed.
func (r *Recording) PlanOver(o Over) string {
	d := difference{over: o, base: byName(o.Base), all: byName(r), alike: map[string]int{}, now: outputsOf(r)}
	if o.Base != nil {
		d.was = outputsOf(o.Base)
	}
	for _, x := range r.Resources {
		d.compare(x)
	}
	d.gone()
	return d.String()
}

// difference is a comparison under way.
type difference struct {
	over      Over
	base, all map[string]Resource // by "type name"
	was, now  outputs
	out       strings.Builder
	same      int
	alike     map[string]int // by region
}

// byName are the resources of a recording by type and name.
func byName(r *Recording) map[string]Resource {
	out := map[string]Resource{}
	if r == nil {
		return out
	}
	for _, x := range r.Resources {
		out[key(x)] = x
	}
	return out
}

func key(r Resource) string { return r.Type + " " + r.Name }

func (d *difference) compare(x Resource) {
	now := d.now.block(x, asItIs)
	if old, ok := d.base[key(x)]; ok {
		differ := changes(d.was.block(old, asItIs), now)
		if len(differ) == 0 {
			d.same++
			return
		}
		d.print("~ ", now[0], differ)
		return
	}
	if twin, ok := d.twin(x); ok {
		d.besideTwin(x, twin)
		return
	}
	d.print("+ ", now[0], now[1:])
}

// twin is the same resource at home.
func (d *difference) twin(x Resource) (Resource, bool) {
	if d.over.Twin == nil {
		return Resource{}, false
	}
	home := d.over.Twin(key(x))
	twin, ok := d.all[home]
	return twin, ok && home != key(x)
}

func (d *difference) besideTwin(x, twin Resource) {
	moved := func(text string) string { return canonical(d.over.Twin(text)) }
	differ := changes(d.now.block(twin, moved), d.now.block(x, moved))
	if len(differ) == 0 {
		d.alike[x.Region]++
		return
	}
	d.print("≈ ", d.now.block(x, asItIs)[0], differ)
}

// gone are the resources of the base that are no more, in its order.
func (d *difference) gone() {
	if d.over.Base == nil {
		return
	}
	for _, x := range d.over.Base.Resources {
		if _, still := d.all[key(x)]; !still {
			d.print("- ", d.was.block(x, asItIs)[0], nil)
		}
	}
}

func (d *difference) print(sign, head string, lines []string) {
	d.out.WriteString(sign + head + "\n")
	for _, line := range lines {
		d.out.WriteString("  " + strings.TrimPrefix(line, "  ") + "\n")
	}
}

func (d *difference) String() string {
	if d.same > 0 {
		fmt.Fprintf(&d.out, "= %d resources are as they were\n", d.same)
	}
	for _, region := range slices.Sorted(maps.Keys(d.alike)) {
		fmt.Fprintf(&d.out, "= %d resources in %s are like their twins at home\n", d.alike[region], region)
	}
	return d.out.String()
}

// fingerprints end the physical names that the simulated providers give, or are
// whole ids of theirs.
var fingerprints = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{7,}`)

// canonical leaves out what differs between any two resources.
func canonical(line string) string { return fingerprints.ReplaceAllString(line, "#") }

// changes are the lines that only one side has, those that went first. Order is
// the path's in both, so that a changed value shows as a pair.
func changes(was, now []string) []string {
	var out []string
	for _, line := range was[1:] {
		if !slices.Contains(now, line) {
			out = append(out, "- "+strings.TrimSpace(line))
		}
	}
	for _, line := range now[1:] {
		if !slices.Contains(was, line) {
			out = append(out, "+ "+strings.TrimSpace(line))
		}
	}
	if was[0] != now[0] {
		out = append(out, "- "+was[0], "+ "+now[0])
	}
	slices.SortStableFunc(out, func(a, b string) int { return strings.Compare(path(a), path(b)) })
	return out
}

// path is what a line of a change is about, without its sign and its value.
func path(line string) string {
	p, _, _ := strings.Cut(line[2:], ": ")
	return p
}
