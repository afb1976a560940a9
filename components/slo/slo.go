// Package slo watches what users were promised: the share of requests that
// succeed, and the share that is fast enough, as error budgets.
//
// A system needs it when it is several services and single alarms say little
// about users: stage 4. A budget of 0.1 % lasts 30 days; what counts is how fast
// it burns. Each alarm asks two windows at once: a long one, so that a blip
// wakes nobody, and a short one, so that it ends when the trouble does. Two
// pages (14.4 times too fast over an hour, 6 times over six hours) and one
// ticket (3 times over a day) for each promise; the figures are those of
// Google's SRE workbook, chapter 5. It costs $4.40 a month for each balancer:
// 24 alarm metrics of $0.10 and four composite alarms of $0.50.
//
// The package refuses promises that leave no budget, or one that cannot burn
// that fast.
package slo

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It stands in every stack's state, so it is frozen.
const Token = "rung:components:SLO"

var _ pulumi.ComponentResource = (*SLO)(nil)

const (
	// DefaultSuccessPercent allows 43 minutes of nothing but errors a month.
	DefaultSuccessPercent = 99.9
	// DefaultFastPercent is the share that must be within FastSeconds.
	DefaultFastPercent = 99.0
	// DefaultFastSeconds is more than twice the ladder's reference of 200 ms.
	DefaultFastSeconds = 0.5
	// DefaultMinRequests keeps the night's only request from being 100 % errors.
	DefaultMinRequests = 100
	// minFastPercent is where a budget can still burn 14.4 times too fast: a
	// twentieth of all requests.
	minFastPercent = 95.0
	// maxPercent leaves a budget that CloudWatch's percentiles can tell apart.
	maxPercent = 99.99
	// minSuccessPercent is where a promise is still worth an alarm.
	minSuccessPercent = 95.0
)

// Args describe promises. LoadBalancerSuffix is required.
type Args struct {
	part.Common
	// LoadBalancerSuffix is the ARN suffix of the balancer whose requests
	// count; TargetGroupSuffix narrows them to one service. Nil counts all.
	LoadBalancerSuffix, TargetGroupSuffix pulumi.StringInput
	// SuccessPercent is the share of requests that must not fail (5xx), 95 to
	// 99.99. Zero means DefaultSuccessPercent.
	SuccessPercent float64
	// FastPercent is the share of requests that must be answered within
	// FastSeconds, 95 to 99.99. Zero means the defaults.
	FastPercent, FastSeconds float64
	// MinRequests is how many requests a window must have before errors in
	// it count. Zero means DefaultMinRequests.
	MinRequests int
}

// SLO are the alarms of a balancer's promises.
type SLO struct {
	pulumi.ResourceState

	// Pages and Tickets are the names of the composite alarms: what should
	// wake somebody, and what can wait for the morning.
	Pages, Tickets pulumi.StringArray
	// Alarms are the same names by promise and level: "errors-ticket" say.
	Alarms alarms.Names

	dims pulumi.StringMap
}

// New builds the alarms. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*SLO, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("slo %s: %w", name, err)
	}
	s := &SLO{dims: args.dimensions(), Alarms: alarms.Names{}}
	if err := ctx.RegisterComponentResource(Token, name, s, opts...); err != nil {
		return nil, fmt.Errorf("register slo %s: %w", name, err)
	}
	b := builder{ctx: ctx, slo: s, name: name, args: args}
	for _, step := range []func() error{b.buildSuccess, b.buildFast} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("slo %s: %w", name, err)
		}
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"pages": s.Pages, "tickets": s.Tickets})
}

func (a Args) withDefaults() Args {
	a.SuccessPercent = cmp.Or(a.SuccessPercent, DefaultSuccessPercent)
	a.FastPercent = cmp.Or(a.FastPercent, DefaultFastPercent)
	a.FastSeconds = cmp.Or(a.FastSeconds, DefaultFastSeconds)
	a.MinRequests = cmp.Or(a.MinRequests, DefaultMinRequests)
	return a
}

func (a Args) validate() error {
	var errs []error
	if a.LoadBalancerSuffix == nil {
		errs = append(errs, errors.New("LoadBalancerSuffix: required"))
	}
	for _, f := range []struct {
		field     string
		got, from float64
	}{{"SuccessPercent", a.SuccessPercent, minSuccessPercent}, {"FastPercent", a.FastPercent, minFastPercent}} {
		if f.got < f.from || f.got > maxPercent {
			errs = append(errs, fmt.Errorf("%s: got %v, want %v to %v", f.field, f.got, f.from, maxPercent))
		}
	}
	if a.FastSeconds <= 0 || a.FastSeconds > 60 {
		errs = append(errs, fmt.Errorf("FastSeconds: got %v, want more than 0 and at most 60", a.FastSeconds))
	}
	if a.MinRequests < 1 {
		errs = append(errs, fmt.Errorf("MinRequests: got %d, want 1 or more", a.MinRequests))
	}
	return errors.Join(errs...)
}

func (a Args) dimensions() pulumi.StringMap {
	dims := pulumi.StringMap{"LoadBalancer": a.LoadBalancerSuffix}
	if a.TargetGroupSuffix != nil {
		dims["TargetGroup"] = a.TargetGroupSuffix
	}
	return dims
}

// builder carries what the children share.
type builder struct {
	ctx  *pulumi.Context
	slo  *SLO
	name string
	args Args
}

const namespace = "AWS/ApplicationELB"

func (s *SLO) metric(name, statistic, label string) part.Metric {
	return part.Metric{Namespace: namespace, Name: name, Dimensions: s.dims, Statistic: statistic, Label: label}
}

// buildSuccess watches errors of the app and, where the whole balancer counts,
// its own: a request that finds no healthy target has failed too.
func (b *builder) buildSuccess() error {
	metrics := map[string]part.Metric{
		"requests": b.slo.metric("RequestCount", "Sum", ""), "failed": b.slo.metric("HTTPCode_Target_5XX_Count", "Sum", ""),
	}
	bad := "FILL(failed,0)"
	if b.args.TargetGroupSuffix == nil {
		metrics["refused"] = b.slo.metric("HTTPCode_ELB_5XX_Count", "Sum", "")
		bad = "(FILL(failed,0)+FILL(refused,0))"
	}
	return b.build("errors", "Requests fail", func(w Window, quiet part.Common) (*cloudwatch.MetricAlarm, error) {
		made, err := alarms.CreateMath(b.ctx, b.slo, b.name, quiet, alarms.Math{
			Name: "errors-" + w.Name, Why: fmt.Sprintf("Over %s, requests failed over %g times as often as was promised. A part of %s.", w.Name, w.Burn, b.name),
			Expression: fmt.Sprintf("IF(requests>%d,100*%s/requests,0)", b.args.MinRequests, bad),
			Label:      "failed (%)", Threshold: w.failedPercent(b.args.SuccessPercent), PeriodSeconds: w.Seconds, Periods: 1,
			Missing: alarms.MissingIsGood, Metrics: metrics,
		})
		if err != nil {
			return nil, err
		}
		return made[0], nil
	})
}

// buildFast needs no second metric: more than x % of the requests are slower
// than the promise just when the percentile 100-x is.
func (b *builder) buildFast() error {
	return b.build("slow", "Requests are slow", func(w Window, quiet part.Common) (*cloudwatch.MetricAlarm, error) {
		made, err := alarms.Create(b.ctx, b.slo, b.name, quiet, alarms.Alarm{
			Name: "slow-" + w.Name, Why: fmt.Sprintf("Over %s, over %g times as many requests were slower than %g s as was promised. A part of %s.", w.Name, w.Burn, b.args.FastSeconds, b.name),
			Namespace: namespace, Metric: "TargetResponseTime", Dimensions: b.slo.dims, Statistic: w.percentile(b.args.FastPercent),
			Threshold: b.args.FastSeconds, PeriodSeconds: w.Seconds, Periods: 1, Missing: alarms.MissingIsGood,
		})
		if err != nil {
			return nil, err
		}
		return made[0], nil
	})
}

// build makes the silent alarms of a promise's windows and the two composite
// alarms that speak for them.
func (b *builder) build(promise, what string, create func(Window, part.Common) (*cloudwatch.MetricAlarm, error)) error {
	for _, level := range Levels() {
		composite := promise + "-" + level.Name
		var groups []pulumi.StringArray
		for _, pair := range level.Pairs {
			var all pulumi.StringArray
			for _, w := range []Window{pair.Long, pair.Short} {
				alarm, err := create(w, alarms.Silent(b.args.Common, b.name+"-"+composite))
				if err != nil {
					return err
				}
				all = append(all, alarm.Name)
			}
			groups = append(groups, all)
		}
		made, err := alarms.Compose(b.ctx, b.slo, b.name, b.args.Common, alarms.Composite{
			Name: composite, Why: what + " " + level.Why, Any: groups,
		})
		if err != nil {
			return err
		}
		b.slo.Alarms[composite] = made.AlarmName
		if level.Name == pageLevel {
			b.slo.Pages = append(b.slo.Pages, made.AlarmName)
		} else {
			b.slo.Tickets = append(b.slo.Tickets, made.AlarmName)
		}
	}
	return nil
}

// Widgets are the graphs of the promises.
func (s *SLO) Widgets() []part.Widget {
	return []part.Widget{
		{Title: "Requests and errors", Metrics: []part.Metric{
			s.metric("RequestCount", "Sum", "requests"), s.metric("HTTPCode_Target_5XX_Count", "Sum", "failed"),
		}},
		{Title: "Response time (s)", Metrics: []part.Metric{
			s.metric("TargetResponseTime", "p50", "median"), s.metric("TargetResponseTime", "p95", "p95"),
			s.metric("TargetResponseTime", "p99", "p99"),
		}},
	}
}
