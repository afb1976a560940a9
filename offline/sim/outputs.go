package sim

import (
	"maps"
	"strings"
)

// properties are the inputs, what the provider derives from them, and what the
// cloud fills in.
func (o *Op) properties() Props {
	props := o.known()
	computed := o.computed()
	for _, path := range keys(computed) { // sorted: an object comes before what is inside it
		v := computed[path]
		if head, rest, nested := strings.Cut(path, "."); nested && props.Has(head) {
			props[head] = fillNested(props[head], rest, normalNumber(v))
		} else if !nested && !props.Has(path) {
			props[path] = normalNumber(v)
		}
	}
	props["id"] = o.ID
	return props
}

// known are the properties that a preview knows: inputs and tags.
func (o *Op) known() Props {
	props := o.In.Copy()
	delete(props, defaultsKey)
	maps.DeleteFunc(props, func(_ string, v any) bool { return v == nil })
	if _, ok := o.pkg.Schema.Resources[o.Kind.Token].Outputs["tagsAll"]; ok {
		props["tagsAll"] = o.allTags()
	}
	return props
}

func (o *Op) allTags() any {
	if o.In.Has("tags") && !o.In.Known("tags") {
		return Unknown{}
	}
	all := map[string]any{}
	maps.Copy(all, o.Tags)
	maps.Copy(all, o.In.Map("tags"))
	return all
}

// computed is what the cloud fills in, given or not.
func (o *Op) computed() Props {
	out := Props{}
	if n := o.Kind.Name; n != nil && n.Prefix != "" && o.In.Has(n.Prefix) {
		out[n.property()] = o.physicalName()
	}
	if o.Kind.Outputs != nil {
		maps.Copy(out, o.Kind.Outputs(o))
	}
	return out
}

func normalNumber(v any) any {
	if n, ok := v.(int); ok {
		return float64(n)
	}
	return v
}

// preview gives the properties that a preview shows: computed ones are unknown
// at create, and keep their value at update unless it may change them.
func (o *Op) preview() Props {
	props := o.known()
	for _, path := range keys(o.computed()) {
		var v any = Unknown{}
		if old := o.Old.Get(path); old != nil {
			v = old
		}
		if head, rest, nested := strings.Cut(path, "."); nested && props.Has(head) {
			props[head] = fillNested(props[head], rest, v)
		} else if !nested && !props.Has(path) {
			props[path] = v
		}
	}
	if o.Old == nil {
		props["id"] = Unknown{}
		return props
	}
	props["id"] = o.ID
	if o.Kind.Changing != nil {
		for _, key := range o.Kind.Changing(o) {
			props[key] = Unknown{}
		}
	}
	return props
}
