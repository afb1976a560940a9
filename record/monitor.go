package record

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// componentPrefix begins the type token of every component of rung's own.
const componentPrefix = "rung:components:"

// monitor is the one receiver of registrations. The SDK calls it from many
// goroutines at once, so everything it keeps is under the lock.
type monitor struct {
	set settings

	mu         sync.Mutex
	seen       []Resource
	components map[string]string // URN → name of the nearest component
	regions    map[string]string // URN of a provider → its region
	exports    map[string]any
}

func newMonitor(set settings) *monitor {
	return &monitor{
		set:        set,
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

// made is what a cloud made of a resource, or, without one, what is made up.
func (m *monitor) made(r Resource) (string, resource.PropertyMap, error) {
	if m.set.cloud != nil && r.Custom && !r.Read && !isProvider(r.Type) {
		return m.set.cloud.Make(r)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	id, state := m.answer(r)
	return id, state, nil
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

// answer is what the cloud would say: the inputs and, outside a preview, what
// it computes.
func (m *monitor) answer(r Resource) (string, resource.PropertyMap) {
	state := r.InputMap.Copy()
	if !r.Custom || m.set.preview && !r.Read {
		return "", state
	}
	id, computed := defaultOutputs(r, r.InputMap)
	for k, v := range computed {
		if _, given := state[k]; !given {
			state[k] = v
		}
	}
	if m.set.outputs != nil {
		ownID, own := m.set.outputs(r.Type, r.Name, r.InputMap)
		maps.Copy(state, own)
		id = cmp.Or(ownID, id)
	}
	for _, k := range r.SecretOutputs {
		if v, ok := state[resource.PropertyKey(k)]; ok && !v.IsSecret() {
			state[resource.PropertyKey(k)] = resource.MakeSecret(v)
		}
	}
	return cmp.Or(r.ID, id), state
}

// call answers a provider function: the caller's own answer, else the default.
func (m *monitor) call(token, provider string, args resource.PropertyMap) (resource.PropertyMap, error) {
	if m.set.call != nil {
		if result, ok := m.set.call(token, args); ok {
			return result, nil
		}
	}
	m.mu.Lock()
	region := m.region(Resource{Provider: provider})
	m.mu.Unlock()
	if m.set.cloud != nil {
		return m.set.cloud.Call(token, region, args)
	}
	return defaultCall(token, args, region)
}

func (m *monitor) recording() *Recording {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := slices.Clone(m.seen)
	slices.SortStableFunc(seen, func(a, b Resource) int { return strings.Compare(a.URN, b.URN) })
	return &Recording{Project: m.set.project, Stack: m.set.stack, Resources: seen, Exports: m.exports}
}
