// Package polyglot offers rung's components to programs in any language Pulumi has, as a
// component package: rung itself under the name pulumi-resource-rung.
//
// A component here is one of package components with another around it, whose inputs and
// outputs have the names and types that cross between languages. Defaults, checks and
// everything that is built are the inner one's; the descriptions of the schema are its
// doc comments. What holds data is guarded inside: languages that cannot declare hooks,
// YAML for one, need not.
//
// A component costs what its inner one costs. It refuses wrong inputs all at once,
// before anything is made, and the loss of data unless confirmDataLoss names the
// resource. The schema grows only: a golden file holds it.
package polyglot

import (
	"context"
	"fmt"
	"os"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

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

// Main serves the package to the engine that started this process, and returns the
// process's exit status.
func Main() int {
	p, err := Provider()
	if err == nil {
		err = provider.RunProvider(context.Background(), Name, Version, p)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "serve the components: %v\n", err)
		return 1
	}
	return 0
}

// Provider is the package with all its components.
func Provider() (provider.Provider, error) { return builder().Build() }

func builder() *infer.ProviderBuilder {
	return infer.NewProviderBuilder().
		WithDisplayName("rung").
		WithDescription("Components of a web system on AWS that guard their data: networks, databases, caches, queues").
		WithKeywords("category/infrastructure", "kind/component", "aws").
		WithLicense("Apache-2.0").
		WithPublisher("rung").
		WithRepository("https://github.com/rung-dev/rung").
		WithHomepage("https://github.com/rung-dev/rung").
		WithPluginDownloadURL("github://api.github.com/rung-dev/rung").
		WithModuleMap(map[tokens.ModuleName]tokens.ModuleName{"polyglot": "index"}).
		WithComponents(
			infer.ComponentF(NewNetwork), infer.ComponentF(NewDatabase), infer.ComponentF(NewCache),
			infer.ComponentF(NewQueue),
		)
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

// Subnet is a subnet that something may stand in.
type Subnet struct {
	ID   pulumi.StringInput `pulumi:"id"`
	Zone string             `pulumi:"zone"`
}

// Annotate describes a subnet.
func (s *Subnet) Annotate(a infer.Annotator) {
	a.Describe(&s, "A subnet, known by its zone at preview.")
	a.Describe(&s.ID, "The subnet's id.")
	a.Describe(&s.Zone, "Its availability zone, us-east-1a say.")
}

func subnets(all []Subnet) []part.Subnet {
	out := make([]part.Subnet, len(all))
	for i, s := range all {
		out[i] = part.Subnet{ID: s.ID.ToStringOutput(), Zone: s.Zone}
	}
	return out
}

// Client is a security group that may connect.
type Client struct {
	Name            string             `pulumi:"name"`
	SecurityGroupID pulumi.StringInput `pulumi:"securityGroupId"`
}

// Annotate describes a client.
func (c *Client) Annotate(a infer.Annotator) {
	a.Describe(&c, "A security group that may connect.")
	a.Describe(&c.Name, "The client's name, web say; the rule is named for it.")
	a.Describe(&c.SecurityGroupID, "The client's security group.")
}

func clients(all []Client) []part.Client {
	out := make([]part.Client, len(all))
	for i, c := range all {
		out[i] = part.Client{Name: c.Name, SecurityGroupID: c.SecurityGroupID}
	}
	return out
}
