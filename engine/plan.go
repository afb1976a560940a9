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
// Close either, once. A Pulumi CLI is not asked, so that it has no effect on AWS.
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
	does := apitype.OpType(op)
	if slices.Contains(harmless, does) || strings.HasPrefix(string(resource.URN(urn).Type()), "pulumi:") {
		return nil
	}
	for _, shown := range p.shown[urn] {
		if shown == does || slices.Contains(instead[does], shown) {
			return nil
		}
	}
	return fmt.Errorf("%s %s was not in the plan that was shown, and was not done: run it again to see what has changed",
		op, resource.URN(urn).Name())
}
