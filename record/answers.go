package record

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// answers are those of an offline cloud that refuses nothing: each resource is given
// what a create would give it. A component can so be looked at alone, in a network
// and with a key that nobody has made.
type answers struct {
	preview bool
	cloud   *sim.Store
}

var _ Cloud = answers{}

// Make gives the id and the state that the offline cloud would give.
func (a answers) Make(r Resource) (string, resource.PropertyMap, error) {
	p, err := offline.Within(r.Type, r.Region, a.cloud)
	if err != nil {
		return "", nil, err
	}
	id, state, err := p.Answer(resource.URN(r.URN), resource.ID(r.ID), r.InputMap, a.preview && !r.Read)
	return string(id), state, err
}

// Call answers a function as the offline cloud does.
func (a answers) Call(token, region string, args resource.PropertyMap) (resource.PropertyMap, error) {
	return offline.Call(token, region, a.cloud, args)
}

// engine answers for what is not a provider's: the program's components, its
// providers, and the stacks that it refers to.
func (m *monitor) engine(r Resource) (string, resource.PropertyMap) {
	state := r.InputMap.Copy()
	switch {
	case r.Type == token.StackReference:
		state["outputs"] = resource.NewProperty(resource.NewPropertyMapFromMap(m.set.published))
		return r.ID, state
	case isProvider(r.Type) && !m.set.preview:
		return r.Name, state
	}
	return "", state
}
