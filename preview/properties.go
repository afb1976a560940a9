package preview

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/cost"
)

// The engine's own marks in the properties of an event.
const (
	signatureKey    = "4dabf18193072939515e22adb298388d"
	secretSignature = "1b47061264138c4ac30d75fd1eb44270"
	unknownText     = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
)

// properties merges inputs and outputs of both sides of a step.
func properties(op Op, before, after *apitype.StepEventStateMetadata) (old, new map[string]any) {
	if op != Create && before != nil {
		old = merge(before)
	}
	switch {
	case op == Delete || after == nil && op != Same:
		return old, nil
	case op == Same && after == nil:
		return old, old
	}
	new = merge(after)
	if op != Replace {
		fill(new, old)
	}
	if op == Update && len(after.Outputs) == 0 {
		keepComputed(new, old, before)
	}
	return old, new
}

// merge lays the inputs over the outputs: what the program says is what will
// be, also where the cloud still answers with the old value.
func merge(s *apitype.StepEventStateMetadata) map[string]any {
	out := make(map[string]any, len(s.Outputs)+len(s.Inputs)+1)
	for k, v := range s.Outputs {
		out[k] = plain(v)
	}
	for k, v := range s.Inputs {
		p := plain(v)
		if _, has := out[k]; has && p == (cost.Unknown{}) {
			continue
		}
		out[k] = p
	}
	delete(out, "__defaults")
	if s.ID != "" && s.ID != unknownText {
		out["id"] = s.ID
	}
	return out
}

// fill gives unknown properties their old value: an update in place keeps ids,
// names and addresses.
func fill(props, old map[string]any) {
	for k, v := range props {
		if _, unknown := v.(cost.Unknown); !unknown {
			continue
		}
		if o, ok := old[k]; ok {
			props[k] = o
		}
	}
}

// keepComputed takes over what only the cloud knew, for an engine that gives
// no outputs in a preview. An input that the program gave up is not kept.
func keepComputed(props, old map[string]any, before *apitype.StepEventStateMetadata) {
	for k, v := range old {
		_, has := props[k]
		_, wasInput := before.Inputs[k]
		if !has && !wasInput {
			props[k] = v
		}
	}
}

// plain opens the engine's marks: a secret becomes cost.Secret, an unknown
// cost.Unknown{}; all else stays as JSON has it.
func plain(v any) any {
	switch t := v.(type) {
	case string:
		if t == unknownText {
			return cost.Unknown{}
		}
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = plain(e)
		}
		return out
	case map[string]any:
		if t[signatureKey] == secretSignature {
			return cost.Secret
		}
		out := maps.Clone(t)
		for k, e := range t {
			out[k] = plain(e)
		}
		return out
	}
	return v
}
