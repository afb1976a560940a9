package record

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	model "github.com/rung-dev/rung/resource"
)

// Model is what was registered as estimates and policies see resources: what a
// provider manages, without what is only read, components and providers.
func (r *Recording) Model() []model.Resource {
	all := make([]model.Resource, 0, len(r.Resources))
	for _, x := range r.Custom() {
		in, out := resource.FromResourcePropertyMap(x.InputMap), resource.FromResourcePropertyMap(x.OutputMap)
		props := model.Planned(model.PropsFromProperties(in), model.PropsFromProperties(out), x.ID)
		all = append(all, model.Resource{
			URN: x.URN, Type: x.Type, Name: x.Name, Component: x.Component,
			Region: model.RegionOf(x.Type, props, x.Region), Props: props, Dependencies: x.MadeFrom,
		})
	}
	return all
}

// Origins are, by URN, from whose outputs each property is made: what the
// engine's events do not tell.
func (r *Recording) Origins() map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for _, x := range r.Resources {
		if len(x.MadeFrom) > 0 {
			all[x.URN] = x.MadeFrom
		}
	}
	return all
}
