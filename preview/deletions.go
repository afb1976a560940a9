package preview

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// Unmentioned are the deletions that the engine did not come to tell: a plan
// that fails because a resource is protected ends before it reaches what the
// failed resource depends on. state is what the stack holds; what is in it and
// not among the steps leaves the stack. With no steps at all, everything does.
func Unmentioned(steps []Step, state []apitype.ResourceV3) []Step {
	told := map[string]bool{}
	for _, s := range steps {
		told[s.URN] = true
	}
	all := make([]events.EngineEvent, 0, len(state))
	for _, r := range state {
		all = append(all, deletion(r))
	}
	return slices.DeleteFunc(Steps(all), func(s Step) bool { return told[s.URN] })
}

// deletion is the event that the engine would have sent.
func deletion(r apitype.ResourceV3) events.EngineEvent {
	urn := string(r.URN)
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{ResourcePreEvent: &apitype.ResourcePreEvent{
		Metadata: apitype.StepEventMetadata{
			Op: apitype.OpDelete, URN: urn, Type: string(r.Type), Provider: r.Provider,
			Old: &apitype.StepEventStateMetadata{
				Type: string(r.Type), URN: urn, Custom: r.Custom, Delete: r.Delete, ID: string(r.ID), Parent: string(r.Parent),
				Protect: r.Protect, External: r.External, RetainOnDelete: r.RetainOnDelete,
				Inputs: r.Inputs, Outputs: r.Outputs, Provider: r.Provider,
			},
		},
		Planning: true,
	}}}
}
