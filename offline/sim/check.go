package sim

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rung-dev/rung/outside/nearest"
)

// checkInputs reports everything wrong with inputs that can be said without
// the cloud. Unknown values pass.
func (k *Kind) checkInputs(schema Schema, in Props) []Failure {
	var failures []Failure
	if table, known := schema.Resources[k.Token]; known { // a stranger has none
		failures = checkFields(schema, "", table.Inputs, in)
	}
	for _, key := range k.Required {
		if !in.Has(key) {
			failures = append(failures, missing(key))
		}
	}
	failures = append(failures, k.checkGroups(in)...)
	failures = append(failures, k.checkValues(in)...)
	failures = append(failures, k.checkName(in)...)
	for _, check := range k.Checks {
		failures = append(failures, check(in)...)
	}
	return failures
}

func missing(path string) Failure {
	return Failure{path, "missing required property " + path}
}

// checkFields compares an object with its property table.
func checkFields(schema Schema, path string, fields Fields, in Props) []Failure {
	var failures []Failure
	for _, key := range slices.Sorted(maps.Keys(in)) {
		if key == defaultsKey || in[key] == nil {
			continue
		}
		typ, ok := fields[key]
		if !ok {
			failures = append(failures, Failure{join(path, key), unknownProperty(join(path, key), key, fields)})
			continue
		}
		failures = append(failures, checkType(schema, join(path, key), strings.TrimSuffix(typ, "!"), in[key])...)
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if strings.HasSuffix(fields[key], "!") && in[key] == nil {
			failures = append(failures, missing(join(path, key)))
		}
	}
	return failures
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func unknownProperty(path, key string, fields Fields) string {
	text := fmt.Sprintf("unexpected property %s: the provider has no such input", path)
	if question := nearest.Question(key, slices.Sorted(maps.Keys(fields)), ""); question != "" {
		text += ", " + question
	}
	return text
}

func checkType(schema Schema, path, typ string, v any) []Failure {
	if _, unknown := v.(Unknown); unknown || v == nil || typ == "any" {
		return nil
	}
	switch {
	case strings.HasPrefix(typ, "[]"):
		list, ok := v.([]any)
		if !ok {
			return wrongType(path, "a list", v)
		}
		var failures []Failure
		for i, e := range list {
			failures = append(failures, checkType(schema, fmt.Sprintf("%s[%d]", path, i), typ[2:], e)...)
		}
		return failures
	case strings.HasPrefix(typ, "map "):
		m, ok := asMap(v)
		if !ok {
			return wrongType(path, "a map", v)
		}
		var failures []Failure
		for _, key := range slices.Sorted(maps.Keys(m)) {
			failures = append(failures, checkType(schema, fmt.Sprintf("%s[%q]", path, key), typ[4:], m[key])...)
		}
		return failures
	case strings.HasPrefix(typ, "{"):
		m, ok := asMap(v)
		if !ok {
			return wrongType(path, "an object", v)
		}
		return checkFields(schema, path, schema.Types[strings.Trim(typ, "{}")], m)
	}
	return checkPlain(path, typ, v)
}

func checkPlain(path, typ string, v any) []Failure {
	switch v := v.(type) {
	case string:
		if typ != "string" {
			return wrongType(path, "a "+typ, v)
		}
	case bool:
		if typ != "bool" {
			return wrongType(path, "a "+typ, v)
		}
	case float64:
		if typ != "int" && typ != "number" {
			return wrongType(path, "a "+typ, v)
		}
		if typ == "int" && v != math.Trunc(v) {
			return wrongType(path, "a whole number", v)
		}
	default: // assets and archives are "any" in the tables
		return wrongType(path, "a "+typ, v)
	}
	return nil
}

func wrongType(path, want string, got any) []Failure {
	return []Failure{{path, fmt.Sprintf("%s: got %T %v, want %s", path, got, got, want)}}
}

func (k *Kind) checkGroups(in Props) []Failure {
	var failures []Failure
	for _, group := range slices.Concat(k.ExactlyOneOf, k.AtMostOneOf) {
		if given := present(in, group); len(given) > 1 {
			failures = append(failures, Failure{given[1], fmt.Sprintf("%s conflicts with %s: give one of %s",
				given[1], given[0], strings.Join(group, ", "))})
		}
	}
	for _, group := range k.ExactlyOneOf {
		if len(present(in, group)) == 0 {
			failures = append(failures, Failure{group[0], "one of " + strings.Join(group, ", ") + " must be given"})
		}
	}
	return failures
}

func present(in Props, group []string) []string {
	var given []string
	for _, key := range group {
		if in.Has(key) {
			given = append(given, key)
		}
	}
	return given
}

func (k *Kind) checkValues(in Props) []Failure {
	var failures []Failure
	add := func(path, format string, args ...any) {
		failures = append(failures, Failure{path, fmt.Sprintf(path+": "+format, args...)})
	}
	each := func(path string, check func(v any)) {
		for _, v := range values(map[string]any(in), strings.Split(path, ".")) {
			check(v)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(k.Enums)) {
		each(path, func(v any) {
			if s, ok := v.(string); ok && !slices.Contains(k.Enums[path], s) {
				add(path, "got %q, want one of %q", s, k.Enums[path])
			}
		})
	}
	for _, path := range slices.Sorted(maps.Keys(k.Ranges)) {
		each(path, func(v any) {
			if n, ok := v.(float64); ok && (n < k.Ranges[path].Min || n > k.Ranges[path].Max) {
				add(path, "got %v, want %v to %v", n, k.Ranges[path].Min, k.Ranges[path].Max)
			}
		})
	}
	for _, path := range slices.Sorted(maps.Keys(k.Lengths)) {
		each(path, func(v any) {
			if s, ok := v.(string); ok && !k.Lengths[path].holds(utf8.RuneCountInString(s)) {
				add(path, "got %d characters, want %v to %v", utf8.RuneCountInString(s), k.Lengths[path].Min, k.Lengths[path].Max)
			}
		})
	}
	for _, path := range slices.Sorted(maps.Keys(k.Patterns)) {
		each(path, func(v any) {
			if s, ok := v.(string); ok && !k.Patterns[path].Match.MatchString(s) {
				add(path, "got %q, want %s", s, k.Patterns[path].Want)
			}
		})
	}
	return failures
}

func (r Range) holds(n int) bool { return float64(n) >= r.Min && float64(n) <= r.Max }

// fillDefaults gives the inputs with the provider's defaults, and the names of
// what it filled in at the top level.
func (k *Kind) fillDefaults(in Props) (Props, []string) {
	out := in.Copy()
	var filled []string
	for _, path := range slices.Sorted(maps.Keys(k.Defaults)) {
		head, rest, nested := strings.Cut(path, ".")
		switch {
		case nested && out.Has(head):
			out[head] = fillNested(out[head], rest, k.Defaults[path])
		case !nested && !out.Has(path):
			out[path] = k.Defaults[path]
			filled = append(filled, path)
		}
	}
	return out, filled
}

// fillNested sets a default inside an object, or inside each object of a list.
func fillNested(v any, path string, value any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = fillNested(e, path, value)
		}
		return list
	case map[string]any:
		m := maps.Clone(v)
		head, rest, nested := strings.Cut(path, ".")
		if nested {
			if m[head] != nil {
				m[head] = fillNested(m[head], rest, value)
			}
		} else if m[head] == nil {
			m[head] = value
		}
		return m
	}
	return v
}
