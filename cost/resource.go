package cost

import (
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/outside/figure"
	"github.com/rung-dev/rung/resource"
)

// Resource is what the estimate needs of one resource of a stack.
type Resource = resource.Resource

// Unknown stands for a property whose value is not known yet, as in a preview.
type Unknown = resource.Unknown

// Secret stands for a value that Pulumi keeps from us. It never decides a price.
const Secret = resource.Secret

// isUnknown reports whether v stands for a value that is not known, be it not
// yet or not to us, or is a number that no cloud has.
func isUnknown(v any) bool {
	return resource.IsUnknown(v) || figure.Absurd(v)
}

// props reads properties without ever failing: a value that is missing,
// unknown, secret or of the wrong kind is simply not there.
type props map[string]any

// given decides, for every pricer, whether a value says anything: a state writes
// "", [] and {} for whatever nobody set, and they mean what a missing property
// does. A number and a truth value always say something.
func given(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}

// has reports whether the property is given with a known value.
func (p props) has(key string) bool { return given(p[key]) && !isUnknown(p[key]) }

// mentions reports whether the property is given, be its value known or not.
func (p props) mentions(key string) bool { return given(p[key]) }

// pending reports whether the property is there but not known yet.
func (p props) pending(key string) bool {
	v, ok := p[key]
	return ok && isUnknown(v)
}

// anyPending reports whether the property, or a part of it, is not known yet.
func (p props) anyPending(key string) bool { return holdsUnknown(p[key]) }

func holdsUnknown(v any) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, holdsUnknown)
	case map[string]any:
		for _, e := range v {
			if holdsUnknown(e) {
				return true
			}
		}
	}
	return isUnknown(v)
}

// str is the property as text; empty when it is not there.
func (p props) str(key string) string {
	s, ok := p[key].(string)
	if !ok || isUnknown(s) {
		return ""
	}
	return s
}

// num is the property as a number. Text that is a number counts, because
// launch templates and others type numbers as text.
func (p props) num(key string) (decimal.Decimal, bool) {
	switch v := p[key].(type) {
	case float64:
		d, err := figure.FromFloat(v)
		return d, err == nil
	case int:
		return decimal.NewFromInt(int64(v)), true
	case string:
		d, err := figure.Parse(v)
		return d, err == nil
	case interface{ String() string }: // json.Number
		d, err := figure.Parse(v.String())
		return d, err == nil
	}
	return zero, false
}

// numOr is the property as a number, or a default.
func (p props) numOr(key string, def int) decimal.Decimal {
	if d, ok := p.num(key); ok {
		return d
	}
	return num(def)
}

// flag is the property as a truth value; false when it is not there.
func (p props) flag(key string) bool {
	switch v := p[key].(type) {
	case bool:
		return v
	case string:
		b, err := strconv.ParseBool(v)
		return err == nil && b
	}
	return false
}

// list is the property as a list; nil when it is not one.
func (p props) list(key string) []any {
	l, _ := p[key].([]any)
	return l
}

// objects is the property as a list of objects. One object counts as a list
// of one, because providers differ in that.
func (p props) objects(key string) []props {
	switch v := p[key].(type) {
	case map[string]any:
		return []props{v}
	case []any:
		out := make([]props, 0, len(v))
		for _, e := range v {
			if m, ok := e.(map[string]any); ok {
				out = append(out, m)
			}
		}
		return out
	}
	return nil
}

// object is the first object of the property; empty when there is none.
func (p props) object(key string) props {
	if all := p.objects(key); len(all) > 0 {
		return all[0]
	}
	return nil
}
