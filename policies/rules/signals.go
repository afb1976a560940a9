package rules

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

// signal is one symptom and the metrics that show it.
type signal struct {
	typ, what string
	metrics   []string
}

var wanted = []signal{
	{token.LBLoadBalancer, "errors", []string{"HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"}},
	{token.LBLoadBalancer, "latency", []string{"TargetResponseTime"}},
	{token.AutoScalingGroup, "being at its maximum", []string{"GroupInServiceInstances", "GroupDesiredCapacity", "GroupTotalInstances"}},
	{token.RDSInstance, "CPU", []string{"CPUUtilization"}},
	{token.RDSInstance, "connections", []string{"DatabaseConnections"}},
	{token.RDSInstance, "free storage", []string{"FreeStorageSpace"}},
	{token.ElastiCacheReplicationGroup, "evictions", []string{"Evictions"}},
	{token.SQSQueue, "the age of the oldest message", []string{"ApproximateAgeOfOldestMessage"}},
	{token.AutoScalingGroup, "waits for a database connection", []string{contract.MetricPoolWaits}},
}

// appNamespace is where the app's own metrics go: components/internal/signals
// has the same.
const appNamespace = "rung/app"

// appMetrics are what the app publishes, with the highest threshold at which an
// alarm still holds it to its promise; zero for what it promises nothing about.
var appMetrics = map[string]float64{
	contract.MetricAllRequests: 0,
	contract.MetricFailed:      0,
	contract.MetricP95:         contract.P95Seconds,
	contract.MetricP99:         contract.P99Seconds,
	contract.MetricHitRatio:    0,
	contract.MetricPoolWaits:   0,
	contract.MetricAway:        0,
	contract.MetricQueue:       contract.QueueLimit,
	contract.MetricLag:         contract.LagSeconds,
}

func signals(c *rule.Check, s *rule.Stack) {
	for _, w := range wanted {
		for _, r := range s.Of(w.typ) {
			if replica(r) || w.typ == token.SQSQueue && deadLetters(s, r) != rule.No || ofTheApp(w) && !runsTheApp(s, r) {
				continue
			}
			c.Missing(watched(s, r, w.metrics), r, "alarm on "+w.what,
				"add an aws:cloudwatch/metricAlarm:MetricAlarm on "+w.metrics[0])
		}
	}
	for _, a := range s.Of(token.CloudWatchMetricAlarm) {
		keepsPromise(c, a)
	}
	for _, typ := range []string{token.LBLoadBalancer, token.AutoScalingGroup, token.RDSInstance,
		token.ElastiCacheReplicationGroup, token.SQSQueue} {
		for _, r := range s.Of(typ) {
			tag := rule.Any(r.Tag("rung:stage").Is(stageTag(c)), r.Tag("stage").Is(stageTag(c)))
			c.RequireAt(tag, r, "tags.rung:stage", r.Tag("rung:stage"), fmt.Sprintf("set it to %q", stageTag(c)))
		}
	}
}

// ofTheApp is a signal that only the app gives.
func ofTheApp(w signal) bool {
	_, ours := appMetrics[w.metrics[0]]
	return ours
}

// runsTheApp is true for rung's own fleets, in a stack that has a database to
// wait for: of other machines nobody knows what they publish.
func runsTheApp(s *rule.Stack, r *rule.Resource) bool {
	owner := s.Component(r)
	return owner != nil && owner.Type == "rung:components:Fleet" && len(s.Of(token.RDSInstance)) > 0
}

// keepsPromise holds an alarm on the app's metrics against the app's contract:
// one on a metric that the app does not publish never fires, and one above
// the promise fires when it is broken already.
func keepsPromise(c *rule.Check, a *rule.Resource) {
	if a.At("namespace").Is(appNamespace) != rule.Yes {
		return
	}
	name, there := a.At("metricName").Text()
	most, published := appMetrics[name]
	switch {
	case there != rule.Yes:
		return
	case !published:
		c.Fail(a, "metricName", strconv.Quote(name), "name a metric that the app publishes (app/contract)")
	case most > 0:
		c.Require(a.At("threshold").Between(0, most), a, "threshold", fmt.Sprintf("the app promises %g at the most", most))
	}
}

// stageTag is the stage as the tag has it.
func stageTag(c *rule.Check) string { return strconv.Itoa(int(c.Settings.Stage)) }

// watched says whether an alarm on one of the metrics is about the resource or
// about another part of its component.
func watched(s *rule.Stack, r *rule.Resource, metrics []string) rule.Tri {
	got := rule.No
	for _, a := range s.Of(token.CloudWatchMetricAlarm) {
		if !slices.ContainsFunc(metricsOf(a), func(m string) bool { return slices.Contains(metrics, m) }) {
			continue
		}
		component := s.Component(a)
		same := rule.Of(component != nil && component == s.Component(r))
		got = rule.Any(got, same, s.Points(a, "dimensions", r), s.Points(a, "metricQueries", r))
	}
	return got
}

// metricsOf are the metrics that an alarm reads, alone or in an expression.
func metricsOf(a *rule.Resource) []string {
	var all []string
	if m, there := a.At("metricName").Text(); there == rule.Yes {
		all = append(all, m)
	}
	for _, q := range a.At("metricQueries").Items() {
		if m, there := q.At("metric.metricName").Text(); there == rule.Yes {
			all = append(all, m)
		}
	}
	return all
}
