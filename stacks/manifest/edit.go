package manifest

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"gopkg.in/yaml.v3"
)

// WithEnvironment is the text of a file with other values in its environment; an empty
// pointer takes a variable out. Comments and all else stay, and a text that would not be
// read as meant is refused.
func WithEnvironment(text []byte, changes map[string]*string) ([]byte, error) {
	before, err := Parse(text)
	if err != nil {
		return nil, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, err
	}
	spellNulls(&root)
	environment := mappingOf(root.Content[0], "environment")
	wanted := maps.Clone(before.Environment)
	if wanted == nil {
		wanted = map[string]string{}
	}
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		if value := changes[name]; value == nil {
			delete(wanted, name)
			remove(environment, name)
		} else {
			wanted[name] = *value
			put(environment, name, *value)
		}
	}
	if len(environment.Content) == 0 {
		remove(root.Content[0], "environment")
	}
	return asMeant(&root, before, wanted)
}

// spellNulls writes out values that are left empty, which would become empty texts.
func spellNulls(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" && n.Value == "" {
		n.Value = "null"
	}
	for _, child := range n.Content {
		spellNulls(child)
	}
}

// asMeant writes the file, and reads it again.
func asMeant(root *yaml.Node, app App, environment map[string]string) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return nil, err
	}
	after, err := Parse(b.Bytes())
	if err != nil {
		return nil, err
	}
	app.Environment = environment
	if len(environment) == 0 {
		app.Environment, after.Environment = nil, nil
	}
	if !reflect.DeepEqual(app, after) {
		return nil, fmt.Errorf("the file cannot be changed by a program without changing more: edit environment by hand")
	}
	return b.Bytes(), nil
}

// mappingOf is the mapping under a key, made where there is none.
func mappingOf(parent *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(parent.Content); i += 2 {
		if parent.Content[i].Value != key {
			continue
		}
		if child := parent.Content[i+1]; child.Kind != yaml.MappingNode {
			*child = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"} // an empty value
		}
		return parent.Content[i+1]
	}
	child := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	parent.Content = append(parent.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, child)
	return child
}

func put(mapping *yaml.Node, name, value string) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			mapping.Content[i+1].SetString(value)
			return
		}
	}
	fresh := &yaml.Node{}
	fresh.SetString(value)
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, fresh)
}

func remove(mapping *yaml.Node, name string) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			mapping.Content = slices.Delete(mapping.Content, i, i+2)
			return
		}
	}
}
