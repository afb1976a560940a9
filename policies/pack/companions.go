package pack

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/policies/rules"
)

// companions are the pack's own policies.
func (r *run) companions() []policyx.Policy {
	return []policyx.Policy{
		r.onStack(ExpiredID, "Exceptions end on the day that they name.", policyx.EnforcementLevelMandatory, r.reportExpired),
		r.onStack(EstimateID, "What the stack costs in a month.", policyx.EnforcementLevelAdvisory, r.reportEstimate),
		r.onStack(UndecidedID, "What only `up` can decide.", policyx.EnforcementLevelAdvisory, r.reportUndecided),
	}
}

func (r *run) onStack(id, description string, level policyx.EnforcementLevel, do func(policyx.StackValidationArgs)) policyx.Policy {
	return policyx.NewStackValidationPolicy(id, policyx.StackValidationPolicyArgs{
		Description: description, EnforcementLevel: level,
		ValidateStack: func(_ context.Context, a policyx.StackValidationArgs) error {
			do(a)
			return nil
		},
	})
}

func (r *run) reportUndecided(a policyx.StackValidationArgs) {
	if lines := r.undecided(); len(lines) > 0 {
		a.Manager.ReportViolation("Not known in a preview, checked by `up` once it is:\n  "+strings.Join(lines, "\n  "), "")
	}
}

func (r *run) reportExpired(a policyx.StackValidationArgs) {
	st := r.index(a.Resources)
	for id, own := range r.settings.Rules {
		for _, e := range own.Exceptions {
			if !e.Expired(r.settings.Now) {
				continue
			}
			urn := ""
			for _, res := range st.All() {
				if res.Name == e.Resource || res.URN == e.Resource {
					urn = res.URN
				}
			}
			a.Manager.ReportViolation(fmt.Sprintf("%s: the exception from %s (%s) ended on %s; fix the resource, or renew rung:policy.%s.exceptions with a new date",
				e.Resource, id, e.Reason, e.Until.Format(time.DateOnly), id), urn)
		}
	}
}

// reportEstimate is for rung stacks: without a stage the load is not known,
// and with it most of the bill.
func (r *run) reportEstimate(a policyx.StackValidationArgs) {
	estimate, err := rules.Estimate(r.index(a.Resources), r.settings)
	if err != nil {
		a.Manager.ReportViolation(fmt.Sprintf("The month could not be estimated: %v", err), "")
		return
	}
	if len(estimate.Lines)+len(estimate.Unpriced)+len(estimate.UsageBased) > 0 {
		a.Manager.ReportViolation(Month(estimate), "")
	}
}

// dearestShown is how many components the estimate names.
const dearestShown = 5

// Month is an estimate in a few lines: the sum, the dearest components and
// what has no price.
func Month(e cost.Estimate) string {
	var b strings.Builder
	fmt.Fprintf(&b, "$%s a month expected, $%s–%s likely.", e.Expected.StringFixed(2), e.Low.StringFixed(2), e.High.StringFixed(2))
	parts := e.ByComponent()
	for _, p := range parts[:min(dearestShown, len(parts))] {
		name := p.Key
		if name == "" {
			name = "(outside components)"
		}
		fmt.Fprintf(&b, "\n  %s $%s", name, p.Expected.StringFixed(2))
	}
	for _, n := range e.Unpriced {
		fmt.Fprintf(&b, "\n  not priced: %s: %s", strings.TrimSpace(n.Name+" "+n.Item), n.Reason)
	}
	if len(e.UsageBased) > 0 {
		fmt.Fprintf(&b, "\n  by usage and not in the sum: %s", strings.Join(names(e.UsageBased), ", "))
	}
	return b.String()
}

// names are the resources of notes, each once.
func names(notes []cost.Note) []string {
	var all []string
	for _, n := range notes {
		if !slices.Contains(all, n.Name) {
			all = append(all, n.Name)
		}
	}
	return all
}
