// Package outline runs programs that are written as Pulumi's YAML language has them, in
// this process: the language's own host is a program that cannot be had everywhere.
//
// It knows what the templates and the programs of the tests use: resources with
// dependsOn, protect and provider, variables, outputs, the project's config, references such as
// ${network.dataSubnetIds[0]}, fn::invoke with plain arguments and a provider, fn::toJSON,
// fn::stringAsset and fn::assetArchive. Anything else is an error, never passed over.
// Components are those of the package rung.
package outline

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"
)

// Program is a program in YAML.
type Program struct {
	// Name is the project's.
	Name string
	// Config are the project's settings.
	Config map[string]Setting
	// Variables are values by their names, and Resources what is made.
	Variables map[string]any
	Resources map[string]Resource
	// Outputs are what the stack exports.
	Outputs map[string]any
}

// Setting is a setting of the project. Pulumi's types are array, boolean, integer, object
// and string; what is set of the others is read as JSON.
type Setting struct {
	Type           string
	Default, Value any
}

// Resource is one resource of a program.
type Resource struct {
	// Type is its token, in the long form or in YAML's own: aws:s3:BucketV2.
	Type string
	// Properties are its inputs.
	Properties map[string]any
	// Options are how it is made.
	Options Options
}

// Options are those of Pulumi's resource options that are known here.
type Options struct {
	DependsOn []string
	Protect   bool
	Provider  string
}

// UnmarshalYAML refuses the others.
func (o *Options) UnmarshalYAML(n *yaml.Node) error {
	var all map[string]yaml.Node
	if err := n.Decode(&all); err != nil {
		return err
	}
	into := map[string]any{"dependsOn": &o.DependsOn, "protect": &o.Protect, "provider": &o.Provider}
	for key, v := range all {
		if into[key] == nil {
			return fmt.Errorf("line %d: the option %s is not known here", n.Line, key)
		}
		if err := v.Decode(into[key]); err != nil {
			return err
		}
	}
	return nil
}

// Read reads a program of a file. The error names what is not known here.
func Read(file string) (Program, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Program{}, fmt.Errorf("read the program: %w", err)
	}
	return Parse(string(text))
}

// Parse reads a program. ${PROJECT} and ${DESCRIPTION} of a template are filled in, as
// `pulumi new` does.
func Parse(text string) (Program, error) {
	var p Program
	text = strings.NewReplacer("${PROJECT}", "outline", "${DESCRIPTION}", "a program").Replace(text)
	if err := yaml.Unmarshal([]byte(text), &p); err != nil {
		return Program{}, fmt.Errorf("read the program: %w", err)
	}
	return p, nil
}

// Types are the tokens of the program's resources in the long form, each once, sorted.
func (p Program) Types() []string {
	var out []string
	for _, r := range p.Resources {
		out = append(out, long(r.Type))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Run is the program for an engine.
func (p Program) Run(ctx *pulumi.Context) error {
	r := run{ctx: ctx, program: p, made: map[string]pulumi.Resource{}, raw: map[string]pulumi.Output{},
		variables: map[string]any{}}
	for _, name := range slices.Sorted(maps.Keys(p.Resources)) {
		if err := r.resource(name); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Outputs)) {
		v, err := r.value(p.Outputs[name])
		if err != nil {
			return fmt.Errorf("output %s: %w", name, err)
		}
		ctx.Export(name, input(v))
	}
	return nil
}

// run is one run of a program.
type run struct {
	ctx       *pulumi.Context
	program   Program
	made      map[string]pulumi.Resource
	raw       map[string]pulumi.Output // what each resource came back with
	variables map[string]any
	making    []string
}

// resource makes a resource and whatever it refers to, once.
func (r *run) resource(name string) error {
	if r.made[name] != nil {
		return nil
	}
	if slices.Contains(r.making, name) {
		return fmt.Errorf("%s refers to itself", name)
	}
	r.making = append(r.making, name)
	spec := r.program.Resources[name]
	v, err := r.value(spec.Properties)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	in, _ := v.(pulumi.Map)
	opts, err := r.options(spec)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if strings.HasPrefix(spec.Type, "rung:") {
		var c pulumi.ResourceState
		err = r.ctx.RegisterRemoteComponentResource(spec.Type, name, in, &c, opts...)
		r.made[name], r.raw[name] = &c, pulumi.InternalGetRawOutputs(&c)
		return err
	}
	if strings.HasPrefix(spec.Type, "pulumi:providers:") {
		var p pulumi.ProviderResourceState
		err = r.ctx.RegisterResource(spec.Type, name, in, &p, opts...)
		r.made[name], r.raw[name] = &p, pulumi.InternalGetRawOutputs(&p.ResourceState)
		return err
	}
	var c pulumi.CustomResourceState
	err = r.ctx.RegisterResource(long(spec.Type), name, in, &c, opts...)
	r.made[name], r.raw[name] = &c, pulumi.InternalGetRawOutputs(&c.ResourceState)
	return err
}

func (r *run) options(spec Resource) ([]pulumi.ResourceOption, error) {
	var on []pulumi.Resource
	for _, ref := range spec.Options.DependsOn {
		name := strings.TrimSuffix(strings.TrimPrefix(ref, "${"), "}")
		if err := r.resource(name); err != nil {
			return nil, err
		}
		on = append(on, r.made[name])
	}
	opts := []pulumi.ResourceOption{pulumi.DependsOn(on), pulumi.Protect(spec.Options.Protect)}
	if ref := spec.Options.Provider; ref != "" {
		p, err := r.provider(ref)
		if err != nil {
			return nil, err
		}
		opts = append(opts, pulumi.Provider(p))
	}
	return opts, nil
}

// provider is the provider that a reference names.
func (r *run) provider(ref string) (pulumi.ProviderResource, error) {
	name := strings.TrimSuffix(strings.TrimPrefix(ref, "${"), "}")
	if err := r.resource(name); err != nil {
		return nil, err
	}
	p, is := r.made[name].(pulumi.ProviderResource)
	if !is {
		return nil, fmt.Errorf("provider: %s is none", name)
	}
	return p, nil
}

// long is a token in the form in which it is registered.
func long(token string) string {
	parts := strings.Split(token, ":")
	if len(parts) == 2 { // aws:getRegion is of the module that has no name
		return fmt.Sprintf("%s:index/%s:%s", parts[0], strings.ToLower(parts[1][:1])+parts[1][1:], parts[1])
	}
	if len(parts) != 3 || strings.Contains(parts[1], "/") || parts[1] == "index" {
		return token
	}
	return fmt.Sprintf("%s:%s/%s:%s", parts[0], parts[1], strings.ToLower(parts[2][:1])+parts[2][1:], parts[2])
}

var errOneKey = errors.New("a function is the only key of its object")
