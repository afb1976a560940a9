package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/display"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Plan is what a preview showed, for an Up to keep to.
type Plan struct {
	// shown are the operations by URN.
	shown map[string][]apitype.OpType
	// settled is true when there is nothing to do.
	settled bool
}

// Plan is what a Preview showed.
func (r Result) Plan() Plan {
	p := Plan{shown: map[string][]apitype.OpType{}, settled: r.settled}
	for _, e := range r.Events {
		if e.ResourcePreEvent != nil {
			m := e.ResourcePreEvent.Metadata
			p.shown[m.URN] = append(p.shown[m.URN], m.Op)
		}
	}
	return p
}

// Settled is true of a plan whose Up would change nothing, neither in the cloud nor
// in the state. It is only ever so where rung's own engine works (offline).
func (p Plan) Settled() bool { return p.settled }

// Deleting is the plan with deletions that the preview did not come to tell.
func (p Plan) Deleting(urns ...string) Plan {
	out := Plan{shown: map[string][]apitype.OpType{}, settled: p.settled && len(urns) == 0}
	for urn, ops := range p.shown {
		out.shown[urn] = slices.Clone(ops)
	}
	for _, urn := range urns {
		out.shown[urn] = append(out.shown[urn], apitype.OpDelete)
	}
	return out
}

// Following is the same stack for an Up that carries out a plan: before each step the
// engine asks whether it was shown, and what was not is not done. Less than was
// shown may happen: a preview takes a value that it does not know for a new one.
// A Pulumi CLI does not ask: it previews once more before it begins, and changes nothing
// where that shows a step too many; one that turns up later all the same ends the run.
// Close either, once.
func (s *Stack) Following(p Plan) *Stack {
	c := *s
	c.opts.following = &p
	return &c
}

// allows is the question that the engine asks; nil without a plan.
func (p *Plan) allows() func(op display.StepOp, urn string) error {
	if p == nil {
		return nil
	}
	return p.allow
}

// harmless are the operations that change nothing in the cloud. What is discarded or
// pending was shown as the replacement that it belongs to.
var harmless = []apitype.OpType{
	apitype.OpSame, apitype.OpRead, apitype.OpReadReplacement, apitype.OpReadDiscard, apitype.OpRefresh,
	apitype.OpRemovePendingReplace, apitype.OpDiscardReplaced,
}

// instead are the operations that come to less than those that were shown.
var instead = map[apitype.OpType][]apitype.OpType{
	apitype.OpUpdate: {apitype.OpReplace, apitype.OpCreateReplacement, apitype.OpDeleteReplaced},
}

func (p *Plan) allow(op display.StepOp, urn string) error {
	if p.has(apitype.OpType(op), urn) {
		return nil
	}
	return fmt.Errorf("%s was not in the plan that was shown, and was not done: run it again to see what has changed",
		stepName(apitype.OpType(op), urn))
}

// has is true of a step that was shown, or is less than what was.
func (p *Plan) has(op apitype.OpType, urn string) bool {
	if slices.Contains(harmless, op) || strings.HasPrefix(string(resource.URN(urn).Type()), "pulumi:") {
		return true
	}
	return slices.ContainsFunc(p.shown[urn], func(shown apitype.OpType) bool {
		return shown == op || slices.Contains(instead[op], shown)
	})
}

// stepName is what a step is called to the user: "create web".
func stepName(op apitype.OpType, urn string) string {
	return fmt.Sprintf("%s %s", op, resource.URN(urn).Name())
}
