package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/stacks/config"
)

// readNodes gives the settings of rung's keys as they are written: texts as they
// are, lists and objects as JSON. YAML has types of its own, and takes a zone's id
// of digits for a number and 2026-11-29 for a moment; Pulumi hands the program what
// YAML made of it. Where that is another text, the user has to quote it.
func readNodes(nodes map[string]yaml.Node) (settings, []config.Problem) {
	set := settings{}
	r := reader{numeric: numericKeys()}
	for _, key := range slices.Sorted(maps.Keys(nodes)) {
		name, ours := strings.CutPrefix(key, config.Namespace+":")
		if !ours {
			continue
		}
		node := nodes[key]
		set[name] = textOf(r.value(name, &node))
	}
	return set, r.problems
}

// numericKeys are the settings that are numbers.
func numericKeys() map[string]bool {
	keys := map[string]bool{}
	for _, k := range config.Keys() {
		keys[k.Name] = k.Type == "whole number" || k.Type == "number" || k.Type == "money"
	}
	return keys
}

// textOf writes a value as a user would on the command line.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil { // it is made of texts, lists and objects
		return fmt.Sprint(v)
	}
	return string(b)
}

// reader reads nodes and keeps what is wrong with them.
type reader struct {
	numeric  map[string]bool
	problems []config.Problem
}

// value is what a node says under a key: a text, a json.Number, a bool, nil, a
// list or an object.
func (r *reader) value(key string, n *yaml.Node) any {
	switch n.Kind {
	case yaml.AliasNode:
		return r.value(key, n.Alias)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = r.value(key, item)
		}
		return list
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			object[n.Content[i].Value] = r.value(key+"."+n.Content[i].Value, n.Content[i+1])
		}
		return object
	}
	return r.scalar(key, n)
}

// plainNumber is a number that YAML, JSON and people read alike.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// longestNumber is how many digits survive where a number is read as one.
const longestNumber = 15

func (r *reader) scalar(key string, n *yaml.Node) any {
	switch tag := n.ShortTag(); {
	case tag == "!!str":
		return n.Value
	case tag == "!!null":
		return nil
	case tag == "!!bool":
		return strings.ToLower(n.Value) == "true"
	case (tag == "!!int" || tag == "!!float") && plainNumber.MatchString(n.Value) && len(n.Value) <= longestNumber && r.keeps(key, n.Value):
		return json.Number(n.Value)
	}
	r.problems = append(r.problems,
		config.Problem{Key: key, Value: n.Value, Want: "which YAML takes for " + taken(n) + ": " + r.advice(key)})
	return n.Value
}

// keeps reports whether a number is the same text after it was read as one: 16.10
// is 16.1 then, which is another version and the same price.
func (r *reader) keeps(key, text string) bool {
	return r.numeric[key] || !strings.Contains(text, ".") || !strings.HasSuffix(text, "0")
}

func (r *reader) advice(key string) string {
	if r.numeric[key] {
		return "want plain digits, without leading zeros, underscores or an exponent"
	}
	return "quote it, so that it stays as it is written"
}

// taken is what YAML makes of a scalar, in words.
func taken(n *yaml.Node) string {
	var v any
	if err := n.Decode(&v); err != nil {
		return "a value of the type " + n.Tag
	}
	switch n.ShortTag() {
	case "!!timestamp":
		return "a moment in time"
	case "!!int", "!!float":
		return fmt.Sprintf("the number %v", v)
	}
	return "a value of the type " + n.ShortTag()
}
