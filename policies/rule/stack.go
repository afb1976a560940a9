package rule

import (
	"slices"
	"strings"

	"github.com/rung-dev/rung/resource"
)

// Stack is all resources of a stack, indexed for rules that relate them.
type Stack struct {
	all    []*Resource
	byType map[string][]*Resource
	byURN  map[string]*Resource
	byID   map[string][]*Resource
}

// identities are the outputs by which other resources name a resource.
var identities = []string{"id", "arn", "bucket", "name", "url", "identifier", "domainName"}

// NewStack indexes resources. It keeps them, and changes nothing in them.
func NewStack(resources []Resource) *Stack {
	s := &Stack{byType: map[string][]*Resource{}, byURN: map[string]*Resource{}, byID: map[string][]*Resource{}}
	for i := range resources {
		r := &resources[i]
		s.all = append(s.all, r)
		s.byType[r.Type] = append(s.byType[r.Type], r)
		s.byURN[r.URN] = r
		for _, key := range identities {
			if id, there := r.At(key).Text(); there == Yes {
				s.byID[id] = append(s.byID[id], r)
			}
		}
	}
	return s
}

// All are the resources in the order in which the engine gave them.
func (s *Stack) All() []*Resource { return s.all }

// Of are the resources of these types.
func (s *Stack) Of(types ...string) []*Resource {
	if len(types) == 1 {
		return s.byType[types[0]]
	}
	var all []*Resource
	for _, t := range types {
		all = append(all, s.byType[t]...)
	}
	return all
}

// Points says whether a property of r names the resource to: Pulumi recorded
// that it is made from its outputs, or its value is one of its names. A value
// that is not known and whose origin nobody recorded leaves it open.
func (s *Stack) Points(r *Resource, prop string, to *Resource) Tri {
	top, _, _ := strings.Cut(prop, ".")
	if slices.Contains(r.Depends[top], to.URN) {
		return Yes
	}
	v := r.At(prop)
	for _, text := range v.texts(nil) {
		if slices.Contains(s.byID[text], to) {
			return Yes
		}
	}
	if v.holdsUnknown() && len(r.Depends[top]) == 0 {
		return Unknown
	}
	return No
}

// Pointing are the resources of a type whose property names the resource to,
// and whether there is one at all.
func (s *Stack) Pointing(typ, prop string, to *Resource) ([]*Resource, Tri) {
	var found []*Resource
	there := No
	for _, r := range s.byType[typ] {
		switch s.Points(r, prop, to) {
		case Yes:
			found, there = append(found, r), Yes
		case Unknown:
			there = Any(there, Unknown)
		}
	}
	return found, there
}

// Targets are the resources of the stack, of one of these types, that a
// property names.
func (s *Stack) Targets(r *Resource, prop string, types ...string) []*Resource {
	var found []*Resource
	for _, to := range s.Of(types...) {
		if to != r && s.Points(r, prop, to) == Yes {
			found = append(found, to)
		}
	}
	return found
}

// Component is the nearest rung component among r and its ancestors, or nil.
func (s *Stack) Component(r *Resource) *Resource {
	for range 32 { // deeper than any program nests; ends a damaged chain too
		switch {
		case r == nil:
			return nil
		case strings.HasPrefix(r.Type, resource.ComponentPrefix):
			return r
		}
		r = s.byURN[r.Parent]
	}
	return nil
}

// ComponentName is the name of the component that r belongs to, rung's or
// somebody's; empty for none.
func (s *Stack) ComponentName(r *Resource) string {
	if c := s.Component(r); c != nil {
		return c.Name
	}
	return ""
}
