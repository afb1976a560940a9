// Package cfn reads templates of CloudFormation for what they make.
//
// A stack of Pulumi that deploys a template holds nothing of it but the text: the
// node groups of older EKS components and whatever the CDK makes stand there. Types
// and properties come out as the provider aws-native spells them, which is
// CloudFormation's own schema in Pulumi's words. What a template computes is
// computed as far as it stands in the template and its parameters; the rest is not
// known. It fetches nothing and knows no prices.
package cfn

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/resource"
)

// Resource is one resource that a template makes.
type Resource struct {
	// Name is its logical name in the template.
	Name string
	// Type is its type as aws-native has it, such as "aws-native:ec2:Instance".
	Type string
	// Props are its properties as aws-native has them, with its reference under "id"
	// and "arn".
	Props map[string]any
}

// Stack is what a template is deployed with.
type Stack struct {
	// Parameters are the values of its parameters; others have their defaults.
	Parameters map[string]any
	// Region is where it is deployed; empty is not known.
	Region string
	// Ref is what one resource calls another, by its logical name.
	Ref func(name string) string
}

// maxTemplate is how large a template may be, in bytes; AWS takes no larger one.
const maxTemplate = 1 << 20

// Read lists what a template makes, by logical name. The body is its text, in JSON
// or YAML, or the value that it stands for.
func Read(body any, s Stack) ([]Resource, error) {
	doc, err := document(body)
	if err != nil {
		return nil, fmt.Errorf("read a template of CloudFormation: %w", err)
	}
	resources, ok := doc["Resources"].(map[string]any)
	if !ok {
		return nil, errors.New("read a template of CloudFormation: it has no Resources")
	}
	r := reader{Stack: s, doc: doc, decided: map[string]any{}}
	var out []Resource
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		entry, _ := resources[name].(map[string]any)
		if made, ok := r.resource(name, entry); ok {
			out = append(out, made)
		}
	}
	return out, nil
}

// resource is one entry; false for one that is left out.
func (r reader) resource(name string, entry map[string]any) (Resource, bool) {
	if condition, ok := entry["Condition"].(string); ok && r.condition(condition, 0) == false {
		return Resource{}, false
	}
	typ, _ := entry["Type"].(string)
	given, _ := entry["Properties"].(map[string]any)
	known, _ := inWords(r.value(given, 0)).(map[string]any)
	if known == nil {
		known = map[string]any{}
	}
	known["id"], known["arn"] = r.Ref(name), r.Ref(name)
	return Resource{Name: name, Type: typeOf(typ), Props: known}, true
}

// document opens the text of a template.
func document(body any) (map[string]any, error) {
	switch body := body.(type) {
	case map[string]any:
		return body, nil
	case string:
		if len(body) > maxTemplate {
			return nil, fmt.Errorf("it has %d bytes, want at most %d", len(body), maxTemplate)
		}
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(body), &n); err != nil {
			return nil, err
		}
		if n.IsZero() {
			break
		}
		v, err := plain(&n)
		if err != nil {
			return nil, err
		}
		if doc, ok := v.(map[string]any); ok {
			return doc, nil
		}
	}
	return nil, errors.New("it is no object")
}

// plain is a node as JSON would have it: the short forms of functions (!Ref) are
// written out.
func plain(n *yaml.Node) (any, error) {
	v, err := bare(n)
	if err != nil || !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
		return v, err
	}
	switch name := n.Tag[1:]; name {
	case "Ref", "Condition":
		return map[string]any{name: v}, nil
	default:
		return map[string]any{"Fn::" + name: v}, nil
	}
}

// bare is a node without its tag.
func bare(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.DocumentNode:
		return plain(n.Content[0])
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			v, err := plain(c)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	case yaml.MappingNode:
		return object(n)
	case yaml.ScalarNode:
		return scalar(n), nil
	}
	return nil, fmt.Errorf("line %d: aliases, which CloudFormation does not take", n.Line)
}

func object(n *yaml.Node) (any, error) {
	out := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		v, err := plain(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		out[n.Content[i].Value] = v
	}
	return out, nil
}

// scalar is a number or a truth value where it is one, and else the text: days too.
func scalar(n *yaml.Node) any {
	switch n.Tag {
	case "!!int", "!!float":
		var f float64
		if n.Decode(&f) == nil {
			return f
		}
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			return b
		}
	case "!!null":
		return nil
	}
	return n.Value
}

// notKnown stands for what only AWS can compute.
var notKnown = resource.Unknown{}
