package polyglot

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"

	"github.com/rung-dev/rung/components/part"
)

// outer is the outer component of a derived one: it has no state but its children.
type outer struct{ pulumi.ResourceState }

// derived is what a component of the package says beside its Go code.
type derived struct {
	// kind is its name in the package, and folder its inner one's package.
	kind, folder string
	// required are the fields of the arguments that must be given.
	required string
	// without are the arguments that cannot cross, and hides the results: values of the
	// program itself.
	without, hides string
	// renames are properties by their Go names, where the spelling by rule would not do.
	renames map[string]string
	// says and constants are those of the component.
	says map[string]string
}

// derive makes a component of the package out of a component's own arguments and results:
// its properties are their fields, and are described by the fields' doc comments.
func derive[A any, O pulumi.ComponentResource](d derived, build build[A, O]) component {
	inner, made := reflect.TypeFor[A](), reflect.TypeFor[O]().Elem()
	args := d.arguments(inner)
	return component{
		kind: d.kind, folder: d.folder, named: made.Name(), derived: true, says: d.says,
		args: reflect.Zero(args).Interface(), outputs: reflect.Zero(d.results(made)).Interface(),
		construct: func(ctx *pulumi.Context, name string, inputs provider.ConstructInputs, opts pulumi.ResourceOption) (
			*provider.ConstructResult, error) {
			given := reflect.New(args)
			if err := inputs.CopyTo(given.Interface()); err != nil {
				return nil, unread(name, err)
			}
			return construct(ctx, d, name, given.Elem(), build, opts)
		},
	}
}

// construct builds the inner component of what was given, inside an outer one.
func construct[A any, O pulumi.ComponentResource](ctx *pulumi.Context, d derived, name string, given reflect.Value,
	build build[A, O], opts pulumi.ResourceOption) (*provider.ConstructResult, error) {
	o := &outer{}
	c, err := register(ctx, d.kind, name, o, shared(given), []pulumi.ResourceOption{opts})
	if err != nil {
		return nil, err
	}
	var args A
	into := reflect.ValueOf(&args).Elem()
	if err := (&place{ctx: ctx, name: name, parent: o, common: c}).carry(given, into); err != nil {
		return nil, fmt.Errorf("%s %s: %w", d.kind, name, err)
	}
	into.FieldByName("Common").Set(reflect.ValueOf(c))
	made, err := build(ctx, name, args, pulumi.Parent(o))
	if err != nil {
		return nil, err
	}
	return &provider.ConstructResult{URN: o.URN(), State: d.state(reflect.ValueOf(made).Elem())}, nil
}

// shared are the inputs that all components have.
func shared(given reflect.Value) common {
	return common{
		tags:      given.FieldByName("Tags").Interface().(map[string]string),
		alerts:    textOf(given.FieldByName("Alerts")),
		confirmed: given.FieldByName("ConfirmDataLoss").Interface().([]string),
	}
}

func textOf(v reflect.Value) pulumi.StringInput {
	text, _ := v.Interface().(pulumi.StringInput)
	return text
}

// arguments is the struct of a component's inputs: those of the inner one, and what all
// components have.
func (d derived) arguments(inner reflect.Type) reflect.Type {
	var fields []reflect.StructField
	for i := range inner.NumField() {
		f := inner.Field(i)
		if f.Type == reflect.TypeFor[part.Common]() || listed(d.without, f.Name) {
			continue
		}
		flag := ",optional"
		if listed(d.required, f.Name) {
			flag = ""
		}
		fields = append(fields, field(f.Name, outerType(d.folder, f.Type), d.property(f.Name)+flag,
			d.folder+"."+inner.Name()))
	}
	for _, f := range []struct {
		name string
		of   reflect.Type
	}{
		{"Tags", reflect.TypeFor[map[string]string]()}, {"Alerts", textInput},
		{"ConfirmDataLoss", reflect.TypeFor[[]string]()},
	} {
		fields = append(fields, field(f.name, f.of, spelt(f.name)+",optional", ""))
	}
	return reflect.StructOf(fields)
}

// results is the struct of a component's outputs.
func (d derived) results(made reflect.Type) reflect.Type {
	var fields []reflect.StructField
	for i := range made.NumField() {
		f := made.Field(i)
		if !f.IsExported() || f.Anonymous || listed(d.hides, f.Name) {
			continue
		}
		if f.Type == reflect.TypeFor[part.Endpoint]() {
			for _, name := range []string{"Host", "Port", "Secret"} {
				of, _ := f.Type.FieldByName(name)
				fields = append(fields, field(name, outputType(of.Type), endpoint[name], "part.Endpoint"))
			}
			continue
		}
		fields = append(fields, field(f.Name, outputType(f.Type), d.output(f.Name), d.folder+"."+made.Name()))
	}
	return reflect.StructOf(fields)
}

// endpoint are the properties of an endpoint.
var endpoint = map[string]string{"Host": "host", "Port": "port", "Secret": "secretArn"}

// state is what the results of a component that was made are.
func (d derived) state(made reflect.Value) pulumi.Map {
	state := pulumi.Map{}
	for i := range made.NumField() {
		f := made.Type().Field(i)
		if !f.IsExported() || f.Anonymous || listed(d.hides, f.Name) {
			continue
		}
		if of, is := made.Field(i).Interface().(part.Endpoint); is {
			state["host"], state["port"], state["secretArn"] = of.Host, pulumi.Int(of.Port), of.Secret
			continue
		}
		if v := given(made.Field(i)); v != nil {
			state[d.output(f.Name)] = v
		}
	}
	return state
}

func listed(names, name string) bool { return slices.Contains(strings.Fields(names), name) }

func (d derived) property(name string) string { return cmpOr(d.renames[name], spelt(name)) }

// output is the property of a result. A resource has an id and a name of its own, so
// that those of what was made are called for it.
func (d derived) output(name string) string {
	switch own := spelt(d.kind); name {
	case "ID":
		return cmpOr(d.renames[name], own+"Id")
	case "Name":
		return cmpOr(d.renames[name], own+"Name")
	}
	return d.property(name)
}

// field is a field of a struct that is put together: its property, and the struct whose
// doc comments describe it.
func field(name string, of reflect.Type, property, docs string) reflect.StructField {
	tag := fmt.Sprintf(`pulumi:%q of:%q`, property, docs)
	return reflect.StructField{Name: name, Type: of, Tag: reflect.StructTag(tag)}
}
