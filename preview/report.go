package preview

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Pricer estimates the month of a stack; *cost.Estimator is one.
type Pricer interface {
	Estimate([]cost.Resource) cost.Estimate
}

// Input is what a report is made from.
type Input struct {
	// Steps are the engine's plan.
	Steps []Step
	// Origins are, by URN and property, the URNs of the resources from whose
	// outputs it is made. The engine's events do not tell; whoever ran the program
	// knows. May be nil: estimates then go by names and components.
	Origins map[string]map[string][]string
	// Diagnostics are what the engine said besides; may be empty.
	Diagnostics []Diagnostic
	// To is the stage that the plan leads to; 0 is an empty stack. The stage
	// before is read from the resources themselves.
	To ladder.Number
	// Traffic is the load on the stage that the plan leads to.
	Traffic ladder.Traffic
	// Regions are the stack's regions in the order in which they are drawn, home
	// first; empty draws them by their names.
	Regions []string
	// Before and After price the stack as it is and as it would be. They differ
	// where the load does.
	Before, After Pricer
	// Budget is the most that the month may cost, in USD; zero is no limit.
	Budget decimal.Decimal
	// Confirmed names the resources that may go with their data.
	Confirmed []string
	// Had names what held data at the end of the stack's last run.
	Had []string
	// Policies are what the policy pack said of the plan.
	Policies []Violation
}

// Report is the whole answer to "what would happen?". Its JSON is a public
// format: keys are added, never changed.
type Report struct {
	// From and To are the stages; nil for an empty stack.
	From *int `json:"from"`
	To   *int `json:"to"`
	// Resources are the changes, Cost the money.
	Resources Resources `json:"resources"`
	Cost      Cost      `json:"cost"`
	// Budget is nil when there is no limit.
	Budget *Budget `json:"budget"`
	// Blocked are the changes that would lose data and that nobody confirmed.
	Blocked []Blocked `json:"blocked"`
	// Protections are those that an earlier run has lifted and this one puts back.
	Protections []Protection `json:"protections,omitempty"`
	// Policies are what the policy pack said; empty when it said nothing or was
	// left out.
	Policies []Violation `json:"policies"`
	// Diagnostics are the engine's and the program's warnings and errors, but
	// for those that only repeat what Blocked says.
	Diagnostics []Diagnostic `json:"diagnostics"`
	// Outputs are the stack's outputs once the plan was carried out.
	Outputs map[string]any `json:"outputs,omitempty"`
}

// Resources counts what changes and lists it. Components and providers do not
// count: they are not in the cloud.
type Resources struct {
	Create  int      `json:"create"`
	Update  int      `json:"update"`
	Replace int      `json:"replace"`
	Delete  int      `json:"delete"`
	Same    int      `json:"same"`
	Changes []Change `json:"changes"`
	// Unchanged are the rest; the table sums them up.
	Unchanged []Change `json:"-"`
}

// Change is what happens to one resource.
type Change struct {
	Op        Op     `json:"op"`
	URN       string `json:"urn"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Component string `json:"component"`
	// Keys are the properties that change or that force the replacement.
	Keys []string `json:"keys"`
	// HoldsData is true for a resource whose data could not be made again.
	HoldsData bool `json:"holdsData"`
	// TagsOnly is true for an update that changes nothing but tags.
	TagsOnly bool `json:"tagsOnly,omitempty"`
	// Retained is true for a deletion that leaves the resource in the cloud.
	Retained bool `json:"retained,omitempty"`
	// Pricing says what Before and After stand on.
	Pricing Pricing `json:"pricing"`
	// Before and After are the resource's month.
	Before Money `json:"before"`
	After  Money `json:"after"`
	// Region is the step's; the page draws by it.
	Region string `json:"-"`
}

// Budget is the limit and whether the expected month is over it.
type Budget struct {
	Limit    Money `json:"limit"`
	Expected Money `json:"expected"`
	Over     bool  `json:"over"`
}

// Blocked is a change that the data guard does not let pass.
type Blocked struct {
	URN     string   `json:"urn"`
	Type    string   `json:"type"`
	Name    string   `json:"name"`
	Op      string   `json:"op"`
	Keys    []string `json:"keys"`
	Message string   `json:"message"`
}

// Nothing is the report on a stack that is empty and stays so.
func Nothing() Report { return NewReport(Input{Before: free{}, After: free{}}) }

// free prices what is not there.
type free struct{}

// Estimate is nothing.
func (free) Estimate([]cost.Resource) cost.Estimate { return cost.Estimate{} }

// NewReport prices the plan and asks the data guard. It changes nothing.
func NewReport(in Input) Report {
	before := in.Before.Estimate(side(in, func(s Step) map[string]any { return s.Old }))
	after := in.After.Estimate(side(in, func(s Step) map[string]any { return s.New }))
	r := Report{
		From:        stageBefore(in.Steps),
		To:          number(in.To),
		Resources:   resources(in.Steps, before, after),
		Cost:        newCost(before, after, in.To, in.Traffic),
		Budget:      newBudget(in.Budget, after.Expected),
		Blocked:     blocked(in.Steps, in.Had, in.Confirmed),
		Protections: Protections(in.Steps),
		Policies:    append([]Violation{}, in.Policies...),
		Diagnostics: withoutProtection(in.Diagnostics),
	}
	r.Cost.Regions = in.Regions
	return r
}

// OverBudget reports whether the expected month is over the limit.
func (r Report) OverBudget() bool { return r.Budget != nil && r.Budget.Over }

// Changed reports whether the plan changes anything in the cloud.
func (r Report) Changed() bool { return len(r.Resources.Changes) > 0 }

// side is one side of the plan as the estimator reads it.
func side(in Input, props func(Step) map[string]any) []resource.Resource {
	out := make([]resource.Resource, 0, len(in.Steps))
	for _, s := range in.Steps {
		if p := props(s); p != nil {
			out = append(out, resource.Resource{
				URN: s.URN, Type: s.Type, Name: s.Name, Component: s.Component,
				Region: resource.RegionOf(s.Type, p, s.Region), Props: p, Dependencies: in.Origins[s.URN],
			})
		}
	}
	return out
}

func resources(steps []Step, before, after cost.Estimate) Resources {
	r := Resources{Changes: []Change{}}
	count := map[Op]*int{Create: &r.Create, Update: &r.Update, Replace: &r.Replace, Delete: &r.Delete, Same: &r.Same}
	was, is := perURN(before), perURN(after)
	pricing := pricings(before, after)
	for _, s := range steps {
		*count[s.Op]++
		c := newChange(s)
		c.Before, c.After, c.Pricing = was[s.URN], is[s.URN], pricing[s.URN]
		if s.Op == Same {
			r.Unchanged = append(r.Unchanged, c)
		} else {
			r.Changes = append(r.Changes, c)
		}
	}
	return r
}

func newChange(s Step) Change {
	_, holds := guard.HoldsData(s.Type)
	return Change{
		Op: s.Op, URN: s.URN, Type: s.Type, Name: s.Name, Component: s.Component,
		Keys: s.Keys, HoldsData: holds, TagsOnly: tagsOnly(s), Retained: s.Op == Delete && s.Retained,
		Region: s.Region,
	}
}

func newBudget(limit, expected decimal.Decimal) *Budget {
	if !limit.IsPositive() {
		return nil
	}
	return &Budget{Limit: USD(limit), Expected: USD(expected), Over: expected.GreaterThan(limit)}
}

func blocked(steps []Step, had, confirmed []string) []Blocked {
	changes := make([]guard.Change, len(steps))
	for i, s := range steps {
		changes[i] = guard.Change{
			Op: string(s.Op), URN: s.URN, Type: s.Type, Name: s.Name,
			Keys: s.Keys, Retained: s.Retained,
		}
	}
	out := []Blocked{}
	for _, b := range slices.Concat(guard.Check(changes, confirmed), guard.CheckAnew(changes, had, confirmed)) {
		out = append(out, Blocked{URN: b.URN, Type: b.Type, Name: b.Name, Op: b.Op, Keys: orEmpty(b.Keys),
			Message: b.Message})
	}
	return out
}

// orEmpty keeps null out of the JSON.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
