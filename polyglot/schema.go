package polyglot

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/published"
)

// common descriptions are of inputs that all components have.
var everywhere = map[string]string{
	"tags":   "Tags that are added to every resource of the component that takes tags.",
	"alerts": "ARN of the SNS topic that alarms notify, when they fire and when they recover. Without it nobody is told.",
	"confirmDataLoss": "Logical names of the component's resources that may be deleted or replaced with all data in " +
		"them. Take it out again when that is done.",
}

// enum is a text of which only some values are taken.
type enum interface {
	// values are what is taken, with what each means.
	values() []enumValue
}

type enumValue struct {
	Name        string `json:"name"`
	Value       string `json:"value"`
	Description string `json:"description"`
}

// writer writes a schema.
type writer struct {
	facts
	kinds map[string]string       // of components, by the folder of the inner one
	args  map[string]reflect.Type // their arguments, of which those of nested types speak
	types map[string]any
	errs  []error
}

// schemaOf writes the package's schema. It fails for a property that nothing describes.
func schemaOf(all []component) ([]byte, error) {
	known, err := read()
	if err != nil {
		return nil, err
	}
	w := writer{facts: known, types: map[string]any{}, kinds: map[string]string{}, args: map[string]reflect.Type{}}
	resources := map[string]any{}
	for _, c := range all {
		w.kinds[c.folder], w.args[c.folder] = cmpOr(w.kinds[c.folder], c.kind), reflect.TypeOf(c.args)
		resources[token(c.kind)] = w.resource(c)
	}
	if err := errors.Join(w.errs...); err != nil {
		return nil, err
	}
	return json.MarshalIndent(map[string]any{
		"name": Name, "displayName": "rung", "version": Version, "license": "Apache-2.0", "publisher": "rung",
		"description":       "Components of a web system on AWS that guard their data: networks, databases, caches, queues.",
		"keywords":          []string{"category/infrastructure", "kind/component", "aws"},
		"homepage":          published.Repository,
		"repository":        published.Repository,
		"pluginDownloadURL": "github://api.github.com/rung-dev/rung",
		"meta":              map[string]any{"supportPack": true},
		"language": map[string]any{
			"nodejs": map[string]any{"respectSchemaVersion": true}, "python": map[string]any{"respectSchemaVersion": true},
			"csharp": map[string]any{"respectSchemaVersion": true},
			// Without it Pulumi's generator names types of plain lists that it does not write.
			"go": map[string]any{"generateExtraInputTypes": true, "respectSchemaVersion": true},
		},
		"resources": resources, "types": w.types,
	}, "", " ")
}

func (w *writer) resource(c component) map[string]any {
	inputs, required := w.object(reflect.TypeOf(c.args), c, c.folder+".Args", true)
	outputs, always := w.object(reflect.TypeOf(c.outputs), c, c.folder+"."+c.kind, false)
	for name, value := range c.defaults {
		inputs[name].(map[string]any)["default"] = value
	}
	about := w.Docs[c.folder]
	if w.kinds[c.folder] != c.kind { // the package is named for another of its components
		about = w.Docs[c.folder+"."+c.named]
	}
	return filled(map[string]any{
		"isComponent": true, "description": about, "inputProperties": inputs, "requiredInputs": required,
		"properties": outputs, "required": always,
	})
}

// filled leaves out lists and objects with nothing in them, as Pulumi does when it prints a
// schema.
func filled(spec map[string]any) map[string]any {
	maps.DeleteFunc(spec, func(_ string, v any) bool {
		switch v := v.(type) {
		case []string:
			return len(v) == 0
		case map[string]any:
			return len(v) == 0
		default:
			return false
		}
	})
	return spec
}

// object are the properties of a struct, and those that are never left out.
func (w *writer) object(of reflect.Type, c component, docs string, plain bool) (map[string]any, []string) {
	properties, required := map[string]any{}, []string{}
	for i := range of.NumField() {
		f := of.Field(i)
		name, flag, _ := strings.Cut(f.Tag.Get("pulumi"), ",")
		if name == "" {
			continue
		}
		p := w.typeOf(f.Type, plain)
		docs := cmpOr(f.Tag.Get("of"), docs)
		text := cmpOr(c.says[name], w.Docs[docs+"."+f.Name], everywhere[name])
		if value, is := w.defaultIn(text, docs, f.Type); is && plain && c.kind != "" {
			p["default"] = value // of a type that several share it may differ
		}
		if p["description"] = w.said(inSchema(w.valued(text, docs), of, c.constants), docs); text == "" {
			w.errs = append(w.errs, fmt.Errorf("%s: nothing describes %s", docs, f.Name))
		}
		properties[name] = p
		if flag != "optional" {
			required = append(required, name)
		}
	}
	slices.Sort(required)
	return properties, required
}

// said is a comment with the arguments of the component that it speaks of as properties.
func (w *writer) said(text, docs string) string {
	folder, _, _ := strings.Cut(docs, ".")
	if args := w.args[folder]; args != nil {
		return inSchema(text, args, nil)
	}
	return text
}

func cmpOr(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

var (
	textInput = reflect.TypeFor[pulumi.StringInput]()
	outputs   = map[reflect.Type]map[string]any{
		reflect.TypeFor[pulumi.StringOutput]():      {"type": "string"},
		reflect.TypeFor[pulumi.IntOutput]():         {"type": "integer"},
		reflect.TypeFor[pulumi.BoolOutput]():        {"type": "boolean"},
		reflect.TypeFor[pulumi.StringMapOutput]():   {"type": "object", "additionalProperties": map[string]any{"type": "string"}},
		reflect.TypeFor[pulumi.StringArrayOutput](): {"type": "array", "items": map[string]any{"type": "string"}},
	}
	kinds = map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer",
		reflect.Float64: "number"}
)

// typeOf is a type in the schema's words. What is plain must be known before anything is
// made; inputs may be outputs of something else.
func (w *writer) typeOf(t reflect.Type, plain bool) map[string]any {
	if t == textInput {
		return map[string]any{"type": "string"}
	}
	if known, is := outputs[t]; is {
		return maps.Clone(known)
	}
	var spec map[string]any
	switch {
	case t.Implements(reflect.TypeFor[enum]()):
		spec = map[string]any{"$ref": w.enum(t)}
	case len(w.Values[docsOf(t)]) > 0:
		spec = map[string]any{"$ref": w.choice(docsOf(t))}
	case t.Kind() == reflect.Pointer:
		return w.typeOf(t.Elem(), plain)
	case t.Kind() == reflect.Slice:
		spec = map[string]any{"type": "array", "items": w.typeOf(t.Elem(), plain)}
	case t.Kind() == reflect.Map:
		spec = map[string]any{"type": "object", "additionalProperties": w.typeOf(t.Elem(), plain)}
	case t.Kind() == reflect.Struct:
		spec = map[string]any{"$ref": w.named(t, plain)}
	default:
		spec = map[string]any{"type": kinds[t.Kind()]}
	}
	if plain {
		spec["plain"] = true
	}
	return spec
}

func (w *writer) enum(t reflect.Type) string {
	w.types[token(t.Name())] = map[string]any{"type": "string", "description": w.Docs["polyglot."+t.Name()],
		"enum": reflect.Zero(t).Interface().(enum).values()}
	return "#/types/" + token(t.Name())
}

func (w *writer) named(t reflect.Type, plain bool) string {
	docs := docsOf(t)
	properties, required := w.object(t, component{}, docs, plain)
	name := token(w.typeName(docs))
	w.types[name] = filled(map[string]any{"type": "object", "description": w.Docs[docs],
		"properties": properties, "required": required})
	return "#/types/" + name
}

// inSchema says a doc comment as somebody knows it who never sees the Go code: constants
// by their values, fields by their properties.
func inSchema(text string, of reflect.Type, constants map[string]any) string {
	for _, name := range slices.Sorted(maps.Keys(constants)) {
		text = word(name).ReplaceAllLiteralString(text, fmt.Sprint(constants[name]))
	}
	for i := range of.NumField() {
		property, _, _ := strings.Cut(of.Field(i).Tag.Get("pulumi"), ",")
		if property != "" {
			text = word(of.Field(i).Name).ReplaceAllLiteralString(text, property)
		}
	}
	return strings.TrimSpace(text)
}

func word(name string) *regexp.Regexp { return regexp.MustCompile(`\b` + name + `\b`) }
