// Package scaling evaluates the scaling policies of a plan on what the lab measures of
// itself: target tracking and steps, by the plan's metrics, targets and alarms. It touches
// nothing.
//
// Time is the lab's: where AWS looks at three minutes before it adds machines and at
// fifteen before it takes one away, the lab looks a few times, seconds apart.
package scaling

import (
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Look is how far apart the lab looks at what it measures: each look stands for a minute of
// AWS's.
const Look = 5 * time.Second

// Series is one metric of one thing, as CloudWatch names it: Of is the group's, the
// queue's or the target group's name.
type Series struct{ Namespace, Name, Of string }

// Readings are what was measured.
type Readings map[Series]float64

// The series that the lab measures of groups and balancers; those of queues have
// CloudWatch's names.
const (
	namespaceMachines, cpu     = "AWS/EC2", "CPUUtilization"
	namespaceBalancer, request = "AWS/ApplicationELB", "RequestCountPerTarget"
	namespaceGroups, inService = "AWS/AutoScaling", "GroupInServiceInstances"
	// Queues is the namespace of queues.
	Queues = "AWS/SQS"
)

// CPU is how busy a group's machines are on average, in percent of their share.
func CPU(group string) Series { return Series{namespaceMachines, cpu, group} }

// Requests is what each machine behind a target group is asked in a minute.
func Requests(targetGroup string) Series { return Series{namespaceBalancer, request, targetGroup} }

// InService is how many machines of a group serve.
func InService(group string) Series { return Series{namespaceGroups, inService, group} }

// Policy is a scaling policy.
type Policy struct {
	Name, Group string
	metric      metric
	// target is what tracking holds the metric at; zero is a policy of steps.
	target  float64
	onlyOut bool
	steps   steps
}

// Policies are those of a cloud.
func Policies(c cloud.Cloud) (all []Policy) {
	for _, r := range c.All(token.AutoScalingPolicy) {
		p := Policy{Name: r.Str("name"), Group: r.Str("autoscalingGroupName")}
		switch r.Str("policyType") {
		case "TargetTrackingScaling":
			tracking := r.Map("targetTrackingConfiguration")
			p.target, p.onlyOut = tracking.Num("targetValue"), tracking.Bool("disableScaleIn")
			p.metric = tracked(p.Group, tracking)
		case "StepScaling":
			p.steps, p.metric = stepsOf(c, r)
		}
		if p.metric.expression != "" {
			all = append(all, p)
		}
	}
	return all
}

// Series are the metrics that a policy goes by.
func (p Policy) Series() (all []Series) {
	for _, s := range p.metric.terms {
		all = append(all, s)
	}
	return all
}

// one is the metric that is one series.
func one(s Series) metric { return metric{expression: "m", terms: map[string]Series{"m": s}} }

// tracked is the metric of a configuration of target tracking.
func tracked(group string, p sim.Props) metric {
	switch p.Str("predefinedMetricSpecification.predefinedMetricType") {
	case "ASGAverageCPUUtilization":
		return one(CPU(group))
	case "ALBRequestCountPerTarget":
		label := p.Str("predefinedMetricSpecification.resourceLabel")
		_, rest, _ := strings.Cut(label, "/targetgroup/")
		name, _, _ := strings.Cut(rest, "/")
		return one(Requests(name))
	}
	own := p.Map("customizedMetricSpecification")
	if queries := own.Maps("metrics"); len(queries) > 0 {
		return queried(queries, "metricStat.metric")
	}
	if own.Str("metricName") != "" {
		return one(seriesOf(own))
	}
	return metric{}
}

// queried is the metric of a list of queries: one of them is what counts.
func queried(queries []sim.Props, at string) metric {
	m := metric{terms: map[string]Series{}}
	for _, q := range queries {
		if expression := q.Str("expression"); expression != "" {
			if q.Bool("returnData") || m.expression == "" {
				m.expression = expression
			}
			continue
		}
		m.terms[q.Str("id")] = seriesOf(q.Map(at))
		if q.Bool("returnData") {
			m.expression = q.Str("id")
		}
	}
	return m
}

// seriesOf reads a metric of CloudWatch's: its dimensions are a list or a map.
func seriesOf(p sim.Props) Series {
	s := Series{Namespace: p.Str("namespace"), Name: p.Str("metricName")}
	for _, key := range []string{"QueueName", "AutoScalingGroupName", "TargetGroup"} {
		s.Of += p.Str("dimensions." + key)
	}
	for _, d := range append(p.Maps("dimensions"), p.Maps("metricDimensions")...) {
		s.Of += d.Str("value")
	}
	if _, rest, ok := strings.Cut(s.Of, "targetgroup/"); ok {
		s.Of, _, _ = strings.Cut(rest, "/")
	}
	return s
}
