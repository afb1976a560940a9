package cost

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/outside/figure"
)

// Unknown stands for a property whose value is not known yet, as in a preview.
type Unknown struct{}

// Secret stands for a value that Pulumi keeps from us. It never decides a price.
const Secret = "[secret]"

// Resource is what the estimate needs of one resource of a stack.
type Resource struct {
	// URN identifies the resource within the stack.
	URN string
	// Type is the Pulumi type token, for example "aws:ec2/instance:Instance".
	Type string
	// Name is the logical name.
	Name string
	// Component is the name of the component that the resource belongs to;
	// empty for a resource of its own.
	Component string
	// Region is the AWS region; empty means the estimator's own.
	Region string
	// Group is true for what only holds resources together: components and
	// stacks. It costs nothing.
	Group bool
	// External is true for a resource that the stack only reads.
	External bool
	// Props are the inputs merged with the outputs under Pulumi's property
	// names, as plain JSON values, Unknown{} or Secret. The id, where there is
	// one, is under "id".
	Props map[string]any
	// Dependencies are, per property, the URNs of the resources from whose
	// outputs it is made, as Pulumi records them. They resolve references that
	// are not known yet. May be nil: the estimate then goes by names and
	// components.
	Dependencies map[string][]string
}

// unknownValues are what Pulumi writes for the unknowns of each kind.
var unknownValues = map[string]bool{
	"04da6b54-80e4-46f7-96ec-b56ff0331ba9": true, // string, and every kind in engine events
	"1c4a061d-8072-4f0a-a4cb-0ff528b18fe7": true, // bool
	"3eeb2bf0-c639-47a8-9e75-3b44932eb421": true, // number
	"6a19a0b0-7e62-4c92-b797-7f8e31da9cc2": true, // array
	"030794c1-ac77-496b-92df-f27374a8bd58": true, // asset
	"e48ece36-62e2-4504-bad9-02848725956a": true, // archive
	"dd056dcd-154b-4c76-9bd3-c8f88648b5ff": true, // object
}

// isUnknown reports whether v stands for a value that is not known, be it not
// yet or not to us. A number that no cloud has says as little.
func isUnknown(v any) bool {
	switch v := v.(type) {
	case Unknown, *Unknown:
		return true
	case string:
		return v == Secret || (len(v) == 36 && unknownValues[v]) || figure.Absurd(v)
	}
	return figure.Absurd(v)
}

// props reads properties without ever failing: a value that is missing,
// unknown, secret or of the wrong kind is simply not there.
type props map[string]any

// has reports whether the property is there with a known value.
func (p props) has(key string) bool {
	v, ok := p[key]
	return ok && v != nil && !isUnknown(v)
}

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

// canonicalType maps the names that the provider kept for old programs to the
// one that the tables use.
func canonicalType(typ string) string {
	for _, old := range []string{"aws:alb/", "aws:applicationloadbalancing/", "aws:elasticloadbalancingv2/"} {
		if rest, ok := strings.CutPrefix(typ, old); ok {
			return "aws:lb/" + rest
		}
	}
	if typ == "aws:s3/bucketV2:BucketV2" {
		return "aws:s3/bucket:Bucket"
	}
	return typ
}

// regionOfARN is the region of an ARN; empty for a global one or none.
func regionOfARN(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	return parts[3]
}
