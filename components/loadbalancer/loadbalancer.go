// Package loadbalancer builds an application load balancer in front of a fleet.
//
// A system needs it as soon as more than one machine serves requests, or a
// deployment may no longer mean an interruption: stage 3. One balancer serves
// the whole stack; later stages add rules to it. It costs $16.43 a month
// (us-east-1, $0.0225 an hour), $3.65 for each public IPv4 address, of which it
// has one in every zone, and $0.008 for each capacity unit and hour of use.
//
// The package refuses a balancer in one zone, weak TLS, unlimited ports open to
// the world, a health check that an instance cannot answer, and a slow start
// with an algorithm that ignores it. Without a certificate it can only serve
// plain HTTP: then lock it to a CDN, which speaks TLS to the visitor, and
// give an OriginSecret.
package loadbalancer

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It stands in every stack's state, so it is frozen.
const Token = "rung:components:LoadBalancer"

var _ pulumi.ComponentResource = (*LoadBalancer)(nil)

// Algorithm is how a request finds its target.
type Algorithm string

// The algorithms of an application load balancer.
const (
	// RoundRobin gives each target its turn: good where requests cost alike.
	RoundRobin Algorithm = "round_robin"
	// LeastOutstanding picks the target with the fewest requests in work: good
	// where requests or machines differ. The default.
	LeastOutstanding Algorithm = "least_outstanding_requests"
	// WeightedRandom picks by chance and sends less to targets that answer
	// with more errors than the others (anomaly mitigation).
	WeightedRandom Algorithm = "weighted_random"
)

// Algorithms lists them all.
func Algorithms() []Algorithm { return []Algorithm{RoundRobin, LeastOutstanding, WeightedRandom} }

// HealthCheck is how targets are asked whether they can serve.
type HealthCheck struct {
	// Path is asked for. Empty means contract.HealthPath. It must say nothing of
	// what all targets share, such as a database: they would all leave together,
	// and a group would replace them all.
	Path string
	// IntervalSeconds lies between two questions, 5 to 300. Zero means DefaultIntervalSeconds.
	IntervalSeconds int
	// TimeoutSeconds is how long an answer may take, 2 to 120 and less than
	// the interval. Zero means DefaultTimeoutSeconds.
	TimeoutSeconds int
	// Up and Down are how many answers in a row change the mind, 2 to 10.
	// Zero means DefaultUp and DefaultDown.
	Up, Down int
}

// Move sends a part of the requests to one existing machine, while a fleet
// takes over from it.
type Move struct {
	// InstanceID is the machine.
	InstanceID pulumi.StringInput
	// Weight is the machine's share of the requests in percent, 0 to 100.
	Weight int
}

// Args describe a load balancer. VPCID and Subnets are required.
type Args struct {
	part.Common
	// VPCID is the network and Subnets the balancer's subnets in it, in two
	// zones or more: public ones, or private ones if Internal.
	VPCID   pulumi.StringInput
	Subnets []part.Subnet
	// Internal makes a balancer that the internet cannot reach, and nobody else
	// who is not named here or admitted later. It cannot be
	// changed later without a new balancer.
	Internal bool

	// CDNPrefixList is the id of the prefix list of CloudFront's origin-facing
	// addresses. It admits nobody but CloudFront. The list counts as 55 of a
	// security group's 60 rules, so that only one port can be open.
	CDNPrefixList pulumi.StringInput
	// CIDRs admit nobody but these ranges: Cloudflare's addresses, or, for an
	// internal balancer, the network. Nil together with no CDNPrefixList and
	// no Clients means the world.
	CIDRs []string
	// Clients admit nobody but these security groups.
	Clients []part.Client
	// OriginSecret is the value that requests must carry in
	// contract.OriginHeader; others are answered with 403. Nil serves them all.
	OriginSecret pulumi.StringInput

	// CertificateARN is a certificate in the balancer's region. Nil serves
	// plain HTTP.
	CertificateARN pulumi.StringInput
	// AlsoPlain serves on port 80 too, beside the certificate's 443: while a CDN
	// moves from plain HTTP to TLS, requests come on both. Needs CIDRs, because
	// CloudFront's list leaves room for one port, and no Routes.
	AlsoPlain bool
	// HostName is the name on the certificate by which a CDN reaches this
	// balancer. Empty means the balancer's own name, which no certificate has.
	HostName string
	// Certificates are further ones for names that several regions share; the
	// visitor's server name picks one. At most 25 with the first.
	Certificates []Certificate
	// HealthCheckers is the id of the prefix list of Route 53's health
	// checkers. It lets them, who carry no OriginSecret, ask for
	// StatusPath and nothing else. Nil keeps them out.
	HealthCheckers pulumi.StringInput
	// StatusPath is where targets say whether the region can serve, for those who ask
	// from outside. Empty means contract.StatusPath.
	StatusPath string

	// TargetPort is where targets listen. Zero means contract.Port.
	TargetPort int
	// TargetCIDR is the range in which the targets live: the balancer may
	// connect to nothing else. Empty means any address, on TargetPort only.
	TargetCIDR string
	// Algorithm spreads the requests. Empty means LeastOutstanding, or
	// RoundRobin where targets start slowly.
	Algorithm Algorithm
	// StickySeconds keeps a visitor on one target for so long, by a cookie, up
	// to 604,800 (a week). Zero spreads each request anew: sessions belong
	// into the cache.
	StickySeconds int
	// SlowStartSeconds gives a new target its share little by little over so
	// long, 30 to 900; with RoundRobin only. Zero starts at once.
	SlowStartSeconds int
	// DrainSeconds is how long a target may finish requests after it left.
	// Zero means contract.DrainSeconds. At most 3,600.
	DrainSeconds int
	// Health is how targets are checked.
	Health HealthCheck
	// IdleSeconds closes a connection on which nothing happens, 1 to 4,000.
	// Zero means DefaultIdleSeconds. The app's own keep-alive must be longer.
	IdleSeconds int
	// Move shares the requests with an existing machine. Nil for none.
	Move *Move
	// Routes send paths to services of their own. Nil leaves everything with
	// the fleet.
	Routes []Route

	// Maintenance answers everybody with 503 and MaintenancePage, before anything else is
	// looked at, but for those who ask for the health path or StatusPath: targets
	// stay healthy, and turning it off is the deletion of its rules.
	Maintenance bool

	// LogBucket is the name of the bucket that takes the access logs. Its
	// policy must let LogPrincipal write below LogPath before the balancer is
	// made. Nil keeps no access logs.
	LogBucket pulumi.StringInput

	// AlarmErrors is how many answers of 500 and above a minute raise an
	// alarm. Zero means DefaultAlarmErrors.
	AlarmErrors int
	// AlarmP95Seconds is the slowest that one answer in twenty may be. Zero
	// means DefaultAlarmP95Seconds.
	AlarmP95Seconds float64
}

// LoadBalancer is a load balancer with one group of targets.
type LoadBalancer struct {
	pulumi.ResourceState

	// ARN, DNSName and ZoneID are the balancer's; an alias record needs the
	// last two.
	ARN, DNSName, ZoneID pulumi.StringOutput
	// ARNSuffix is the dimension of its metrics.
	ARNSuffix pulumi.StringOutput
	// SecurityGroupID is what targets must admit.
	SecurityGroupID pulumi.StringOutput
	// TargetGroupARN is the group that a fleet joins; TargetGroupARNSuffix is
	// the dimension of its metrics. Both are known once a listener serves the
	// group: before, AWS refuses to scale on its requests.
	TargetGroupARN, TargetGroupARNSuffix pulumi.StringOutput
	// ListenerARN is the listener that serves, for further rules.
	ListenerARN pulumi.StringOutput
	// OriginHost is the name by which a CDN reaches the balancer, known once
	// every listener serves: a CDN must not come before.
	OriginHost pulumi.StringOutput
	// Doors are the listeners with their certificates and rules: whoever is asked
	// for under another name than OriginHost must not come before them either.
	Doors []pulumi.Resource
	// TLS is true where the balancer speaks TLS to the CDN.
	TLS bool
	// Port is the port that serves: 443 with a certificate, else 80.
	Port int
	// Alarms are the physical names of its alarms.
	Alarms alarms.Names
	// GateAlarms are the names of the alarms that should stop a rollout.
	GateAlarms pulumi.StringArray
	// Services are the targets of Routes, by the route's name; nil without any.
	Services map[string]*Targets

	door         doorway
	groups       pulumi.StringArray // the balancer's security groups
	fleet, moved *lb.TargetGroup
	open         bool // to the world
	args         Args
	serving      []*lb.Listener // those that do not send elsewhere
}

// New builds the load balancer. It fails before touching the cloud when args
// are inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*LoadBalancer, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("load balancer %s: %w", name, err)
	}
	l := &LoadBalancer{TLS: args.CertificateARN != nil, Port: args.listeners()[0].port, open: !args.restricted(),
		args: args}
	if err := ctx.RegisterComponentResource(Token, name, l, opts...); err != nil {
		return nil, err
	}
	if err := l.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("load balancer %s: %w", name, err)
	}
	return l, ctx.RegisterResourceOutputs(l, pulumi.Map{
		"arn": l.ARN, "dnsName": l.DNSName, "zoneId": l.ZoneID, "originHost": l.OriginHost,
		"securityGroupId": l.SecurityGroupID, "targetGroupArn": l.TargetGroupARN,
	})
}

func (l *LoadBalancer) build(ctx *pulumi.Context, name string, args Args) error {
	steps := []func(*pulumi.Context, string, Args) error{
		l.securityGroup, l.healthGroup, l.balancer, l.targets, l.listen, l.certify, l.answerHealth, l.routes, l.watch,
	}
	for _, step := range steps {
		if err := step(ctx, name, args); err != nil {
			return err
		}
	}
	return nil
}

func (l *LoadBalancer) balancer(ctx *pulumi.Context, name string, args Args) error {
	alb, err := lb.NewLoadBalancer(ctx, name+"-alb", &lb.LoadBalancerArgs{
		// A prefix, because names end at 32 characters and a replacement must
		// live beside the old one.
		NamePrefix:               pulumi.String(namePrefix),
		LoadBalancerType:         pulumi.String("application"),
		Internal:                 pulumi.Bool(args.Internal),
		Subnets:                  part.IDs(args.Subnets),
		SecurityGroups:           l.groups,
		EnableDeletionProtection: pulumi.Bool(!args.Guard.Lifted(name + "-alb")),
		DropInvalidHeaderFields:  pulumi.Bool(true),
		DesyncMitigationMode:     pulumi.String("defensive"),
		EnableHttp2:              pulumi.Bool(true),
		IdleTimeout:              pulumi.Int(args.IdleSeconds),
		AccessLogs:               args.accessLogs(name),
		Tags:                     args.TagsFor(ctx, name),
	}, pulumi.Parent(l), part.Ways(args.Subnets...))
	if err != nil {
		return err
	}
	l.ARN, l.ARNSuffix, l.DNSName, l.ZoneID = alb.Arn, alb.ArnSuffix, alb.DnsName, alb.ZoneId
	l.OriginHost = alb.DnsName
	if args.HostName != "" {
		l.OriginHost = pulumi.String(args.HostName).ToStringOutput()
	}
	return nil
}

func (a Args) accessLogs(name string) lb.LoadBalancerAccessLogsPtrInput {
	if a.LogBucket == nil {
		return nil
	}
	return &lb.LoadBalancerAccessLogsArgs{
		Bucket: a.LogBucket, Enabled: pulumi.Bool(true), Prefix: pulumi.String(name),
	}
}
