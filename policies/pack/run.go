package pack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"

	"github.com/rung-dev/rung/policies/rule"
)

// run is what the pack knows during one operation of the engine. The engine
// asks from several goroutines.
type run struct {
	settings rule.Settings

	mu      sync.Mutex
	inputs  map[string]property.Map // by URN, as the program asked for them
	pending map[pending]bool
	seen    []policyx.AnalyzerResource // what indexed was made from
	indexed *rule.Stack
}

// pending is something that a rule could not decide.
type pending struct{ rule, name, property string }

func newRun(s rule.Settings) *run {
	return &run{settings: s, inputs: map[string]property.Map{}, pending: map[pending]bool{}}
}

// convert makes the engine's resource one for rules to look at.
func convert(a policyx.AnalyzerResource) rule.Resource {
	r := rule.New(a.Type, a.Name, a.URN, a.Properties)
	r.Parent, r.Protect, r.Depends = a.Parent, a.Options.Protect, a.PropertyDependencies
	if region := a.Provider.Properties.Get("region"); region.IsString() {
		r.Region = region.AsString()
	}
	return r
}

// keep remembers the inputs: stack rules are shown outputs only, in which what
// was asked for and what the cloud answered look the same.
func (r *run) keep(a policyx.AnalyzerResource) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inputs[a.URN] = a.Properties
}

// index makes the stack for the rules, once for all of them: the engine passes
// the same slice to each.
func (r *run) index(all []policyx.AnalyzerResource) *rule.Stack {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.indexed != nil && len(all) == len(r.seen) && (len(all) == 0 || &all[0] == &r.seen[0]) {
		return r.indexed
	}
	resources := make([]rule.Resource, 0, len(all))
	for _, a := range all {
		res := convert(a)
		if in, ok := r.inputs[a.URN]; ok {
			res.Inputs, res.Props = rule.Object(in), rule.Object(merge(in, a.Properties))
		}
		resources = append(resources, res)
	}
	r.seen, r.indexed = all, rule.NewStack(resources)
	return r.indexed
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
