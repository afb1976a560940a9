package preflight

import "github.com/rung-dev/rung/resource"

// text is a property that is known; else empty.
func text(r resource.Resource, key string) string { return textIn(r.Props, key) }

func textIn(m map[string]any, key string) string {
	s, _ := m[key].(string)
	if resource.IsUnknown(s) {
		return ""
	}
	return s
}

// number is a property that is known; else 0.
func number(r resource.Resource, key string) int { return numberIn(r.Props, key) }

func numberIn(m map[string]any, key string) int {
	switch n := m[key].(type) {
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}

// object is a property that holds others; nil where it is not known.
func object(m map[string]any, key string) map[string]any {
	switch v := m[key].(type) {
	case map[string]any:
		return v
	case []any: // the provider's lists of at most one
		if len(v) > 0 {
			inner, _ := v[0].(map[string]any)
			return inner
		}
	}
	return nil
}

// objects are the elements of a list of objects.
func objects(m map[string]any, key string) []map[string]any {
	list, _ := m[key].([]any)
	var out []map[string]any
	for _, e := range list {
		if o, ok := e.(map[string]any); ok {
			out = append(out, o)
		}
	}
	return out
}

// texts are the elements of a list that are known.
func texts(m map[string]any, key string) []string {
	list, _ := m[key].([]any)
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok && !resource.IsUnknown(s) {
			out = append(out, s)
		}
	}
	return out
}
