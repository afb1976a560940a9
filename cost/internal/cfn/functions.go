package cfn

import (
	"fmt"
	"regexp"
	"strings"
)

// reader computes the values of one template.
type reader struct {
	Stack
	doc map[string]any
	// decided are the conditions that are computed.
	decided map[string]any
}

const (
	// maxDepth is how deep values and conditions may refer to one another.
	maxDepth = 64
	// maxText is how long a text may be that is put together.
	maxText = 1 << 14
)

// value computes a value. Where AWS has to, it is not known; a property that is
// taken out by AWS::NoValue is nil.
func (r reader) value(v any, depth int) any {
	if depth > maxDepth {
		return notKnown
	}
	switch v := v.(type) {
	case []any:
		out := make([]any, 0, len(v))
		for _, e := range v {
			if known := r.value(e, depth+1); known != nil {
				out = append(out, known)
			}
		}
		return out
	case map[string]any:
		for name, arg := range v {
			if len(v) == 1 && (name == "Ref" || strings.HasPrefix(name, "Fn::")) {
				return r.call(name, arg, depth+1)
			}
		}
		out := make(map[string]any, len(v))
		for k, e := range v {
			if known := r.value(e, depth+1); known != nil {
				out[k] = known
			}
		}
		return out
	}
	return v
}

// call is what a function returns.
func (r reader) call(name string, arg any, depth int) any {
	args, _ := arg.([]any)
	switch name {
	case "Ref":
		text, _ := arg.(string)
		return r.reference(text)
	case "Fn::GetAtt":
		return r.attribute(arg)
	case "Fn::Sub":
		return r.substitute(arg, depth)
	case "Fn::If":
		return r.either(args, depth)
	case "Fn::FindInMap":
		return r.mapped(args, depth)
	case "Fn::Join":
		return r.joined(args, depth)
	case "Fn::Select":
		return r.selected(args, depth)
	}
	return notKnown
}

// reference is a parameter's value, or what others call a resource.
func (r reader) reference(name string) any {
	switch name {
	case "AWS::NoValue":
		return nil
	case "AWS::Region":
		if r.Region != "" {
			return r.Region
		}
		return notKnown
	}
	if v, ok := r.Parameters[name]; ok && v != nil {
		return single(v)
	}
	if p, ok := r.section("Parameters")[name].(map[string]any); ok {
		return single(p["Default"])
	}
	if _, ok := r.section("Resources")[name]; ok {
		return r.Ref(name)
	}
	return notKnown
}

// attribute is an attribute of a resource, which is taken as its name: what refers
// to another one does so by its id, its ARN or its name.
func (r reader) attribute(arg any) any {
	text, _ := arg.(string)
	if list, ok := arg.([]any); ok && len(list) > 0 {
		text, _ = list[0].(string)
	}
	name, _, _ := strings.Cut(text, ".")
	if _, ok := r.section("Resources")[name]; ok {
		return r.Ref(name)
	}
	return notKnown
}

func (r reader) section(name string) map[string]any {
	s, _ := r.doc[name].(map[string]any)
	return s
}

var placeholder = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)

// substitute fills a text in; it is not known when a part of it is not.
func (r reader) substitute(arg any, depth int) any {
	text, ok := arg.(string)
	own := map[string]any{}
	if list, isList := arg.([]any); isList && len(list) == 2 {
		text, ok = list[0].(string)
		own, _ = r.value(list[1], depth).(map[string]any)
	}
	known, size := ok, 0
	out := placeholder.ReplaceAllStringFunc(text, func(match string) string {
		name := strings.TrimSpace(match[2 : len(match)-1])
		v, mine := own[name]
		switch {
		case mine:
		case strings.Contains(name, ".") && !strings.HasPrefix(name, "AWS::"):
			v = r.attribute(name)
		default:
			v = r.reference(name)
		}
		part, isText := textOf(v)
		size += len(part)
		if known = known && isText && size <= maxText; !known {
			return ""
		}
		return part
	})
	if !known {
		return notKnown
	}
	return out
}

// textOf is a text or a number as text.
func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64, bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// either is the one of two values that a condition chooses.
func (r reader) either(args []any, depth int) any {
	if len(args) != 3 {
		return notKnown
	}
	name, _ := args[0].(string)
	switch r.condition(name, depth) {
	case true:
		return r.value(args[1], depth)
	case false:
		return r.value(args[2], depth)
	}
	return notKnown
}

// mapped is a value of the template's own tables.
func (r reader) mapped(args []any, depth int) any {
	var at any = r.section("Mappings")
	for _, a := range args {
		key, _ := textOf(r.value(a, depth))
		table, _ := at.(map[string]any)
		at = table[key]
	}
	if len(args) != 3 {
		return notKnown
	}
	return single(at)
}

// single is a value of one word; lists say nothing that is paid for.
func single(v any) any {
	if _, ok := textOf(v); ok {
		return v
	}
	return notKnown
}

func (r reader) joined(args []any, depth int) any {
	if len(args) != 2 {
		return notKnown
	}
	between, ok := args[0].(string)
	list, isList := r.value(args[1], depth).([]any)
	parts, size := make([]string, 0, len(list)), 0
	for _, e := range list {
		part, isText := textOf(e)
		size += len(part) + len(between)
		ok = ok && isText && size <= maxText
		parts = append(parts, part)
	}
	if !ok || !isList {
		return notKnown
	}
	return strings.Join(parts, between)
}

func (r reader) selected(args []any, depth int) any {
	if len(args) != 2 {
		return notKnown
	}
	at, _ := textOf(r.value(args[0], depth))
	list, _ := r.value(args[1], depth).([]any)
	for i, e := range list {
		if fmt.Sprint(i) == at {
			return e
		}
	}
	return notKnown
}
