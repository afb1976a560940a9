package pack

import (
	"fmt"
	"slices"
	"strings"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rules"
)

// companions are the pack's own policies.
func (r *run) companions() []policy {
	own := func(id, description string, level rule.Level, whole func(*rule.Stack, say)) policy {
		enforced, _ := enforcement(level)
		return policy{whole: whole, info: &pulumirpc.PolicyInfo{
			Name: id, DisplayName: strings.TrimSuffix(description, "."), Description: description,
			EnforcementLevel: enforced, PolicyType: pulumirpc.PolicyType_POLICY_TYPE_STACK, Url: URL("the-packs-own-policies"),
		}}
	}
	return []policy{
		own(ExpiredID, "Exceptions end on the day that they name.", rule.Mandatory, r.reportExpired),
		own(EstimateID, "What the stack costs in a month.", rule.Advisory, r.reportEstimate),
		own(UndecidedID, "What only `up` can decide.", rule.Advisory, r.reportUndecided),
	}
}

func (r *run) reportUndecided(_ *rule.Stack, tell say) {
	if lines := r.undecided(); len(lines) > 0 {
		tell("Not known in a preview, checked by `up` once it is:\n  "+strings.Join(lines, "\n  "), "")
	}
}

func (r *run) reportExpired(st *rule.Stack, tell say) {
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
			tell(fmt.Sprintf("%s: the exception from %s (%s) ended on %s; fix the resource, or renew "+
				"rung:policy.%s.exceptions with a new date",
				e.Resource, id, e.Reason, e.Until.Format(time.DateOnly), id), urn)
		}
	}
}

// reportEstimate is for rung stacks: without a stage the load is not known,
// and with it most of the bill.
func (r *run) reportEstimate(st *rule.Stack, tell say) {
	estimate, err := rules.Estimate(st, r.settings)
	if err != nil {
		tell(fmt.Sprintf("The month could not be estimated: %v", err), "")
		return
	}
	if len(estimate.Lines)+len(estimate.Unpriced)+len(estimate.UsageBased) > 0 {
		tell(Month(estimate), "")
	}
}

// dearestShown is how many components the estimate names.
const dearestShown = 5

// Month is an estimate in a few lines: the sum, the dearest components and
// what has no price.
func Month(e cost.Estimate) string {
	var b strings.Builder
	fmt.Fprintf(&b, "$%s a month expected, $%s–%s likely.", e.Expected.StringFixed(2), e.Low.StringFixed(2),
		e.High.StringFixed(2))
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
