package record

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/offline/sim"
)

// componentPrefix begins the type token of every component of rung's own.
const componentPrefix = "rung:components:"

// monitor is the one receiver of registrations. The SDK calls it from many
// goroutines at once, so everything it keeps is under the lock.
type monitor struct {
	set     settings
	answers answers

	mu         sync.Mutex
	seen       []Resource
	components map[string]string // URN → name of the nearest component
	regions    map[string]string // URN of a provider → its region
	exports    map[string]any
}

func newMonitor(set settings) *monitor {
	a := answers{preview: set.preview, cloud: sim.MemoryStore()}
	if set.cloud == nil {
		set.cloud = a
	}
	return &monitor{
		set:        set,
		answers:    a,
		components: map[string]string{},
		regions:    map[string]string{},
		exports:    map[string]any{},
	}
}

// wrap turns a panic of the program into an error.
func wrap(program pulumi.RunFunc) pulumi.RunFunc {
	return func(ctx *pulumi.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("the program panicked: %v", r)
			}
		}()
		return program(ctx)
	}
}

// add records a registration or a read and answers it.
func (m *monitor) add(r Resource) (Resource, error) {
	r.Inputs = Plain(r.InputMap)
	m.mu.Lock()
	m.place(&r)
	m.mu.Unlock()
	var err error
	if r.ID, r.OutputMap, err = m.made(r); err != nil {
		return r, err
	}
	r.Outputs = Plain(r.OutputMap)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen = append(m.seen, r)
	return r, nil
}

// made is what the cloud made of a resource, or, where it is no provider's, what
// the engine knows of it.
func (m *monitor) made(r Resource) (id string, state resource.PropertyMap, err error) {
	switch {
	case !r.Custom || isEngines(r.Type):
		id, state = m.engine(r)
	case r.Read: // nobody's to make
		id, state, err = m.answers.Make(r)
	default:
		id, state, err = m.set.cloud.Make(r)
	}
	return id, marked(state, r.SecretOutputs), err
}

// marked are outputs as the SDK reads them: those that the program wants to be
// secret are, but for what is not known yet, which the SDK would take for a known
// one without content.
func marked(state resource.PropertyMap, secret []string) resource.PropertyMap {
	for k, v := range state {
		switch {
		case v.IsSecret() && v.SecretValue().Element.IsComputed():
			state[k] = v.SecretValue().Element
		case slices.Contains(secret, string(k)) && !v.IsSecret() && !v.IsComputed():
			state[k] = resource.MakeSecret(v)
		}
	}
	return state
}

// export keeps those of the stack's outputs that are known.
func (m *monitor) export(outputs resource.PropertyMap) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, v := range Plain(outputs) {
		if v != any(Unknown{}) {
			m.exports[k] = v
		}
	}
}

// place gives the resource its URN, its component and its region.
func (m *monitor) place(r *Resource) {
	r.URN = string(m.urn(r.Parent, r.Type, r.Name))
	r.Component = m.components[r.Parent]
	if strings.HasPrefix(r.Type, componentPrefix) {
		r.Component = r.Name
	}
	m.components[r.URN] = r.Component
	r.Region = m.region(*r)
	if strings.HasPrefix(r.Type, "pulumi:providers:") {
		m.regions[r.URN] = r.Region
	}
}

// urn is the engine's: a parent's type is part of it, the stack's is not.
func (m *monitor) urn(parent, typ, name string) resource.URN {
	parentType := tokens.Type("")
	if p := resource.URN(parent); p != "" && p.QualifiedType() != resource.RootStackType {
		parentType = p.QualifiedType()
	}
	return resource.NewURN(tokens.QName(m.set.stack), tokens.PackageName(m.set.project), parentType, tokens.Type(typ),
		name)
}

// region is that of the provider the resource uses: an explicit one, else the
// stack's aws:region, else us-east-1.
func (m *monitor) region(r Resource) string {
	if region, ok := r.Inputs["region"].(string); ok && strings.HasPrefix(r.Type, "pulumi:providers:") {
		return region
	}
	if i := strings.LastIndex(r.Provider, "::"); i > 0 {
		if region := m.regions[r.Provider[:i]]; region != "" {
			return region
		}
	}
	if region := m.set.config["aws:region"]; region != "" {
		return region
	}
	return "us-east-1"
}

// call answers a provider function.
func (m *monitor) call(token, provider string, args resource.PropertyMap) (resource.PropertyMap, error) {
	m.mu.Lock()
	region := m.region(Resource{Provider: provider})
	m.mu.Unlock()
	return m.set.cloud.Call(token, region, args)
}

func (m *monitor) recording() *Recording {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := slices.Clone(m.seen)
	slices.SortStableFunc(seen, func(a, b Resource) int { return strings.Compare(a.URN, b.URN) })
	return &Recording{Project: m.set.project, Stack: m.set.stack, Resources: seen, Exports: m.exports}
}
