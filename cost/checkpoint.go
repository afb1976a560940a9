package cost

import (
	"cmp"
	"slices"
	"strings"

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
	out, from := make([]Resource, 0, len(d.Resources)), make([]origin, 0, len(d.Resources))
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
		o := originOf(r, byURN)
		res.Region = resource.RegionOf(r.Type, res.Props, cmp.Or(o.region, region))
		out, from = append(out, res), append(from, o)
	}
	inRegions(out, from)
	return out
}

// merging says which of inputs and outputs count: those of a plan or of what stands.
type merging func(inputs, outputs map[string]any, id string) map[string]any

func (r *state) props(by merging) map[string]any {
	return by(resource.PropsFromJSON(r.Inputs), resource.PropsFromJSON(r.Outputs), r.ID)
}

// origin is by what a resource was made: its provider, whether that is one of AWS's,
// and the region that it names, if any.
type origin struct {
	provider string
	aws      bool
	region   string
}

func originOf(r *state, byURN map[string]*state) origin {
	provider := byURN[resource.ProviderURN(r.Provider)]
	if strings.HasPrefix(r.Type, awsProviders) {
		provider = r
	}
	if provider == nil {
		return origin{provider: r.Provider}
	}
	o := origin{provider: r.Provider, aws: strings.HasPrefix(provider.Type, awsProviders)}
	if region, ok := resource.FromJSON(provider.Inputs["region"]).(string); ok && region != Secret {
		o.region = region
	}
	return o
}

// awsProviders begins the types of AWS's providers.
const awsProviders = "pulumi:providers:aws"

// inRegions puts resources that say nothing of where they are there where others are,
// if all of those are in one place: the others of their provider, else those of
// providers that name no region either, for one that does is there for what is
// elsewhere. What AWS's providers did not make is where all of the stack is.
func inRegions(all []Resource, from []origin) {
	const ofAll, ofUnnamed = "all", "unnamed"
	where := places{}
	for i, r := range all {
		if r.Region == "" || r.Group {
			continue
		}
		where.add(ofAll, r.Region)
		if from[i].provider != "" {
			where.add(from[i].provider, r.Region)
		}
		if from[i].region == "" {
			where.add(ofUnnamed, r.Region)
		}
	}
	for i := range all {
		switch r, o := &all[i], from[i]; {
		case r.Region != "":
		case o.aws:
			r.Region = cmp.Or(where.only(o.provider), where.only(ofUnnamed))
		default:
			r.Region = where.only(ofAll)
		}
	}
}

// places are the regions in which something is, by what it is of.
type places map[string][]string

func (p places) add(of, region string) {
	if !slices.Contains(p[of], region) {
		p[of] = append(p[of], region)
	}
}

// only is the region of something that is in one alone; else empty.
func (p places) only(of string) string {
	if len(p[of]) != 1 {
		return ""
	}
	return p[of][0]
}
