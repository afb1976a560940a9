package record

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
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

// wrap runs the program, keeps its exports and turns a panic into an error.
func (m *monitor) wrap(program pulumi.RunFunc) pulumi.RunFunc {
	return func(ctx *pulumi.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("the program panicked: %v", r)
			}
		}()
		if err := program(ctx); err != nil {
			return err
		}
		for key, value := range ctx.GetCurrentExportMap() {
			pulumi.ToOutput(value).ApplyT(func(v any) any {
				m.mu.Lock()
				defer m.mu.Unlock()
				m.exports[key] = v
				return v
			})
		}
		return nil
	}
}

// NewResource records a registration or a read and answers it.
func (m *monitor) NewResource(a pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r, err := m.describe(a)
	if err != nil {
		return "", nil, fmt.Errorf("record %s %s: %w", a.TypeToken, a.Name, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.place(&r)
	r.ID, r.OutputMap = m.answer(a, r)
	r.Outputs = Plain(r.OutputMap)
	m.seen = append(m.seen, r)
	return r.ID, r.OutputMap, nil
}

// describe reads what the program said about the resource.
func (m *monitor) describe(a pulumi.MockResourceArgs) (Resource, error) {
	r := Resource{Type: a.TypeToken, Name: a.Name, Provider: a.Provider, Custom: a.Custom, InputMap: a.Inputs}
	switch {
	case a.ReadRPC != nil:
		r.Read, r.Custom, r.Parent = true, true, a.ReadRPC.GetParent()
		r.Dependencies = slices.Sorted(slices.Values(a.ReadRPC.GetDependencies()))
	case a.RegisterRPC != nil:
		rpc := a.RegisterRPC
		// The mock drops what is not known yet; a preview wants to see it.
		inputs, err := plugin.UnmarshalProperties(rpc.GetObject(), plugin.MarshalOptions{
			KeepSecrets: true, KeepResources: true, KeepUnknowns: true,
		})
		if err != nil {
			return r, err
		}
		r.InputMap, r.Parent = inputs, rpc.GetParent()
		r.Protect, r.RetainOnDelete = rpc.GetProtect(), rpc.GetRetainOnDelete()
		r.IgnoreChanges = slices.Sorted(slices.Values(rpc.GetIgnoreChanges()))
		r.Dependencies = slices.Sorted(slices.Values(rpc.GetDependencies()))
		r.DeleteBeforeReplace = rpc.GetDeleteBeforeReplace()
		r.SecretOutputs = slices.Sorted(slices.Values(rpc.GetAdditionalSecretOutputs()))
		r.Hooks = hooksOf(rpc.GetHooks())
	}
	r.Inputs = Plain(r.InputMap)
	return r, nil
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

// urn must agree with the SDK's own mock monitor, which does not say the URN
// it gives.
func (m *monitor) urn(parent, typ, name string) resource.URN {
	parentType := tokens.Type("")
	if p := resource.URN(parent); p != "" && p.QualifiedType() != resource.RootStackType {
		parentType = p.QualifiedType()
	}
	return resource.NewURN(tokens.QName(m.set.stack), tokens.PackageName(m.set.project), parentType, tokens.Type(typ), name)
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
func (m *monitor) answer(a pulumi.MockResourceArgs, r Resource) (string, resource.PropertyMap) {
	state := a.Inputs.Copy()
	if !r.Custom {
		return "", state
	}
	if m.set.preview && !r.Read {
		return "", state
	}
	id, computed := defaultOutputs(r, a.Inputs)
	for k, v := range computed {
		if _, given := state[k]; !given {
			state[k] = v
		}
	}
	if m.set.outputs != nil {
		ownID, own := m.set.outputs(a.TypeToken, a.Name, a.Inputs)
		for k, v := range own {
			state[k] = v
		}
		if ownID != "" {
			id = ownID
		}
	}
	if a.ID != "" {
		id = a.ID
	}
	return id, state
}

// Call answers a provider function: the caller's own answer, else the default.
func (m *monitor) Call(a pulumi.MockCallArgs) (resource.PropertyMap, error) {
	if m.set.call != nil {
		if result, ok := m.set.call(a.Token, a.Args); ok {
			return result, nil
		}
	}
	m.mu.Lock()
	region := m.region(Resource{Provider: a.Provider})
	m.mu.Unlock()
	return defaultCall(a.Token, a.Args, region)
}

func (m *monitor) recording() *Recording {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := slices.Clone(m.seen)
	slices.SortStableFunc(seen, func(a, b Resource) int { return strings.Compare(a.URN, b.URN) })
	return &Recording{Project: m.set.project, Stack: m.set.stack, Resources: seen, Exports: m.exports}
}
