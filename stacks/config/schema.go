package config

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/stacks/ladder"
)

// SchemaID is where the schema of a stack's file lies.
const SchemaID = "https://raw.githubusercontent.com/rung-dev/rung/main/docs/schema/stack.v1.json"

// shape is a JSON object that is put together.
type shape = map[string]any

// Schema is the JSON Schema of a stack's file (Pulumi.NAME.yaml): each key with its type,
// what it allows, its default where all stages have one, and its meaning. Editors complete
// and check by it. What contradicts another key only [Parse] finds.
//
// It is no typed config of Pulumi.yaml: there a key without a default is demanded of every
// stack, and a default is set on every stack, while rung's depend on the stage.
func Schema() ([]byte, error) {
	properties, names := shape{}, []string{}
	for _, k := range Keys() {
		group, part, nested := strings.Cut(k.Name, ".")
		properties[Namespace+":"+k.Name] = k.schema()
		names = append(names, Namespace+":"+k.Name)
		if nested {
			parts, _ := properties[Namespace+":"+group].(shape)
			if parts == nil {
				parts = shape{"type": "object", "additionalProperties": false, "properties": shape{},
					"description": "The keys that begin with " + group + "."}
				properties[Namespace+":"+group] = parts
				names = append(names, Namespace+":"+group)
			}
			parts["properties"].(shape)[part] = k.schema()
		}
	}
	slices.Sort(names)
	text, err := json.MarshalIndent(shape{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SchemaID,
		"title": "A stack of rung", "type": "object",
		"properties": shape{"config": shape{
			"type": "object", "properties": properties, "required": []string{Namespace + ":stage"},
			"propertyNames": shape{"anyOf": []any{
				shape{"not": shape{"pattern": "^" + Namespace + ":"}}, shape{"enum": names},
			}},
		}},
		"$defs": shape{"secret": shape{
			"type": "object", "required": []string{"secure"}, "additionalProperties": false,
			"properties":  shape{"secure": shape{"type": "string"}},
			"description": "A value that `pulumi config set --secret` encrypted.",
		}},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the schema of a stack's file: %w", err)
	}
	return append(text, '\n'), nil
}

// schema is a key's: its own form, the same as text, since `pulumi config set` writes
// texts, or a secret.
func (k Key) schema() shape {
	s := shape{
		"description": fmt.Sprintf("%s%s. Allowed: %s. Default: %s.", strings.ToUpper(k.Meaning[:1]), k.Meaning[1:],
			k.Allowed, k.DefaultText()),
		"anyOf": []any{k.Form.schema(), k.Form.asText(), shape{"$ref": "#/$defs/secret"}},
	}
	if v := k.Form.Value(k.always()); v != nil {
		s["default"] = v
	}
	return s
}

// always is the default that all stages have; empty where they differ or have none.
func (k Key) always() string {
	text := k.Default(ladder.First)
	for n := ladder.First; n <= Built; n++ {
		if k.Default(n) != text {
			return ""
		}
	}
	return text
}

// schema is a form in the words of JSON Schema.
func (f Form) schema() shape {
	s := shape{"type": f.Kind}
	if f.Minimum != nil {
		s["minimum"] = *f.Minimum
	}
	if f.Maximum != nil {
		s["maximum"] = *f.Maximum
	}
	switch {
	case f.Kind == "array" && len(f.Choices) > 0:
		s["items"] = shape{"enum": f.Choices}
	case len(f.Choices) > 0:
		s["enum"] = f.Choices
	}
	return s
}

// asText is a form as text has it.
func (f Form) asText() shape {
	switch f.Kind {
	case "integer":
		return shape{"type": "string", "pattern": `^-?[0-9]+$`}
	case "number":
		return shape{"type": "string", "pattern": `^-?[0-9]+(\.[0-9]+)?$`}
	case "boolean":
		return shape{"type": "string", "enum": []string{"true", "false"}}
	case "array", "object":
		return f.listed()
	}
	if len(f.Choices) > 0 {
		return shape{"type": "string", "enum": f.Choices}
	}
	return shape{"type": "string", "minLength": 1}
}

// listed is a list or an object as text: a list with commas, or JSON.
func (f Form) listed() shape {
	if len(f.Choices) == 0 {
		return shape{"type": "string", "minLength": 1}
	}
	var quoted []string
	for _, c := range f.Choices {
		quoted = append(quoted, regexp.QuoteMeta(c))
	}
	one := "(" + strings.Join(quoted, "|") + ")"
	return shape{"type": "string", "pattern": fmt.Sprintf(`^(%s( *, *%s)*|\[.*\])$`, one, one)}
}
