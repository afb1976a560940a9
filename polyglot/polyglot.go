// Package polyglot offers rung's components to programs in any language Pulumi has, as a
// component package: rung itself under the name pulumi-resource-rung.
//
// A component here is one of package components with another around it, whose inputs and
// outputs have the names and types that cross between languages. Most are derived: their
// properties are the fields of the Go component's arguments and results. Defaults, checks and
// everything that is built are the inner one's; the descriptions of the schema are its
// doc comments. What holds data is guarded inside: languages that cannot declare hooks,
// YAML for one, need not.
//
// A component costs what its inner one costs. It refuses wrong inputs all at once,
// before anything is made, and the loss of data unless confirmDataLoss names the
// resource. The schema grows only: a golden file holds it.
package polyglot

import (
	"fmt"
	"os"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/guard"
)

const (
	// Name is the package's; Executable is the file that the engine looks for.
	Name       = "rung"
	Executable = "pulumi-resource-" + Name
	// Version is the package's own. It rises with the schema.
	Version = "0.1.0"
)

// offered are all components of the package.
func offered() []component {
	return slices.Concat(
		[]component{networkComponent(), databaseComponent(), cacheComponent(), queueComponent()},
		machineComponents(), edgeComponents(), dataComponents(), watchComponents(),
	)
}

// Main serves the package to the engine that started this process, and returns the
// process's exit status.
func Main() int { return serve(offered()) }

func serve(all []component) int {
	schema, err := schemaOf(all)
	if err == nil {
		err = provider.ComponentMain(Name, Version, schema, constructor(all))
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "serve the components: %v\n", err)
		return 1
	}
	return 0
}

// Schema is the package as `pulumi package get-schema` prints it.
func Schema() ([]byte, error) { return schemaOf(offered()) }

// component is one component of the package.
type component struct {
	// kind is its name, and folder that of the inner one's package.
	kind, folder string
	// args and outputs are zero values of the structs with the pulumi tags.
	args, outputs any
	// constants of the Go code are named in the doc comments of args.
	constants map[string]any
	// defaults are by the names of inputs.
	defaults map[string]any
	// says describes inputs and outputs that the inner one has under no name of theirs.
	says map[string]string
	// named is the type of the inner one; empty for kind.
	named string
	// derived says that inputs and outputs are the inner one's fields.
	derived bool
	// construct builds it.
	construct func(ctx *pulumi.Context, name string, inputs provider.ConstructInputs,
		opts pulumi.ResourceOption) (*provider.ConstructResult, error)
}

// build is what makes a component of its arguments.
type build[A any, O pulumi.ComponentResource] func(ctx *pulumi.Context, name string, args A,
	opts ...pulumi.ResourceOption) (O, error)

// constructs reads the inputs into the arguments and builds.
func constructs[A any, O pulumi.ComponentResource](of build[A, O]) func(*pulumi.Context, string,
	provider.ConstructInputs, pulumi.ResourceOption) (*provider.ConstructResult, error) {
	return func(ctx *pulumi.Context, name string, inputs provider.ConstructInputs, opts pulumi.ResourceOption) (
		*provider.ConstructResult, error) {
		var args A
		if err := inputs.CopyTo(&args); err != nil {
			return nil, unread(name, err)
		}
		made, err := of(ctx, name, args, opts)
		if err != nil {
			return nil, err
		}
		return provider.NewConstructResult(made)
	}
}

// unread is the error of inputs that are of a wrong type, or not known yet.
func unread(name string, err error) error {
	return fmt.Errorf("read the inputs of %s: %w; what decides how many resources there are must be known before "+
		"anything is made, and cannot be an output", name, err)
}

func constructor(all []component) provider.ConstructFunc {
	return func(ctx *pulumi.Context, typ, name string, inputs provider.ConstructInputs, opts pulumi.ResourceOption) (
		*provider.ConstructResult, error) {
		for _, c := range all {
			if token(c.kind) != typ {
				continue
			}
			return c.construct(ctx, name, inputs, opts)
		}
		return nil, fmt.Errorf("the package %s %s has no component %s", Name, Version, typ)
	}
}

// token is the type of a component of this package. It stands in states: never change it.
func token(name string) string { return Name + ":index:" + name }

// register makes the outer component with a guard of its own, and gives what the inner
// one needs of both. Hooks have one name each in a deployment, so that each component
// brings its own, and the component itself holds it: without anything that is bound to a
// hook the engine could come to a deletion before it knows it.
func register(ctx *pulumi.Context, kind, name string, outer pulumi.ComponentResource, c common,
	opts []pulumi.ResourceOption) (part.Common, error) {
	g, err := guard.Named(ctx, kind+"-"+name, c.confirmed)
	if err != nil {
		return part.Common{}, err
	}
	if err := ctx.RegisterComponentResource(token(kind), name, outer, append(opts, g.Anchor())...); err != nil {
		return part.Common{}, err
	}
	return part.Common{Tags: c.tags, Alerts: c.alerts, Guard: g}, nil
}

// common is what all components take.
type common struct {
	tags      map[string]string
	alerts    pulumi.StringInput
	confirmed []string
}

// Subnet is a subnet that something may stand in, known by its zone at preview.
type Subnet struct {
	// ID is the subnet's id.
	ID pulumi.StringInput `pulumi:"id"`
	// Zone is its availability zone, us-east-1a say.
	Zone string `pulumi:"zone"`
}

func subnets(all []Subnet) []part.Subnet {
	out := make([]part.Subnet, len(all))
	for i, s := range all {
		out[i] = part.Subnet{ID: known(s.ID), Zone: s.Zone}
	}
	return out
}

// Client is a security group that may connect.
type Client struct {
	// Name is the client's name, web say; the rule is named for it.
	Name string `pulumi:"name"`
	// SecurityGroupID is the client's security group.
	SecurityGroupID pulumi.StringInput `pulumi:"securityGroupId"`
}

func clients(all []Client) []part.Client {
	out := make([]part.Client, len(all))
	for i, c := range all {
		out[i] = part.Client{Name: c.Name, SecurityGroupID: c.SecurityGroupID}
	}
	return out
}
