package orphans

import (
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// Sources is what is known of a stack beside its cloud.
type Sources struct {
	// State is what the stack knows it has.
	State []apitype.ResourceV3
	// Pending are creations that the engine began and never saw the end of.
	Pending []apitype.ResourceV3
	// Steps are those that the stack's program plans, in order.
	Steps []apitype.StepEventMetadata
	// Stays reports whether resources of a type may stay in the cloud, by
	// design, when they leave a stack; nil means none does.
	Stays func(typ string) bool
	// HoldsData reports whether a resource may hold data that nobody confirmed
	// may go; nil means none does.
	HoldsData func(typ, name, urn string) bool
	// Hook is the name of the hook that must consent to the deletion of such a
	// resource; empty for none.
	Hook string
}

// Adoption says what becomes of things that a state does not know.
type Adoption struct {
	// Adopt are entries for the state, each after what it refers to. One with
	// Delete set is a second copy, which the next run deletes.
	Adopt []apitype.ResourceV3
	// Left is what has no place in the stack, each with the reason.
	Left []Left
}

// Left is a thing that stays as it is.
type Left struct {
	Thing
	// Why says why it has no place in the stack.
	Why string
}

// Plan finds the place in a state of each unknown thing:
//
//   - what the engine was making when it died is what it was to be;
//   - what the program is about to create is that, already there;
//   - what the state has under another id is a second copy, to be deleted,
//     unless it may hold data, which only the user can judge;
//   - what the program does not want any more is placed by its type and region,
//     to be deleted by the next run.
//
// Things of a type that stays by design are taken only where the program wants
// them.
func Plan(unknown []Thing, from Sources) Adoption {
	p := newPlanner(from)
	for _, t := range latestFirst(unknown) {
		p.place(t)
	}
	return p.ordered()
}

// latestFirst puts the later of several lives first: it is the one to go on with.
func latestFirst(things []Thing) []Thing {
	things = slices.Clone(things)
	slices.SortStableFunc(things, func(a, b Thing) int { return b.Number - a.Number })
	return things
}

// planner collects the entries.
type planner struct {
	Sources
	// has are the resources of the state by URN, those that are to be deleted apart.
	has map[string]apitype.ResourceV3
	// planned are the creations that the program plans, and order all steps' places.
	planned map[string]*apitype.StepEventStateMetadata
	order   map[string]int
	pending map[string]apitype.ResourceV3
	// taken are the entries so far by URN; copies are those to be deleted.
	taken  map[string]apitype.ResourceV3
	copies []apitype.ResourceV3
	left   []Left
}

func newPlanner(from Sources) *planner {
	p := &planner{
		Sources: from, has: map[string]apitype.ResourceV3{}, planned: map[string]*apitype.StepEventStateMetadata{},
		order: map[string]int{}, pending: map[string]apitype.ResourceV3{}, taken: map[string]apitype.ResourceV3{},
	}
	for _, r := range from.State {
		if !r.Delete {
			p.has[string(r.URN)] = r
		}
	}
	for _, r := range from.Pending {
		p.pending[string(r.URN)] = r
	}
	for i, s := range from.Steps {
		if s.New == nil {
			continue
		}
		p.order[s.URN] = i
		if s.Op == apitype.OpCreate || s.Op == apitype.OpCreateReplacement {
			p.planned[s.URN] = s.New
		}
	}
	return p
}

// place decides on one thing.
func (p *planner) place(t Thing) {
	t.URN = p.urn(t)
	if t.URN == "" {
		p.leave(t, "nothing in the stack is called so")
		return
	}
	was, known := p.has[t.URN]
	known = known && !was.PendingReplacement
	_, again := p.taken[t.URN]
	step := p.planned[t.URN]
	pending, begun := p.pending[t.URN]
	switch {
	case known || again:
		p.copy(t, was)
	case begun:
		p.take(t, pending, pending.Provider)
	case step != nil:
		p.take(t, p.fromStep(step), step.Provider)
	case p.Stays != nil && p.Stays(t.Type): // left in the cloud by design
	default:
		p.guess(t)
	}
}

// urn finds out which resource a thing is, where its cloud does not say.
func (p *planner) urn(t Thing) string {
	if t.URN != "" || t.Name == "" {
		return t.URN
	}
	found := ""
	for _, urns := range []func(func(string) bool){p.eachPlanned, p.eachPending, p.eachKnown} {
		urns(func(urn string) bool {
			u := resource.URN(urn)
			if u.IsValid() && u.Name() == t.Name && string(u.Type()) == t.Type {
				found = urn
			}
			return found == ""
		})
		if found != "" {
			return found
		}
	}
	return ""
}

func (p *planner) eachPlanned(yield func(string) bool) {
	for _, s := range p.Steps {
		if p.planned[s.URN] != nil && !yield(s.URN) {
			return
		}
	}
}

func (p *planner) eachPending(yield func(string) bool) {
	for _, r := range p.Pending {
		if !yield(string(r.URN)) {
			return
		}
	}
}

func (p *planner) eachKnown(yield func(string) bool) {
	for _, r := range p.State {
		if !yield(string(r.URN)) {
			return
		}
	}
}

func (p *planner) leave(t Thing, why string) { p.left = append(p.left, Left{t, why}) }

// copy is a thing beside the one that the stack has.
func (p *planner) copy(t Thing, original apitype.ResourceV3) {
	if taken, ok := p.taken[t.URN]; ok {
		original = taken
	}
	switch {
	case p.Stays != nil && p.Stays(string(original.Type)): // an earlier one, left in the cloud by design
	case p.mayHoldData(original.URN):
		p.leave(t, "the stack has another one, and this one may hold data")
	default:
		p.copies = append(p.copies, apitype.ResourceV3{
			URN: original.URN, Type: original.Type, Custom: true, Delete: true, ID: resource.ID(t.ID),
			Parent: original.Parent, Provider: original.Provider, Inputs: original.Inputs,
			Dependencies: slices.Clone(original.Dependencies),
		})
	}
}

// take makes an entry out of what the thing was to be.
func (p *planner) take(t Thing, entry apitype.ResourceV3, provider string) {
	entry.ID, entry.Outputs, entry.Delete = resource.ID(t.ID), nil, false
	if !p.ancestors(string(entry.Parent)) {
		p.leave(t, "the component it belongs to is not in the stack")
		return
	}
	ref, ok := p.provider(provider)
	if !ok {
		p.leave(t, "the provider that made it is not in the stack")
		return
	}
	entry.Provider = ref
	p.taken[t.URN] = entry
}

// fromStep is the entry of a planned resource, without what a preview hides or
// does not know yet.
func (p *planner) fromStep(s *apitype.StepEventStateMetadata) apitype.ResourceV3 {
	return apitype.ResourceV3{
		URN: resource.URN(s.URN), Type: tokens.Type(s.Type), Custom: s.Custom, Parent: resource.URN(s.Parent),
		Protect: s.Protect, RetainOnDelete: s.RetainOnDelete, Inputs: plain(s.Inputs),
	}
}

// ancestors takes the components above a resource into the state, where they
// are not in it.
func (p *planner) ancestors(urn string) bool {
	if urn == "" || p.knows(urn) {
		return true
	}
	s := p.planned[urn]
	if s == nil || !p.ancestors(s.Parent) {
		return false
	}
	p.taken[urn] = p.fromStep(s)
	return true
}

func (p *planner) knows(urn string) bool {
	_, has := p.has[urn]
	_, taken := p.taken[urn]
	return has || taken
}

// provider is the reference to a provider, which is taken into the state where
// it is not in it.
func (p *planner) provider(ref string) (string, bool) {
	cut := strings.LastIndex(ref, "::")
	if cut < 0 {
		return "", false
	}
	urn := ref[:cut]
	for _, all := range []map[string]apitype.ResourceV3{p.has, p.taken} {
		if r, ok := all[urn]; ok {
			return urn + "::" + string(r.ID), true
		}
	}
	s := p.planned[urn]
	if s == nil || len(plain(s.Inputs)) != len(s.Inputs) || !p.ancestors(s.Parent) {
		return "", false
	}
	made := p.fromStep(s)
	made.ID = resource.ID(uuid.NewString())
	made.Outputs = made.Inputs
	p.taken[urn] = made
	return urn + "::" + string(made.ID), true
}

// ordered puts the entries in the order of the program, so that each comes after
// what it refers to; what the program does not know comes last.
func (p *planner) ordered() Adoption {
	entries := make([]apitype.ResourceV3, 0, len(p.taken)+len(p.copies))
	for _, r := range p.taken {
		entries = append(entries, r)
	}
	place := func(r apitype.ResourceV3) int {
		if i, ok := p.order[string(r.URN)]; ok {
			return i
		}
		return len(p.Steps)
	}
	slices.SortFunc(entries, func(a, b apitype.ResourceV3) int {
		if d := place(a) - place(b); d != 0 {
			return d
		}
		return strings.Compare(string(a.URN), string(b.URN))
	})
	entries = append(entries, p.copies...)
	depend(entries, p.State)
	return Adoption{Adopt: entries, Left: p.left}
}
