package cost

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource"
)

// stack is one estimate in the making: the resources, what they know of one
// another, and what they have used up of what is free or reserved.
type stack struct {
	*Estimator
	all    []*Resource
	byType map[string][]*Resource
	byURN  map[string]*Resource
	// refs finds resources by what others call them: per type, id, ARN or name.
	refs map[string]map[string]*Resource
	// groups are the resources per type and component, for only.
	groups map[string]map[string][]*Resource
	facts  facts
	// cells share the traffic out, and sharersBy what each gets, by type.
	cells     cells
	sharersBy map[string]*sharers
	// used counts allowances and reservations already given out.
	used map[string]decimal.Decimal
	// spread is the month's usage as a part of the profile's.
	spread span
	// load is the traffic as this stack routes it.
	load load
	// unread says of CloudFormation's stacks why their templates could not be read.
	unread map[string]string
}

// refKeys are the properties by which resources are referred to.
var refKeys = []string{"id", "arn", "name", "identifier", "allocationId", "replicationGroupId", "clusterIdentifier"}

// find returns the resource of a type that others refer to by ref: its id,
// ARN or name. It returns nil when ref is unknown or not of this stack.
func (st *stack) find(typ, ref string) *Resource {
	if ref == "" || isUnknown(ref) {
		return nil
	}
	index, ok := st.refs[typ]
	if !ok {
		index = map[string]*Resource{}
		for _, r := range st.byType[typ] {
			for _, k := range refKeys {
				if v := props(r.Props).str(k); v != "" {
					index[v] = r
				}
			}
		}
		st.refs[typ] = index
	}
	return index[ref]
}

// target returns the resource of a type that a property of r refers to, and
// whether that is certain. The reference is an id, ARN or name; while that is
// not known, what the property depends on, else the only resource that it can
// mean. Nested references are read by the caller and given with the name of
// the outermost property.
func (st *stack) target(r *Resource, key, typ string, refs ...string) (found *Resource, certain bool) {
	for _, ref := range append(refs, props(r.Props).str(key)) {
		if t := st.find(typ, ref); t != nil {
			return t, true
		}
	}
	var of []*Resource
	for _, urn := range r.Dependencies[key] {
		if t := st.byURN[urn]; t != nil && resource.Canonical(t.Type) == typ {
			of = append(of, t)
		}
	}
	if t := single(of); t != nil {
		return t, true
	}
	if !props(r.Props).anyPending(key) {
		return nil, false
	}
	return st.only(typ, r), false
}

// only returns the single resource of a type that belongs with r when the
// reference itself is not known yet: the only one of the same component, else
// the only one of the stack. It returns nil when there is a choice.
func (st *stack) only(typ string, r *Resource) *Resource {
	if st.groups[typ] == nil {
		st.groups[typ] = map[string][]*Resource{}
		for _, c := range st.byType[typ] {
			st.groups[typ][c.Component] = append(st.groups[typ][c.Component], c)
		}
	}
	if same := st.groups[typ][r.Component]; len(same) > 0 {
		return single(same)
	}
	return single(st.byType[typ])
}

// single is the only one of a list; nil when there is none or a choice.
func single(all []*Resource) *Resource {
	if len(all) == 1 {
		return all[0]
	}
	return nil
}

// named returns the resource of a type with a logical name; nil when there is
// none.
func (st *stack) named(typ, name string) *Resource {
	for _, c := range st.byType[typ] {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// take gives out up to want of what is limited to total under a name, and
// returns how much it gave.
func (st *stack) take(name string, total, want decimal.Decimal) decimal.Decimal {
	got := decimal.Min(want, atLeastZero(total.Sub(st.used[name])))
	st.used[name] = st.used[name].Add(got)
	return got
}

// hasWord reports whether one of the words is a part of the name, where parts
// are separated by anything but letters and digits.
func hasWord(name string, words ...string) bool {
	parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	for _, p := range parts {
		for _, w := range words {
			if p == w {
				return true
			}
		}
	}
	return false
}
