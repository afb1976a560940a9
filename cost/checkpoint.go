package cost

import (
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// deployment is the state of a stack.
type deployment struct{ Resources []state }

// state is one resource as Pulumi records it.
type state struct {
	URN, Type, Parent, Provider, ID string
	Custom, Delete, External        bool
	Inputs, Outputs                 map[string]any
	PropertyDependencies            map[string][]string
}

// resources converts states, leaving out those that are only waiting to be
// deleted. The region is that of resources whose provider names none.
func (d deployment) resources(region string, by merging) []Resource {
	byURN := make(map[string]*state, len(d.Resources))
	for i := range d.Resources {
		if r := &d.Resources[i]; !r.Delete {
			byURN[r.URN] = r
		}
	}
	place := resource.Place(func(urn string) (parent string, component bool) {
		r := byURN[urn]
		if r == nil {
			return "", false
		}
		return r.Parent, !r.Custom && r.Type != token.Stack
	})
	out := make([]Resource, 0, len(d.Resources))
	for i := range d.Resources {
		r := &d.Resources[i]
		if r.Delete {
			continue
		}
		res := Resource{
			URN: r.URN, Type: r.Type, Name: resource.NameOf(r.URN), Component: place.Component(r.URN),
			Group: !r.Custom, External: r.External, Props: r.props(by),
			Dependencies: r.PropertyDependencies,
		}
		res.Region = r.region(res.Props, byURN, region)
		out = append(out, res)
	}
	return out
}

// merging says which of inputs and outputs count: those of a plan or of what stands.
type merging func(inputs, outputs map[string]any, id string) map[string]any

func (r *state) props(by merging) map[string]any {
	return by(resource.PropsFromJSON(r.Inputs), resource.PropsFromJSON(r.Outputs), r.ID)
}

// region is where a resource runs: as it says itself, as its provider says, else
// the default.
func (r *state) region(p props, byURN map[string]*state, def string) string {
	if provider := byURN[resource.ProviderURN(r.Provider)]; provider != nil {
		if region, ok := resource.FromJSON(provider.Inputs["region"]).(string); ok && region != Secret && region != "" {
			def = region
		}
	}
	return resource.RegionOf(r.Type, p, def)
}

// inRegions puts resources that say nothing of where they are there where the rest
// of the stack is, if all of it is in one place.
func inRegions(all []Resource) []Resource {
	where := ""
	for _, r := range all {
		switch {
		case r.Region == "" || r.Group:
		case where == "":
			where = r.Region
		case where != r.Region:
			return all
		}
	}
	for i := range all {
		if all[i].Region == "" {
			all[i].Region = where
		}
	}
	return all
}
