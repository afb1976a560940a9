package record

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Resource is one registration, with what the program said of it.
type Resource struct {
	// URN is what the engine would give it, so that it can be compared with a state.
	URN, Type, Name string
	// ID is the made-up physical id; empty for a component and in a preview.
	ID string
	// Parent is the URN of the parent; the stack's for one without a parent.
	Parent string
	// Component is the name of the nearest rung component among the resource
	// itself and its ancestors; empty for what belongs to none.
	Component string
	// Region is the region of the provider in use; us-east-1 when nothing says.
	Region string
	// Provider is the reference (URN::id) of an explicit provider, empty for the default one.
	Provider string
	// Custom is true for what a provider manages, false for a component.
	Custom bool
	// Read is true for what was looked up, not created.
	Read bool

	// Inputs and Outputs are plain values: string, float64, bool, nil, []any,
	// map[string]any, and Unknown for what is not known yet. Secrets are opened.
	Inputs, Outputs map[string]any
	// InputMap and OutputMap are the same with secrets and references marked.
	InputMap, OutputMap resource.PropertyMap

	Protect, RetainOnDelete, DeleteBeforeReplace bool
	// IgnoreChanges, SecretOutputs and Dependencies (URNs) are sorted.
	IgnoreChanges, SecretOutputs, Dependencies []string
	// MadeFrom are, for each input that is made from outputs, the URNs of whose
	// outputs, sorted.
	MadeFrom map[string][]string
	// Hooks maps the moment ("beforeDelete", ...) to the names of the hooks.
	Hooks map[string][]string
}

// Value is the input at a property path such as "ingress[0].fromPort", or nil.
func (r Resource) Value(path string) any { return lookup(r.InputMap, path) }

// Output is the output at a property path, or nil.
func (r Resource) Output(path string) any { return lookup(r.OutputMap, path) }

// Has is true when the program gave an input at the path.
func (r Resource) Has(path string) bool { return r.Value(path) != nil }

// String is the input at the path as text; empty when there is none.
func (r Resource) String(path string) string {
	v := r.Value(path)
	if v == nil {
		return ""
	}
	return sprint(v)
}

// Number is the input at the path as a number; zero when it is none.
func (r Resource) Number(path string) float64 {
	n, _ := r.Value(path).(float64)
	return n
}

// Bool is the input at the path as a truth value; false when it is none.
func (r Resource) Bool(path string) bool {
	b, _ := r.Value(path).(bool)
	return b
}

// Secret is true when the program marked the top-level input as secret.
func (r Resource) Secret(key string) bool {
	return r.InputMap[resource.PropertyKey(key)].ContainsSecrets()
}

// Recording is everything one run registered, sorted by URN.
type Recording struct {
	Project, Stack string
	Resources      []Resource
	// Exports are the stack's outputs whose value is known.
	Exports map[string]any
}

// All returns the resources of a type.
func (r *Recording) All(typ string) []Resource {
	return r.filter(func(x Resource) bool { return x.Type == typ })
}

// Named returns the resources with a logical name, whatever their type.
func (r *Recording) Named(name string) []Resource {
	return r.filter(func(x Resource) bool { return x.Name == name })
}

// In returns the resources of the component with this name, itself included.
func (r *Recording) In(component string) []Resource {
	return r.filter(func(x Resource) bool { return x.Component == component })
}

// Custom returns what a provider manages, without components, providers and reads.
func (r *Recording) Custom() []Resource {
	return r.filter(func(x Resource) bool { return x.Custom && !x.Read && !isProvider(x.Type) })
}

// Types returns every type in use, sorted, each once.
func (r *Recording) Types() []string {
	var types []string
	for _, x := range r.Resources {
		types = append(types, x.Type)
	}
	slices.Sort(types)
	return slices.Compact(types)
}

func (r *Recording) filter(keep func(Resource) bool) []Resource {
	var out []Resource
	for _, x := range r.Resources {
		if keep(x) {
			out = append(out, x)
		}
	}
	return out
}

func hooksOf(b *pulumirpc.RegisterResourceRequest_ResourceHooksBinding) map[string][]string {
	hooks := map[string][]string{}
	for when, names := range map[string][]string{
		"beforeCreate": b.GetBeforeCreate(), "afterCreate": b.GetAfterCreate(),
		"beforeUpdate": b.GetBeforeUpdate(), "afterUpdate": b.GetAfterUpdate(),
		"beforeDelete": b.GetBeforeDelete(), "afterDelete": b.GetAfterDelete(),
		"onError": b.GetOnError(),
	} {
		if len(names) > 0 {
			hooks[when] = names
		}
	}
	return hooks
}
