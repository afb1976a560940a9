package polyglot

import (
	"fmt"
	"path"
	"reflect"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/components/gateway"
	"github.com/rung-dev/rung/components/part"
)

// crossing is a type of the components that another stands for at the border between
// languages.
type crossing struct {
	inner, outer reflect.Type
	carry        func(p *place, given reflect.Value) (any, error)
}

// crosses is a crossing of given values.
func crosses[I, O any](carry func(p *place, given O) (I, error)) crossing {
	return crossing{reflect.TypeFor[I](), reflect.TypeFor[O](), func(p *place, v reflect.Value) (any, error) {
		of, _ := v.Interface().(O) // nil where nothing was given
		return carry(p, of)
	}}
}

// crossings are the types that are not carried field by field.
func crossings() []crossing {
	return []crossing{
		crosses(func(_ *place, s Subnet) (part.Subnet, error) { return subnets([]Subnet{s})[0], nil }),
		crosses(func(_ *place, c Client) (part.Client, error) { return clients([]Client{c})[0], nil }),
		crosses(func(_ *place, v Variable) (part.Variable, error) { return part.Variable(v), nil }),
		crosses(func(_ *place, text pulumi.StringInput) (pulumi.StringOutput, error) { return known(text), nil }),
		crosses(func(_ *place, all []pulumi.StringInput) (pulumi.StringArray, error) { return all, nil }),
		crosses(func(_ *place, all map[string]pulumi.StringInput) (pulumi.StringMap, error) { return all, nil }),
		crosses(func(_ *place, v float64) (decimal.Decimal, error) { return decimal.NewFromFloat(v), nil }),
		crosses(func(p *place, s Store) (part.Files, error) { return p.files(s) }),
		crosses(func(p *place, r InRegion) (pulumi.ProviderResource, error) { return p.provider(r) }),
		crosses(func(p *place, all []InRegion) (map[string]pulumi.ProviderResource, error) { return p.providers(all) }),
		crosses(func(_ *place, id WayIn) (*gateway.Link, error) { return id.link(), nil }),
	}
}

// known is a text as an output; the zero value for none.
func known(text pulumi.StringInput) pulumi.StringOutput {
	if text == nil {
		return pulumi.StringOutput{}
	}
	return text.ToStringOutput()
}

// Variable is an environment variable of a program.
type Variable struct {
	// Name is the variable's name.
	Name string `pulumi:"name"`
	// Value is its value; it may be known only after the deployment.
	Value pulumi.StringInput `pulumi:"value"`
}

// WayIn is a gateway's way into a network, of a GatewayLink.
type WayIn struct {
	// ID is the link's id.
	ID pulumi.StringInput `pulumi:"id"`
	// SecurityGroupID is the link's security group.
	SecurityGroupID pulumi.StringInput `pulumi:"securityGroupId,optional"`
}

func (w WayIn) link() *gateway.Link {
	if w.ID == nil {
		return nil
	}
	return &gateway.Link{ID: known(w.ID), SecurityGroupID: known(w.SecurityGroupID)}
}

// outerType is what a type of the package in folder is called at the border.
func outerType(folder string, inner reflect.Type) reflect.Type {
	for _, c := range crossings() {
		if c.inner == inner {
			return c.outer
		}
	}
	switch inner.Kind() {
	case reflect.Pointer:
		return reflect.PointerTo(outerType(folder, inner.Elem()))
	case reflect.Slice:
		return reflect.SliceOf(outerType(folder, inner.Elem()))
	case reflect.Map:
		return reflect.MapOf(inner.Key(), outerType(folder, inner.Elem()))
	case reflect.Struct:
		return outerStruct(inner)
	case reflect.String, reflect.Bool, reflect.Int, reflect.Float64:
		return inner
	}
	if inner == textInput {
		return inner
	}
	panic(fmt.Sprintf("%s: a %s cannot cross between languages; name its field in without", folder, inner))
}

// outerStruct is a struct with the fields of an inner one, all of which may be left out:
// the component itself says what is missing.
func outerStruct(inner reflect.Type) reflect.Type {
	folder := path.Base(inner.PkgPath())
	var fields []reflect.StructField
	for i := range inner.NumField() {
		if f := inner.Field(i); f.IsExported() && !notCrossing(f.Type) {
			fields = append(fields, field(f.Name, outerType(folder, f.Type), spelt(f.Name)+",optional", folder+"."+inner.Name()))
		}
	}
	return reflect.StructOf(fields)
}

// notCrossing are resources, which only the program that made them knows.
func notCrossing(t reflect.Type) bool {
	return t == reflect.TypeFor[[]pulumi.Resource]() || t == reflect.TypeFor[*pulumi.ResourceHook]()
}

// carry brings what was given into a component's own arguments.
func (p *place) carry(given, into reflect.Value) error {
	for _, c := range crossings() {
		if c.inner == into.Type() && c.outer == given.Type() {
			v, err := c.carry(p, given)
			if err == nil && v != nil {
				into.Set(reflect.ValueOf(v))
			}
			return err
		}
	}
	if given.Type() == into.Type() {
		into.Set(given)
		return nil
	}
	switch into.Kind() {
	case reflect.Pointer:
		return p.carryPointer(given, into)
	case reflect.Slice:
		return p.carryList(given, into)
	case reflect.Map:
		return p.carryMap(given, into)
	default:
		return p.carryFields(given, into)
	}
}

func (p *place) carryPointer(given, into reflect.Value) error {
	if given.IsNil() {
		return nil
	}
	into.Set(reflect.New(into.Type().Elem()))
	return p.carry(given.Elem(), into.Elem())
}

func (p *place) carryList(given, into reflect.Value) error {
	if given.IsNil() {
		return nil
	}
	into.Set(reflect.MakeSlice(into.Type(), given.Len(), given.Len()))
	for i := range given.Len() {
		if err := p.carry(given.Index(i), into.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (p *place) carryMap(given, into reflect.Value) error {
	if given.IsNil() {
		return nil
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), given.Len()))
	for _, key := range given.MapKeys() {
		v := reflect.New(into.Type().Elem()).Elem()
		if err := p.carry(given.MapIndex(key), v); err != nil {
			return err
		}
		into.SetMapIndex(key, v)
	}
	return nil
}

func (p *place) carryFields(given, into reflect.Value) error {
	for i := range given.NumField() {
		f := given.Type().Field(i)
		at := into.FieldByName(f.Name)
		if !at.IsValid() || !strings.Contains(string(f.Tag), "of:") || f.Tag.Get("of") == "" {
			continue
		}
		if err := p.carry(given.Field(i), at); err != nil {
			return err
		}
	}
	return nil
}
