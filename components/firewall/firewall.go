// Package firewall builds a web application firewall (AWS WAF): AWS's managed
// rules against common attacks and known bad input, and a limit on the
// requests of one address.
//
// A system needs it when it is known well enough to be attacked: stage 4. It
// stands before a load balancer (scope Regional) or on a CloudFront
// distribution (scope CloudFront, always in us-east-1). It costs $5.00 a month,
// $1.00 for each rule or managed group, and $0.60 for a million requests
// (us-east-1).
//
// The package refuses a firewall that lets everything pass, limits that AWS
// does not take, and a CloudFront firewall with balancers, which name it
// themselves: put its ARN on the distribution. AWS cannot put one before an
// HTTP API. The large-body rule of the common set only counts: it would refuse
// every upload of more than 8 KB.
package firewall

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/names"
	"github.com/rung-dev/rung/resource/token"
)

// Token is the component's type. It stands in every stack's state, so it is frozen.
const Token = "rung:components:Firewall"

var _ pulumi.ComponentResource = (*Firewall)(nil)

// Scope is what a firewall can stand before.
type Scope string

const (
	// Regional is for load balancers of the firewall's region.
	Regional Scope = "REGIONAL"
	// CloudFront is for distributions; the firewall must be made in us-east-1.
	CloudFront Scope = "CLOUDFRONT"
)

const (
	// DefaultRequests is 2,000 in five minutes from one address: seven a
	// second, above what a person does and below what a flood needs.
	DefaultRequests = 2_000
	// DefaultWindowSeconds is the window over which requests are counted.
	DefaultWindowSeconds = 300
	// DefaultLogDays is long enough to look into who was refused.
	DefaultLogDays = 30
	// DefaultAlarmBlockedPercent is far above the background noise of scanners.
	DefaultAlarmBlockedPercent = 10
)

// Group is one of AWS's managed groups of rules.
type Group struct {
	// Name is AWS's, "AWSManagedRulesSQLiRuleSet" say.
	Name string
	// Count names rules of the group that only count instead of refusing.
	Count []string
}

// Groups are those that every firewall has.
func Groups() []Group {
	return []Group{
		{Name: "AWSManagedRulesCommonRuleSet", Count: []string{"SizeRestrictions_BODY"}},
		{Name: "AWSManagedRulesKnownBadInputsRuleSet"},
	}
}

// Args describe a firewall. The zero value is a regional one that stands
// before nothing yet.
type Args struct {
	part.Common
	// Scope is what it stands before. Empty means Regional.
	Scope Scope
	// Region is the firewall's region, a dimension of its metrics. Required
	// with Regional.
	Region string
	// Balancers are the ARNs of application load balancers that it stands
	// before, by their logical name. Regional only.
	Balancers map[string]pulumi.StringInput

	// Requests is how many requests one address may make in WindowSeconds, 10
	// to 2,000,000,000. Zero means DefaultRequests.
	Requests int
	// WindowSeconds is 60, 120, 300 or 600. Zero means DefaultWindowSeconds.
	WindowSeconds int
	// ForwardedHeader is the header with the visitor's address, where all
	// requests come from a CDN's addresses: "X-Forwarded-For". WAF takes the
	// first address in it, which a visitor can make up; a firewall on the
	// distribution sees the true one. Empty counts by the address that connects.
	ForwardedHeader string
	// More are further managed groups, after Groups.
	More []Group
	// OnlyCount refuses nothing and counts what it would refuse: for the first
	// weeks of a system that already has users.
	OnlyCount bool

	// Near counts the requests from countries that the system is near to, and
	// raises an alarm where too few come from there. Nil counts none.
	Near *Near

	// Logs keeps the requests that were refused or counted.
	Logs bool
	// LogDays is how long, in days. Zero means DefaultLogDays.
	LogDays int
	// AlarmBlockedPercent is the share of refused requests that raises an
	// alarm. Zero means DefaultAlarmBlockedPercent.
	AlarmBlockedPercent float64
}

// Near are the users for whom the system is not far away. The countries are
// counted by a rule of their own ($1.00 a month), which refuses nobody.
type Near struct {
	// Countries are ISO 3166 codes, "US" say: 1 to 50.
	Countries []string
	// FarPercent is the share of a day's requests from elsewhere that raises
	// the alarm, 1 to 99.
	FarPercent int
	// Why is the alarm's text.
	Why string
}

// mostCountries is how many a rule takes.
const mostCountries = 50

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

func (n *Near) check() error {
	if n == nil {
		return nil
	}
	var errs []error
	if len(n.Countries) == 0 || len(n.Countries) > mostCountries {
		errs = append(errs, fmt.Errorf("Near.Countries: got %d, want 1 to %d", len(n.Countries), mostCountries))
	}
	for _, c := range n.Countries {
		if !countryForm.MatchString(c) {
			errs = append(errs, fmt.Errorf("Near.Countries: got %q, want a code of two capital letters", c))
		}
	}
	if n.FarPercent < 1 || n.FarPercent > 99 {
		errs = append(errs, fmt.Errorf("Near.FarPercent: got %d, want 1 to 99", n.FarPercent))
	}
	if n.Why == "" {
		errs = append(errs, errors.New("Near.Why: required"))
	}
	return errors.Join(errs...)
}

// Firewall is a web ACL.
type Firewall struct {
	pulumi.ResourceState

	// ARN is the web ACL's: the webAclId of a distribution.
	ARN pulumi.StringOutput

	metric string // the web ACL's metric name
	region string // empty for CloudFront
	near   bool   // counts the requests from near countries
}

// New builds the firewall. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Firewall, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("firewall %s: %w", name, err)
	}
	f := &Firewall{metric: metric.Of(ctx.Stack(), name, ""), near: args.Near != nil}
	if args.Scope == Regional {
		f.region = args.Region
	}
	if err := ctx.RegisterComponentResource(Token, name, f, opts...); err != nil {
		return nil, fmt.Errorf("register firewall %s: %w", name, err)
	}
	for _, step := range []func(*pulumi.Context, string, Args) error{f.buildACL, f.associate, f.log, f.watch} {
		if err := step(ctx, name, args); err != nil {
			return nil, fmt.Errorf("firewall %s: %w", name, err)
		}
	}
	return f, ctx.RegisterResourceOutputs(f, pulumi.Map{"arn": f.ARN})
}

func (a Args) withDefaults() Args {
	a.Scope = cmp.Or(a.Scope, Regional)
	a.Requests = cmp.Or(a.Requests, DefaultRequests)
	a.WindowSeconds = cmp.Or(a.WindowSeconds, DefaultWindowSeconds)
	a.LogDays = cmp.Or(a.LogDays, DefaultLogDays)
	a.AlarmBlockedPercent = cmp.Or(a.AlarmBlockedPercent, DefaultAlarmBlockedPercent)
	return a
}

var (
	groupForm  = regexp.MustCompile(`^AWSManagedRules[A-Za-z0-9]+$`)
	headerForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*$`)
)

func (a Args) validate() error {
	errs := []error{a.checkPlace(), a.checkGroups(), a.Near.check()}
	if a.Requests < 10 || a.Requests > 2_000_000_000 {
		errs = append(errs, fmt.Errorf("Requests: got %d, want 10 to 2000000000", a.Requests))
	}
	if windows := []int{60, 120, 300, 600}; !slices.Contains(windows, a.WindowSeconds) {
		errs = append(errs, fmt.Errorf("WindowSeconds: got %d, want one of %v", a.WindowSeconds, windows))
	}
	if a.ForwardedHeader != "" && !headerForm.MatchString(a.ForwardedHeader) {
		errs = append(errs, fmt.Errorf("ForwardedHeader: got %q, want a header's name such as X-Forwarded-For",
			a.ForwardedHeader))
	}
	errs = append(errs, part.CheckLogDays(a.LogDays))
	if p := a.AlarmBlockedPercent; p <= 0 || p > 100 {
		errs = append(errs, fmt.Errorf("AlarmBlockedPercent: got %v, want more than 0 and at most 100", p))
	}
	return errors.Join(errs...)
}

func (a Args) checkPlace() error {
	switch {
	case a.Scope != Regional && a.Scope != CloudFront:
		return fmt.Errorf("Scope: got %q, want %s or %s", a.Scope, Regional, CloudFront)
	case a.Scope == CloudFront && len(a.Balancers) > 0:
		return fmt.Errorf("Balancers: got %d with scope %s, which only distributions can name", len(a.Balancers), CloudFront)
	case a.Scope == Regional && a.Region == "":
		return fmt.Errorf("Region: required with scope %s", Regional)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Balancers)) {
		if name == "" || a.Balancers[name] == nil {
			return fmt.Errorf("Balancers: got %q, want a logical name with an ARN", name)
		}
	}
	return nil
}

func (a Args) checkGroups() error {
	var errs []error
	seen := map[string]bool{}
	for _, g := range Groups() {
		seen[g.Name] = true
	}
	for i, g := range a.More {
		if !groupForm.MatchString(g.Name) || seen[g.Name] {
			errs = append(errs, fmt.Errorf("More[%d].Name: got %q, want one of AWS's groups (AWSManagedRules…) that is not "+
				"there yet", i, g.Name))
		}
		seen[g.Name] = true
	}
	return errors.Join(errs...)
}

// metric is what WAF takes as a name of metrics, 128 characters, with room for a
// rule's name behind it. Two stacks of one name here would share their figures.
var metric = names.Form{Max: 80, Refused: regexp.MustCompile(`[^A-Za-z0-9]+`), Alone: true}

// log keeps who was refused, without the credentials that the request carried.
func (f *Firewall) log(ctx *pulumi.Context, name string, args Args) error {
	if !args.Logs {
		return nil
	}
	group, err := cloudwatch.NewLogGroup(ctx, name+"-log", &cloudwatch.LogGroupArgs{
		NamePrefix:      pulumi.String(logPrefix + ctx.Stack() + "-" + name + "-"),
		RetentionInDays: pulumi.Int(args.LogDays),
		Tags:            args.TagsFor(ctx, name),
	}, pulumi.Parent(f))
	if err != nil {
		return fmt.Errorf("create the log group: %w", err)
	}
	var settings raw
	err = ctx.RegisterResource(token.WAFv2WebAclLoggingConfiguration, name+"-logging",
		pulumi.Map{
			"resourceArn":           f.ARN,
			"logDestinationConfigs": pulumi.StringArray{group.Arn},
			"loggingFilter": pulumi.Map{
				"defaultBehavior": pulumi.String("DROP"),
				"filters": pulumi.Array{pulumi.Map{
					"behavior": pulumi.String("KEEP"), "requirement": pulumi.String("MEETS_ANY"),
					"conditions": pulumi.Array{acted("BLOCK"), acted("COUNT")},
				}},
			},
			"redactedFields": pulumi.Array{hidden("authorization"), hidden("cookie")},
		}, &settings, pulumi.Parent(f))
	if err != nil {
		return fmt.Errorf("turn the log on: %w", err)
	}
	return nil
}

// logPrefix is the one that WAF insists on.
const logPrefix = "aws-waf-logs-"

func acted(action string) pulumi.Map {
	return pulumi.Map{"actionCondition": pulumi.Map{"action": pulumi.String(action)}}
}

func hidden(header string) pulumi.Map {
	return pulumi.Map{"singleHeader": pulumi.Map{"name": pulumi.String(header)}}
}
