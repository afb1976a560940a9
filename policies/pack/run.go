package pack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/rung-dev/rung/policies/rule"
)

// run is what the pack knows during one operation of the engine. The engine
// asks from several goroutines.
type run struct {
	settings rule.Settings
	policies []policy

	mu      sync.Mutex
	inputs  map[string]property.Map // by URN, as the program asked for them
	pending map[pending]bool
}

// pending is something that a rule could not decide.
type pending struct{ rule, name, property string }

func newRun(s rule.Settings) *run {
	r := &run{settings: s, inputs: map[string]property.Map{}, pending: map[pending]bool{}}
	r.policies = r.all()
	return r
}

// say passes on one violation; an empty URN is the resource in hand or the
// stack as a whole.
type say func(message, urn string)

// resource shows one resource, before it is made, to one rule.
func (r *run) resource(of *rule.Rule, res rule.Resource, tell say) {
	r.report(of, tell, func() rule.Report { return of.OnOne(&res, r.settings) })
}

// stack shows the whole stack to one rule.
func (r *run) stack(of *rule.Rule, st *rule.Stack, tell say) {
	r.report(of, tell, func() rule.Report { return of.On(st, r.settings) })
}

// report runs a check and passes on what it says. A check that panics is a
// fault of rung: it must not end the user's run, nor pass in silence.
func (r *run) report(of *rule.Rule, tell say, check func() rule.Report) {
	defer func() {
		if fault := recover(); fault != nil {
			r.pend(of.ID, rule.Undecided{Property: fmt.Sprintf("a fault of the rule itself (%v)", fault)})
		}
	}()
	got := check()
	for _, u := range got.Undecided {
		r.pend(of.ID, u)
	}
	for _, f := range r.settings.Accept(of.ID, got.Found) {
		tell(f.Message, f.URN)
	}
}

// keep remembers the inputs: stack rules are shown outputs only, in which what
// was asked for and what the cloud answered look the same.
func (r *run) keep(urn string, inputs property.Map) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inputs[urn] = inputs
}

// index makes the stack for the rules, once for all of them.
func (r *run) index(all []rule.Resource) *rule.Stack {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range all {
		if in, ok := r.inputs[all[i].URN]; ok {
			all[i].Inputs = rule.Object(in)
			all[i].Props = rule.Object(merge(in, all[i].Props.Map()))
		}
	}
	return rule.NewStack(all)
}

// merge lays outputs over inputs: a provider need not repeat what it was given.
func merge(inputs, outputs property.Map) property.Map {
	m := inputs.AsMap()
	maps.Insert(m, outputs.All)
	return property.NewMap(m)
}

// pend notes what a rule could not decide.
func (r *run) pend(id string, u rule.Undecided) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending[pending{id, u.Name, u.Property}] = true
}

// undecided is one line per rule of what could not be decided, sorted, and
// forgets it: it is reported once.
func (r *run) undecided() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	byRule := map[string][]string{}
	for p := range r.pending {
		byRule[p.rule] = append(byRule[p.rule], strings.TrimSpace(p.name+" "+p.property))
	}
	clear(r.pending)
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(byRule)) {
		slices.Sort(byRule[id])
		lines = append(lines, fmt.Sprintf("%s: %s", id, strings.Join(byRule[id], ", ")))
	}
	return lines
}
