package preview

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/resource"
)

// The reasons why `rung up` does not bring a property back.
const (
	whyIgnored  = "the program leaves it to others (ignoreChanges)"
	whyComputed = "the cloud's own value, which no program sets"
	whyWanted   = "the program asks for what is there"
)

// JudgeDrift reads the events of a plan over a refresh: what differs, what of that
// the cloud is meant to change by itself, and what `rung up` would make of the
// rest. state is what the stack holds.
func JudgeDrift(all []events.EngineEvent, state []apitype.ResourceV3) Drifts {
	found := FindDrift(all).sifted(state)
	_, plan := splitRefresh(all)
	steps := map[string]Step{}
	for _, s := range Steps(plan) {
		steps[s.URN] = s
	}
	known := map[string]apitype.ResourceV3{}
	for _, r := range state {
		known[string(r.URN)] = r
	}
	for i := range found.Resources {
		d := &found.Resources[i]
		if s, planned := steps[d.URN]; planned {
			d.foresee(s, known[d.URN])
		}
	}
	return found
}

// foresee says what a planned step does to what differs.
func (d *Drift) foresee(s Step, r apitype.ResourceV3) {
	d.Up = s.Op
	for i := range d.Properties {
		d.Properties[i].foresee(s, r)
	}
}

func (p *PropertyWas) foresee(s Step, r apitype.ResourceV3) {
	changes := s.Op == Update || s.Op == Replace
	path := strings.Replace(p.Path, "tagsAll", "tags", 1) // the one follows from the other
	top, _, _ := strings.Cut(strings.ReplaceAll(path, "[", "."), ".")
	_, given := r.Inputs[top]
	back := changes && slices.ContainsFunc(s.Changed, func(key string) bool { return touch(key, path) })
	switch {
	case back:
	case slices.ContainsFunc(r.IgnoreChanges, func(key string) bool { return touch(key, path) }):
		p.Why = whyIgnored
	case given:
		p.Why = whyWanted
	case changes: // it may follow from what is changed, or not
		p.Why = whyComputed
		return
	default:
		p.Why = whyComputed
	}
	p.Restored = &back
}

// touch reports whether one path is the other or lies within it.
func touch(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, within := strings.CutPrefix(b, a)
	return within && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// Pending adds the resources that a killed run was making.
func (d Drifts) Pending(urns []string) Drifts {
	for _, urn := range urns {
		typ := resource.TypeOf(urn)
		_, holds := guard.HoldsData(typ)
		d.Resources = append(d.Resources, Drift{
			URN: urn, Type: typ, Name: resource.NameOf(urn), HoldsData: holds, Pending: true, Properties: []PropertyWas{},
		})
	}
	sortDrifts(d.Resources)
	return d
}
