package cfn

// condition is whether a condition of the template holds: true, false, or not known.
// Each is computed once, and one that asks for itself is not known.
func (r reader) condition(name string, depth int) any {
	if v, ok := r.decided[name]; ok {
		return v
	}
	c, ok := r.section("Conditions")[name]
	if !ok || depth > maxDepth {
		return notKnown
	}
	r.decided[name] = notKnown
	r.decided[name] = r.holds(c, depth+1)
	return r.decided[name]
}

// holds computes the expression of a condition.
func (r reader) holds(v any, depth int) any {
	expression, _ := v.(map[string]any)
	if len(expression) != 1 || depth > maxDepth {
		return notKnown
	}
	for name, arg := range expression {
		args, _ := arg.([]any)
		switch {
		case name == "Condition":
			text, _ := arg.(string)
			return r.condition(text, depth)
		case name == "Fn::Equals" && len(args) == 2:
			return r.same(args[0], args[1], depth)
		case name == "Fn::Not" && len(args) == 1:
			return negated(r.holds(args[0], depth+1))
		case name == "Fn::And":
			return r.all(args, true, depth)
		case name == "Fn::Or":
			return r.all(args, false, depth)
		}
	}
	return notKnown
}

func negated(v any) any {
	if b, ok := v.(bool); ok {
		return !b
	}
	return v
}

// same compares two values as texts, as CloudFormation does.
func (r reader) same(a, b any, depth int) any {
	left, ok := textOf(r.value(a, depth))
	right, ok2 := textOf(r.value(b, depth))
	if !ok || !ok2 {
		return notKnown
	}
	return left == right
}

// all folds conditions: a single false decides "and", a single true "or".
func (r reader) all(args []any, and bool, depth int) any {
	var out any = and
	for _, a := range args {
		switch r.holds(a, depth+1) {
		case !and:
			return !and
		case and:
		default:
			out = notKnown
		}
	}
	return out
}
