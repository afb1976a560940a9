package sim

import "regexp"

// Kind is the behaviour of one resource type. Property names are Pulumi's, and
// a dotted path reaches into nested objects and through lists
// ("ingress.securityGroups"). The zero value of every field means "nothing
// special", so that a simple type is three lines.
type Kind struct {
	// Token is the Pulumi type token, such as "aws:ec2/vpc:Vpc". It must be in
	// the generated property table of its package.
	Token string

	// Service and API name the type in error messages the way the AWS SDK does:
	// service "EC2" and API "Subnet" give "operation error EC2: CreateSubnet".
	Service, API string
	// Noun is what the provider calls it ("EC2 Subnet"); empty means Service and API.
	Noun string
	// Verbs overrides an operation's name where it is not CreateX, ModifyX and
	// DeleteX, for example {Create: "RunInstances"}.
	Verbs map[Verb]string

	// Global makes the resource visible from every region (IAM, CloudFront,
	// Route 53). Otherwise ids resolve only within their region.
	Global bool

	// ID makes the physical id. Nil takes an id of 17 hex digits after IDPrefix,
	// or the Name property when IDPrefix is empty.
	ID       func(*Op) string
	IDPrefix string

	// Required names inputs that the property table does not already mark so
	// (lists, or what the SDK leaves optional).
	Required []string
	// ExactlyOneOf and AtMostOneOf are groups of inputs that exclude each other.
	ExactlyOneOf, AtMostOneOf [][]string
	// Enums lists the allowed values of a property, Ranges its bounds.
	Enums  map[string][]string
	Ranges map[string]Range
	// Lengths bounds the number of characters of a string property.
	Lengths map[string]Range
	// Patterns must match a string property whole; the map's value explains.
	Patterns map[string]Pattern
	// Defaults are what the provider fills in at check, known in every preview.
	// A nested default ("rootBlockDevice.deleteOnTermination") is filled in only
	// where the object is given.
	Defaults Props
	// Checks are further checks of the inputs alone, made in previews too.
	Checks []Check

	// Name says how the type is named. Nil means it has no physical name.
	Name *Name

	// ReplaceOn lists the paths whose change needs a new resource. A path stands
	// for everything under it.
	ReplaceOn []string
	// ReplaceWhen gives further paths to replace on, decided from both sides
	// (an engine downgrade). Only paths that really changed count.
	ReplaceWhen func(old, new Props) []string
	// Ignore gives paths whose difference is none to the provider (the patch
	// part of an engine version).
	Ignore func(old, new Props) []string
	// Sets lists paths of lists of objects that compare without order; lists of
	// strings always do, unless Ordered names them.
	Sets, Ordered []string
	// JSON lists properties that hold a JSON document and compare as such.
	JSON []string
	// DeleteFirst makes every replacement delete before it creates.
	DeleteFirst bool

	// Secrets lists outputs that are secret whatever the inputs.
	Secrets []string
	// Outputs computes what the cloud fills in. What the inputs already give is
	// left alone, and in the preview of a create all its keys are unknown. It
	// must depend on nothing but the Op, so that an update gives the same again.
	Outputs func(*Op) Props
	// Changing lists computed outputs that an update may change, which are
	// unknown while that update is previewed.
	Changing func(*Op) []string

	// Refs lists the properties that name other resources.
	Refs []Ref
	// Rules are the service's refusals, tried in order when something is really
	// created, updated or deleted, never in a preview.
	Rules []Rule
	// Quota bounds how many there may be in a region.
	Quota *Quota
}

// Verb is an operation on a resource; verbs combine as bits in [Rule.On].
type Verb int

// The operations.
const (
	Create Verb = 1 << iota
	Update
	Delete
)

// Range is an inclusive range.
type Range struct{ Min, Max float64 }

// Pattern is an expression with the sentence that explains it.
type Pattern struct {
	Match *regexp.Regexp
	Want  string
}

// Check looks at inputs alone and reports every problem. Unknown inputs read as
// absent; use [Props.Has] before calling something missing.
type Check func(in Props) []Failure

// Failure is one problem with one input.
type Failure struct{ Property, Reason string }

// Name is how a type is named.
type Name struct {
	// Property holds the name; "name" when empty.
	Property string
	// Prefix is the property that asks for a generated name, such as "namePrefix".
	Prefix string
	// Auto generates "<logical name>-<7 hex digits>" when neither is given. When
	// false and nothing is given, the cloud names the thing by itself.
	Auto bool
	// Max is the longest allowed name in characters; zero sets no limit.
	Max int
	// Pattern must match whole.
	Pattern Pattern
	// Lower turns a generated name into lower case.
	Lower bool
	// Underscored turns the hyphens of a generated name into underscores.
	Underscored bool
	// Suffix follows a generated name, such as ".fifo"; nil means none.
	Suffix func(in Props) string
	// Taken is the error code when another resource of the kind has the name;
	// empty allows it. Within lists the properties that scope uniqueness.
	Taken  string
	Within []string
}

func (n *Name) property() string {
	if n.Property == "" {
		return "name"
	}
	return n.Property
}

// Ref says that a property names another resource.
type Ref struct {
	// Path is the property; lists on the way are walked.
	Path string
	// To are the kinds it may name, one of which must hold the value. A value is
	// not looked up while none of them is simulated.
	To []Target
	// Missing is the error code when nothing has the value; empty lets it pass.
	Missing string
	// InUse is the error code when the named resource is deleted while this one
	// still refers to it; empty lets it go.
	InUse string
	// AnyRegion lets the value name a resource of another region.
	AnyRegion bool
	// Unless leaves out values that name no resource ("local", "alias/aws/ebs").
	Unless func(value string) bool
}

// Target is a kind and the output that a reference gives; By empty means the id.
type Target struct{ Token, By string }

// Rule is one refusal of the service. Is returns nil to allow, or an error made
// with [Refuse].
type Rule struct {
	On Verb
	Is func(*Op) error
	// Late says that the service takes what the rule is against, and drops what comes of
	// it: nothing is refused, and [Package.Unheard] tells what is against it at the end.
	Late bool
}

// Quota is a service quota, overridable under "quotas" in the state file.
type Quota struct {
	// Key names it in the state file, such as "vpc.vpcs".
	Key string
	// Default is AWS's default for a new account.
	Default int
	// Code is the error code when it is reached.
	Code string
	// Within lists properties that scope the count (NAT gateways per zone).
	Within func(*Op) string
}

// Many applies one rule to several operations, a shorthand for tables.
func Many(on Verb, rules ...func(*Op) error) []Rule {
	out := make([]Rule, len(rules))
	for i, r := range rules {
		out[i] = Rule{On: on, Is: r}
	}
	return out
}
