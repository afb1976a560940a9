package dns

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// alarmsToken is the type of the component that holds the alarms of health
// checks, which are in us-east-1. It stands in stacks' states: never change it.
const alarmsToken = "rung:components:DNSAlarms"

// metricsRegion is where Route 53 keeps its metrics.
const metricsRegion = "us-east-1"

const (
	// DefaultCheckSeconds lies between two questions of one checker; as there
	// are many of them, a host is asked every two seconds or so.
	DefaultCheckSeconds = 30
	// DefaultCheckFailures are how many answers in a row change the mind: the
	// toolkit's figure for a server that is down.
	DefaultCheckFailures = 3
)

// HealthCheck asks a host from many places of the world. It costs $0.50 a month,
// $1 more over HTTPS and $1 more at a short interval.
type HealthCheck struct {
	// Host is the name that is asked: the cell's own, never the name that
	// several share. Required.
	Host pulumi.StringInput
	// HTTPS asks over TLS. Route 53 does not look at the certificate.
	HTTPS bool
	// Port is the port. Zero means 443 with HTTPS and 80 without.
	Port int
	// Path is asked for. Empty means contract.StatusPath, which fails while a
	// region misses what it needs to write. Where all regions miss it, Route 53
	// answers as if none did.
	Path string
	// IntervalSeconds is 30 or, for $1 more, 10. Zero means DefaultCheckSeconds.
	IntervalSeconds int
	// Failures are how many answers in a row make it unhealthy, 1 to 10. Zero
	// means DefaultCheckFailures.
	Failures int
}

func (h HealthCheck) withDefaults() HealthCheck {
	h.Port = cmp.Or(h.Port, map[bool]int{true: 443, false: 80}[h.HTTPS])
	h.Path = cmp.Or(h.Path, contract.StatusPath)
	h.IntervalSeconds = cmp.Or(h.IntervalSeconds, DefaultCheckSeconds)
	h.Failures = cmp.Or(h.Failures, DefaultCheckFailures)
	return h
}

func (h HealthCheck) validate(at string) error {
	var errs []error
	if h.Host == nil {
		errs = append(errs, fmt.Errorf("%s.Host: required", at))
	}
	if h.Port < 1 || h.Port > 65535 {
		errs = append(errs, fmt.Errorf("%s.Port: got %d, want 1 to 65535", at, h.Port))
	}
	if !strings.HasPrefix(h.Path, "/") || len(h.Path) > 255 {
		errs = append(errs, fmt.Errorf("%s.Path: got %q, want a path of up to 255 characters such as /status", at, h.Path))
	}
	if h.IntervalSeconds != 10 && h.IntervalSeconds != 30 {
		errs = append(errs, fmt.Errorf("%s.IntervalSeconds: got %d, want 10 or 30", at, h.IntervalSeconds))
	}
	if h.Failures < 1 || h.Failures > 10 {
		errs = append(errs, fmt.Errorf("%s.Failures: got %d, want 1 to 10", at, h.Failures))
	}
	return errors.Join(errs...)
}

// check makes the health check of a cell and its alarm.
func (d *DNS) check(name string, c Cell) (pulumi.StringOutput, error) {
	h := c.Check.withDefaults()
	kind := map[bool]string{true: "HTTPS", false: "HTTP"}[h.HTTPS]
	made, err := route53.NewHealthCheck(d.ctx, d.name+"-"+name+"-check", &route53.HealthCheckArgs{
		Type:             pulumi.String(kind),
		Fqdn:             h.Host.ToStringOutput(),
		Port:             pulumi.Int(h.Port),
		ResourcePath:     pulumi.String(h.Path),
		RequestInterval:  pulumi.Int(h.IntervalSeconds),
		FailureThreshold: pulumi.Int(h.Failures),
		EnableSni:        pulumi.Bool(h.HTTPS),
		Tags:             d.args.TagsFor(d.ctx, d.name, part.Named(d.name+"-"+name)),
	}, d.child())
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("create the health check: %w", err)
	}
	id := made.ID().ToStringOutput()
	d.checks = append(d.checks, checked{region: c.Region, id: id})
	return id, d.watch(name, c.Region, id)
}

// checked is a region's health check.
type checked struct {
	region string
	id     pulumi.StringOutput
}

func (c checked) metric() part.Metric {
	return part.Metric{
		Namespace: "AWS/Route53", Name: "HealthCheckStatus", Label: c.region, Statistic: "Minimum",
		Dimensions: pulumi.StringMap{"HealthCheckId": c.id},
	}
}

// watch raises an alarm while a region does not answer, where the metric is.
func (d *DNS) watch(name, region string, id pulumi.StringOutput) error {
	common, err := d.alarmsAt()
	if err != nil || d.watchers == nil {
		return err
	}
	m := checked{region, id}.metric()
	_, err = alarms.Create(d.ctx, d.watchers, d.name+"-"+name, common, alarms.Alarm{
		Name: "down", Namespace: m.Namespace, Metric: m.Name, Dimensions: m.Dimensions, Statistic: m.Statistic,
		Compare: alarms.Below, Threshold: 1, Periods: 2, Missing: alarms.MissingIsBad,
		Why: fmt.Sprintf("%s does not answer from outside, so its users are sent to another region. "+
			"Look at its load balancer's targets first, then at the database they write to.", region),
	})
	return err
}

// alarmsAt finds or makes the parent of the alarms. There is none where home is
// elsewhere and no provider for us-east-1 was given.
func (d *DNS) alarmsAt() (part.Common, error) {
	common := d.args.Common
	if d.args.Region == metricsRegion {
		d.watchers = d
		return common, nil
	}
	common.Alerts = d.args.USEast1Alerts
	if d.args.USEast1 == nil || d.watchers != nil {
		return common, nil
	}
	edge := &struct{ pulumi.ResourceState }{}
	err := d.ctx.RegisterComponentResource(alarmsToken, d.name+"-alarms", edge, pulumi.Parent(d),
		pulumi.Providers(d.args.USEast1))
	if err != nil {
		return common, fmt.Errorf("register the alarms in %s: %w", metricsRegion, err)
	}
	d.watchers = edge
	return common, nil
}

// Widgets are the graphs of the names that several regions serve; none without
// health checks. Their metrics are in us-east-1.
func (d *DNS) Widgets() []part.Widget {
	if len(d.checks) == 0 {
		return nil
	}
	w := part.Widget{Title: "Regions that answer (1) or not (0)"}
	for _, c := range d.checks {
		w.Metrics = append(w.Metrics, c.metric())
	}
	return []part.Widget{w}
}

// HealthCheckers looks up AWS's list of the addresses from which Route 53 asks,
// in the provider's region: what an origin that is locked to a CDN opens its
// door to besides. In a security group it weighs as much as 25 rules.
func HealthCheckers(ctx *pulumi.Context, region string, opts ...pulumi.InvokeOption) (string, error) {
	name := "com.amazonaws." + region + ".route53-healthchecks"
	list, err := ec2.LookupManagedPrefixList(ctx, &ec2.LookupManagedPrefixListArgs{Name: &name}, opts...)
	if err != nil {
		return "", fmt.Errorf("look up Route 53's health checkers (prefix list %s): %w", name, err)
	}
	return list.Id, nil
}
