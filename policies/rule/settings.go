package rule

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Settings are what rules may know besides the resources. The zero value is a
// program that is no stack of rung: it has no stage and no budget.
type Settings struct {
	// Stage is the stage of the ladder; zero for a program that has none.
	Stage ladder.Number
	// Budget is the most that a month may cost, in USD; zero means no limit.
	Budget decimal.Decimal
	// OwnBudget is true when the user set the budget, not the stage.
	OwnBudget bool
	// Traffic is the load that costs are estimated for.
	Traffic ladder.Traffic
	// Region is the home region; empty means us-east-1.
	Region string
	// Reserved counts reservations by instance type, and ReservedDiscount is
	// what they save, 0 to 1; zero is what a year saves.
	Reserved         map[string]int
	ReservedDiscount decimal.Decimal
	// NAT is what the user says about the way out, rung:nat; empty for nothing.
	NAT string
	// NeedsQueue is true when the user's app says that it needs a queue of jobs: then
	// one is not before its time on any stage.
	NeedsQueue bool
	// Health is the path at which the user's own app says that it can serve, BootSeconds
	// how long it takes from the launch of a machine, DrainSeconds to finish requests.
	// Zero is as rung's own app has it.
	Health                    string
	BootSeconds, DrainSeconds int
	// Confirmed names the resources that may go with their data.
	Confirmed []string
	// Rules are the user's settings per rule id.
	Rules map[string]Own
	// Now decides which exceptions have expired.
	Now time.Time
}

// Own is what a user set for one rule.
type Own struct {
	// Level replaces the default; empty keeps it.
	Level Level
	// Params are by name; what is missing keeps its default.
	Params map[string]any
	// Exceptions are resources that the rule lets pass.
	Exceptions []Exception
}

// Exception lets one resource break one rule for a time.
type Exception struct {
	// Resource is the logical name or the URN.
	Resource string `json:"resource"`
	// Covers takes the place of Resource where rung's own exceptions are about
	// several: it is asked with the logical name. Nil for a user's exception.
	Covers func(name string) bool `json:"-"`
	// Reason says why, for whoever reads it later.
	Reason string `json:"reason"`
	// Until is the last day on which it holds. The zero time holds for ever,
	// which only rung's own exceptions may.
	Until time.Time `json:"until"`
}

// Expired reports whether the exception's last day is over.
func (e Exception) Expired(now time.Time) bool {
	return !e.Until.IsZero() && !now.Before(e.Until.AddDate(0, 0, 1))
}

// about reports whether the exception is for the resource of a finding.
func (e Exception) about(f Finding) bool {
	if e.Covers != nil {
		return f.Name != "" && e.Covers(f.Name)
	}
	return e.Resource != "" && (e.Resource == f.Name || e.Resource == f.URN)
}

// Exception is the one in force for a finding of the rule, and false for none.
func (s Settings) Exception(rule string, f Finding) (Exception, bool) {
	all := s.Rules[rule].Exceptions
	i := slices.IndexFunc(all, func(e Exception) bool { return e.about(f) && !e.Expired(s.Now) })
	if i < 0 {
		return Exception{}, false
	}
	return all[i], true
}

// Param is the value of a rule's parameter, the user's or the default; nil
// for a parameter that the rule does not have.
func (s Settings) Param(r Rule, name string) any {
	if v, ok := s.Rules[r.ID].Params[name]; ok {
		return v
	}
	for _, p := range r.Params {
		if p.Name == name {
			return p.Default
		}
	}
	return nil
}

// MayGo reports whether the user confirmed that the resource may go with all
// data in it: rung then lifts its protections, and rules must not want them back.
func (s Settings) MayGo(r *Resource) bool { return guard.Confirmed(s.Confirmed, r.Name, r.URN) }

// Accept drops the findings that an exception covers.
func (s Settings) Accept(rule string, found []Finding) []Finding {
	return slices.DeleteFunc(found, func(f Finding) bool {
		_, ok := s.Exception(rule, f)
		return ok
	})
}
