package orphans

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// guess places a thing that the program does not want any more: below a
// component of the right type, with a provider of its region. It is going to be
// deleted, so that which of several components it is does not matter.
func (p *planner) guess(t Thing) {
	urn := resource.URN(t.URN)
	provider, ok := p.providerOf(t)
	if !urn.IsValid() || !ok {
		p.leave(t, "the program does not want it, and no provider for it is in the stack")
		return
	}
	entry := apitype.ResourceV3{URN: urn, Type: urn.Type(), Custom: true, Parent: p.parentOf(urn)}
	if p.mayHoldData(urn) && p.Hook != "" {
		entry.ResourceHooks = map[resource.HookType][]string{resource.BeforeDelete: {p.Hook}}
	}
	p.take(t, entry, provider)
}

func (p *planner) mayHoldData(urn resource.URN) bool {
	return p.HoldsData != nil && p.HoldsData(string(urn.Type()), urn.Name(), string(urn))
}

// parentOf is the component above a URN: of those of the type that the URN names
// the one with the longest name that the resource's own begins with.
func (p *planner) parentOf(urn resource.URN) resource.URN {
	types := strings.Split(string(urn.QualifiedType()), "$")
	want := tokens.Type(strings.Join(types[:len(types)-1], "$"))
	if want == "" {
		want = resource.RootStackType
	}
	var best, root resource.URN
	for _, r := range p.State {
		above := r.URN
		if above.QualifiedType() == resource.RootStackType {
			root = above
		}
		if above.QualifiedType() != want {
			continue
		}
		if best == "" || better(urn.Name(), above.Name(), best.Name()) {
			best = above
		}
	}
	if best == "" {
		return root
	}
	return best
}

// better reports whether a component's name fits a resource's better than another's.
func better(name, candidate, other string) bool {
	fits := func(component string) int {
		if strings.HasPrefix(name, component) {
			return len(component)
		}
		return -1
	}
	return fits(candidate) > fits(other)
}

// providerOf is a reference to a provider of the thing's package and region.
func (p *planner) providerOf(t Thing) (string, bool) {
	var fits []apitype.ResourceV3
	for _, r := range p.State {
		if string(r.Type) == providerType+t.Provider && !r.Delete {
			fits = append(fits, r)
		}
	}
	i := slices.IndexFunc(fits, func(r apitype.ResourceV3) bool { return r.Inputs["region"] == t.Region })
	if i < 0 && len(fits) > 0 && (t.Region == "" || t.Region == "global") {
		i = 0
	}
	if i < 0 {
		return "", false
	}
	return string(fits[i].URN) + "::" + string(fits[i].ID), true
}
