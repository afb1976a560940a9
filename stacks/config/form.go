package config

import "strconv"

// Form is what a value is to a program, in the words of JSON Schema. A setting with an
// empty value is always text: what has no value is left out.
type Form struct {
	// Kind is string, integer, number, boolean, array or object. Lists and objects may also
	// be given as text, as `rung config` says.
	Kind string `json:"kind"`
	// Choices are the values, or the items of an array, where only these are taken.
	Choices []string `json:"choices,omitempty"`
	// Minimum and Maximum bound a number, both included; nil where nothing does.
	Minimum *float64 `json:"minimum,omitempty"`
	Maximum *float64 `json:"maximum,omitempty"`
}

// kinds are the types of settings that are not written as text.
var kinds = map[string]string{
	"whole number": "integer", "number": "number", "money": "number", "flag": "boolean",
	"list": "array", "list of objects": "array", "object": "object",
}

func (s setter) form() Form {
	f := Form{Kind: kinds[s.typ], Choices: s.choices, Minimum: s.low, Maximum: s.high}
	if f.Kind == "" {
		f.Kind = "string"
	}
	return f
}

// Value is a setting's text as the form has it: 3 and not "3". Text that is not of the
// form stays text; nothing is nil.
func (f Form) Value(text string) any {
	if text == "" {
		return nil
	}
	switch f.Kind {
	case "integer":
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	case "number":
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n
		}
	case "boolean":
		if text == "true" || text == "false" {
			return text == "true"
		}
	case "array":
		if items, err := splitList(text); err == nil {
			return items
		}
	}
	return text
}
