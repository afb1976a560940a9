package preview

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/resource"
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

// merge is the state as it will be.
func merge(s *apitype.StepEventStateMetadata) map[string]any {
	return resource.Planned(resource.PropsFromJSON(s.Inputs), resource.PropsFromJSON(s.Outputs), s.ID)
}

// fill gives unknown properties their old value: an update in place keeps ids,
// names and addresses.
func fill(props, old map[string]any) {
	for k, v := range props {
		if _, unknown := v.(resource.Unknown); !unknown {
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
