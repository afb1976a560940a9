package rule

import (
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/rung-dev/rung/resource"
)

// Resource is what a rule may see of a resource.
type Resource struct {
	// URN, Type and Name identify it. Type is Pulumi's token in its current
	// form (see [Canonical]).
	URN, Type, Name string
	// Parent is the URN of the parent; empty for none.
	Parent string
	// Region is the region of its provider; empty for the home region.
	Region string
	// Protect is true for a resource that Pulumi refuses to delete.
	Protect bool
	// Depends are, per top-level property, the URNs of the resources from
	// whose outputs it is made. May be nil.
	Depends map[string][]string
	// Props are the inputs or, in a stack rule, the outputs.
	Props Value
	// Inputs are what the program asked for. In a stack rule they tell what
	// was asked for from what the cloud answered; the zero value means that
	// Props are the inputs.
	Inputs Value
}

// New makes a resource for rules to look at, from the parts that each source
// of resources has.
func New(typ, name, urn string, props property.Map) Resource {
	return Resource{Type: Canonical(typ), Name: name, URN: urn, Props: Object(props)}
}

// At is the property at a path.
func (r *Resource) At(path string) Value { return r.Props.At(path) }

// Input is the property at a path as the program asked for it.
func (r *Resource) Input(path string) Value {
	if r.Inputs.Given() == No {
		return r.At(path)
	}
	return r.Inputs.At(path)
}

// Tag is the value of a tag; absent when the resource has none of that key.
func (r *Resource) Tag(key string) Value {
	tags := r.At("tags")
	if tags.v.IsMap() {
		return Value{tags.v.AsMap().Get(key)}
	}
	for _, t := range tags.Items() { // scaling groups list theirs
		if t.At("key").Is(key) == Yes {
			return t.At("value")
		}
	}
	if tags.Unknown() {
		return tags
	}
	return Value{}
}

// Canonical is the one token that rules use for types which have several.
func Canonical(typ string) string { return resource.Canonical(typ) }
