package preview

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/resource"
)

// Op is what happens to a resource, seen as one change.
type Op string

// The operations. A replacement, which the engine makes in three steps, is one.
const (
	Create  Op = "create"
	Update  Op = "update"
	Replace Op = "replace"
	Delete  Op = "delete"
	Same    Op = "same"
)

// Step is what the engine plans for one resource that lives in a cloud.
// Components, providers, and resources that are only looked up have none.
type Step struct {
	Op Op
	// URN, Type and Name are the resource's.
	URN, Type, Name string
	// Component is the name of the nearest rung component above the resource;
	// empty for a resource of its own.
	Component string
	// Region is the AWS region, as far as its provider tells; empty means the
	// stack's own.
	Region string
	// Keys are the paths of the properties that change or, in a replacement,
	// of those that force it. They are sorted.
	Keys []string
	// Changed are the paths of all properties that change, sorted.
	Changed []string
	// Protect is true when the state protects the resource, Protects when the
	// plan does.
	Protect, Protects bool
	// Retained is true when a deletion leaves the resource in the cloud.
	Retained bool
	// Old and New are inputs merged with outputs, before and after; nil where
	// there is no resource. In New, what the engine does not know yet has its
	// old value, or cost.Unknown{} where there is none.
	Old, New map[string]any
}

// Steps reads the engine's events and returns one step for each resource in
// the cloud, sorted by component and URN. Events of any other kind are ignored.
func Steps(all []events.EngineEvent) []Step {
	m := newModel(all)
	steps := make([]Step, 0, len(m.order))
	for _, urn := range m.order {
		if s, ok := m.step(urn); ok {
			steps = append(steps, s)
		}
	}
	slices.SortStableFunc(steps, byComponent)
	return steps
}

// model is what all events together say of each resource.
type model struct {
	order []string
	// events are the steps per URN in the order in which they came.
	events map[string][]apitype.StepEventMetadata
	// parents, regions and groups, which no provider manages, are known for every
	// URN that has an event.
	parents, regions map[string]string
	groups           map[string]bool
}

func newModel(all []events.EngineEvent) *model {
	m := &model{
		events:  map[string][]apitype.StepEventMetadata{},
		parents: map[string]string{},
		regions: map[string]string{},
		groups:  map[string]bool{},
	}
	for _, e := range all {
		if md, ok := metadata(e); ok {
			m.add(md)
		}
	}
	return m
}

// metadata is the step that an event tells of. The first event of a step has
// the plan, the second one may have outputs; a failure may be all there is.
func metadata(e events.EngineEvent) (apitype.StepEventMetadata, bool) {
	switch {
	case e.ResourcePreEvent != nil:
		return e.ResourcePreEvent.Metadata, true
	case e.ResOutputsEvent != nil:
		return e.ResOutputsEvent.Metadata, true
	case e.ResOpFailedEvent != nil:
		return e.ResOpFailedEvent.Metadata, true
	}
	return apitype.StepEventMetadata{}, false
}

func (m *model) add(md apitype.StepEventMetadata) {
	if _, seen := m.events[md.URN]; !seen {
		m.order = append(m.order, md.URN)
	}
	m.events[md.URN] = append(m.events[md.URN], md)
	for _, s := range []*apitype.StepEventStateMetadata{md.Old, md.New} {
		if s == nil {
			continue
		}
		if s.Parent != "" {
			m.parents[md.URN] = s.Parent
		}
		m.groups[md.URN] = !s.Custom
		if r, ok := s.Inputs["region"].(string); ok && resource.IsProvider(md.Type) {
			m.regions[md.URN] = r
		}
	}
}

// step folds the events of one resource into one step. It returns false for
// what does not live in a cloud.
func (m *model) step(urn string) (Step, bool) {
	mds := m.events[urn]
	op := fold(mds)
	before, after := states(mds)
	some := after
	if some == nil {
		some = before
	}
	if op == "" || some == nil || !some.Custom || some.External || resource.IsProvider(some.Type) {
		return Step{}, false
	}
	s := Step{
		Op: op, URN: urn, Type: some.Type, Name: resource.NameOf(urn),
		Component: m.component(urn), Region: m.region(some),
		Protect:  before != nil && before.Protect,
		Protects: after != nil && after.Protect,
		Retained: before != nil && before.RetainOnDelete,
	}
	s.Keys, s.Changed = keys(op, mds)
	s.Old, s.New = properties(op, before, after)
	return s, true
}

// opOf says which change each of the engine's steps is a part of. Steps that
// change nothing in the cloud (reads, bookkeeping) are not in it.
var opOf = map[apitype.OpType]Op{
	apitype.OpSame: Same, apitype.OpCreate: Create, apitype.OpImport: Create,
	apitype.OpUpdate: Update, apitype.OpDelete: Delete, apitype.OpRefresh: Same,
	apitype.OpReplace: Replace, apitype.OpCreateReplacement: Replace,
	apitype.OpDeleteReplaced: Replace, apitype.OpImportReplacement: Replace,
}

// fold finds the one change that the steps make up. What is created and
// deleted under one URN is replaced; a deletion is one also where the rest of
// an interrupted replacement goes with it; else the weightiest step counts.
func fold(mds []apitype.StepEventMetadata) Op {
	has := map[apitype.OpType]bool{}
	var op Op
	for _, md := range mds {
		has[md.Op] = true
		if o := opOf[md.Op]; weights[o] > weights[op] {
			op = o
		}
	}
	switch {
	case has[apitype.OpDelete] && has[apitype.OpCreate]:
		return Replace
	case has[apitype.OpDelete], len(has) == 1 && has[apitype.OpDeleteReplaced]:
		return Delete
	}
	return op
}

// weights say which of several steps names the change.
var weights = map[Op]int{Same: 1, Update: 2, Create: 3, Delete: 4, Replace: 5}

// states are the first state before and the last state after the steps.
func states(mds []apitype.StepEventMetadata) (before, after *apitype.StepEventStateMetadata) {
	for _, md := range mds {
		if before == nil {
			before = md.Old
		}
		if md.New != nil {
			after = md.New
		}
	}
	return before, after
}

// apiVersion is what Kubernetes has in the middle of its types, and Google's native ones.
var apiVersion = regexp.MustCompile(`^v\d`)

// ShortType turns "aws:ec2/natGateway:NatGateway" into "ec2/natGateway", and
// "kubernetes:core/v1:Service", whose middle does not name it, into "core/v1/Service".
func ShortType(typ string) string {
	parts := strings.Split(typ, ":")
	if len(parts) != 3 {
		return typ
	}
	module := strings.TrimPrefix(parts[1], "index/")
	_, last, inTwo := strings.Cut(module, "/")
	named := inTwo && !apiVersion.MatchString(last) || module == parts[2]
	if parts[1] == module && !named {
		return module + "/" + parts[2]
	}
	return module
}

// Symbol is the mark of an operation, as in every diff.
func (op Op) Symbol() string {
	return map[Op]string{Create: "+", Update: "~", Replace: "±", Delete: "-", Same: "="}[op]
}
