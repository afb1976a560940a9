package sim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Schema is the property table of a provider: which inputs and outputs each
// resource type and each function has, and of what type. It is generated (see
// offline/schemagen).
type Schema struct {
	Resources map[string]ResourceSchema `json:"resources"`
	Functions map[string]ResourceSchema `json:"functions,omitempty"`
	Types     map[string]Fields         `json:"types"`
}

// ResourceSchema is the property table of one resource type, or of one function.
type ResourceSchema struct {
	Inputs  Fields `json:"inputs"`
	Outputs Fields `json:"outputs"`
}

// Fields maps a property name to its type: string, bool, int, number, any,
// "[]T", "map T" or "{named type}". A trailing "!" marks a property that must
// be given.
type Fields map[string]string

// ParseSchema reads a generated table. It fails only when the embedded file is
// not what schemagen writes.
func ParseSchema(data []byte) (Schema, error) {
	var s Schema
	if err := json.Unmarshal(data, &s); err != nil {
		return Schema{}, fmt.Errorf("read the generated property table: %w", err)
	}
	return s, nil
}

// has reports whether a dotted path exists in an object's table.
func (s Schema) has(fields Fields, path string) bool {
	head, rest, nested := strings.Cut(path, ".")
	typ, ok := fields[head]
	if !ok || !nested {
		return ok
	}
	typ = strings.TrimSuffix(typ, "!")
	for strings.HasPrefix(typ, "[]") {
		typ = typ[2:]
	}
	if !strings.HasPrefix(typ, "{") {
		return typ == "any" || strings.HasPrefix(typ, "map ")
	}
	return s.has(s.Types[strings.Trim(typ, "{}")], rest)
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
