package rule

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Resource is what a rule may see of a resource.
type Resource struct {
	// URN, Type and Name identify it. Type is Pulumi's token in its current
	// form (see [Canonical]).
	URN, Type, Name string
	// Parent is the URN of the parent; empty for none.
	Parent string
	// Region is the region of its provider; empty for the home region.
	Region string
	// Protect is true for a resource that Pulumi refuses to delete.
	Protect bool
	// Depends are, per top-level property, the URNs of the resources from
	// whose outputs it is made. May be nil.
	Depends map[string][]string
	// Props are the inputs or, in a stack rule, the outputs.
	Props Value
	// Inputs are what the program asked for. In a stack rule they tell what
	// was asked for from what the cloud answered; the zero value means that
	// Props are the inputs.
	Inputs Value
}

// New makes a resource for rules to look at, from the parts that each source
// of resources has.
func New(typ, name, urn string, props property.Map) Resource {
	return Resource{Type: Canonical(typ), Name: name, URN: urn, Props: Object(props)}
}

// At is the property at a path.
func (r *Resource) At(path string) Value { return r.Props.At(path) }

// Input is the property at a path as the program asked for it.
func (r *Resource) Input(path string) Value {
	if r.Inputs.Given() == No {
		return r.At(path)
	}
	return r.Inputs.At(path)
}

// Tag is the value of a tag; absent when the resource has none of that key.
func (r *Resource) Tag(key string) Value {
	tags := r.At("tags")
	if tags.v.IsMap() {
		return Value{tags.v.AsMap().Get(key)}
	}
	for _, t := range tags.Items() { // scaling groups list theirs
		if t.At("key").Is(key) == Yes {
			return t.At("value")
		}
	}
	if tags.Unknown() {
		return tags
	}
	return Value{}
}

// oldModules are module names that the AWS provider keeps for old programs,
// with the current one.
var oldModules = [][2]string{
	{"aws:alb/", "aws:lb/"},
	{"aws:applicationloadbalancing/", "aws:lb/"},
	{"aws:elasticloadbalancingv2/", "aws:lb/"},
}

// Canonical is the one token that rules use for types which have several:
// load balancers under aws:alb, and S3's second generation, whose tokens end
// in V2 in one version of the provider and not in another.
func Canonical(typ string) string {
	for _, m := range oldModules {
		if rest, ok := strings.CutPrefix(typ, m[0]); ok {
			return m[1] + rest
		}
	}
	if strings.HasPrefix(typ, "aws:s3/bucket") && strings.HasSuffix(typ, "V2") {
		return strings.ReplaceAll(typ, "V2", "")
	}
	return typ
}
