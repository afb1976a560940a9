package sim

import (
	"context"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Read gives what the state file says, which is nothing when the resource is
// gone. Inputs follow the properties, so that an edit by hand shows as drift.
func (p *Provider) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	kind, err := p.kind(string(req.URN.Type()))
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	o := p.op(kind, Update, req.URN, req.ID, nil)
	var props Props
	err = p.store.View(func(c *Cloud) error {
		e, err := c.get(o.key())
		if e != nil {
			props = e.Properties.Copy()
		}
		return err
	})
	if err != nil || props == nil {
		return plugin.ReadResponse{}, err
	}
	secret := kind.secrets(req.Inputs, req.State)
	given := FromPulumi(req.Inputs)
	inputs := readInputs(p.inputsOf(kind.Token, given), props, given, FromPulumi(req.State))
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID: req.ID, Inputs: inputs.ToPulumi(secret), Outputs: props.ToPulumi(secret),
	}, Status: resource.StatusOK}, nil
}

// readInputs gives the inputs that would make the properties: those that were
// given before, and whatever else has changed since. An import has no inputs and
// takes all that says something, as the real providers do: what is empty would
// contradict what the program gives in its place.
func readInputs(fields Fields, props, inputs, state Props) Props {
	out := Props{}
	if inputs.Has(defaultsKey) {
		out[defaultsKey] = inputs[defaultsKey]
	}
	for key := range fields {
		v, exists := props[key]
		switch {
		case !exists:
		case inputs.Has(key) && equal(v, inputs[key]):
			out[key] = inputs[key]
		case !inputs.Has(key) && len(state) == 0 && saysNothing(v):
		case inputs.Has(key), len(state) == 0, !equal(v, state[key]):
			out[key] = project(fields[key], v, inputs[key])
		}
	}
	return out
}

// saysNothing reports a value that stands where nothing was given.
func saysNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return v == "" || v == false || v == 0 || v == 0.0
}

// project leaves out of a nested object what the cloud filled in beside the
// inputs, so that only what the program can say is compared with it.
func project(typ string, v, input any) any {
	typ = strings.TrimSuffix(typ, "!")
	switch {
	case strings.HasPrefix(typ, "{"):
		m, isMap := asMap(v)
		given, known := asMap(input)
		if !isMap || !known {
			return v
		}
		out := map[string]any{}
		for key := range given {
			if m[key] != nil {
				out[key] = project("{", m[key], given[key])
			}
		}
		return out
	case strings.HasPrefix(typ, "[]{"):
		list, isList := v.([]any)
		given, known := input.([]any)
		if !isList || !known || len(list) != len(given) {
			return v
		}
		out := make([]any, len(list))
		for i := range list {
			out[i] = project("{", list[i], given[i])
		}
		return out
	}
	return v
}
