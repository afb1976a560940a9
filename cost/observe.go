package cost

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/resource/token"
)

// priceAlarm prices a metric alarm by the metrics that it watches and how
// often it looks, and the metrics themselves where the stack makes them.
func priceAlarm(s *sheet) {
	watched := alarmMetrics(s.props)
	metrics := num(max(len(watched), 1))
	fast := false
	for _, m := range watched {
		fast = fast || isFast(m)
	}
	if s.props.str("thresholdMetricId") != "" || s.props.pending("thresholdMetricId") {
		metrics = metrics.Mul(num(anomalyMetrics))
	}
	if fast {
		s.monthly("alarm metrics, high resolution", CloudWatch, "high-resolution alarm metric", metrics)
	} else {
		s.monthly("alarm metrics", CloudWatch, "standard-resolution alarm metric", metrics)
	}
	for _, m := range watched {
		s.customMetric(m.str("namespace"), m.str("metricName"), m.object("dimensions"))
	}
}

// anomalyMetrics is what an alarm on an anomaly watches: the metric and both
// edges of its band.
const anomalyMetrics = 3

// alarmMetrics are the metrics that an alarm watches: its own, or those of its
// expressions.
func alarmMetrics(alarm props) []props {
	queries := alarm.objects("metricQueries")
	if len(queries) == 0 {
		return []props{alarm}
	}
	var out []props
	for _, q := range queries {
		out = append(out, q.objects("metric")...)
	}
	return out
}

// customMetric bills a metric that does not come from AWS itself, once however
// many alarms watch it; the first ten of an account are free.
func (s *sheet) customMetric(namespace, name string, dimensions props) {
	if namespace == "" || name == "" || strings.HasPrefix(namespace, "AWS/") {
		return
	}
	key := fmt.Sprint("metric/", namespace, "/", name, map[string]any(dimensions))
	if s.take(key, one, one).IsZero() {
		return
	}
	n, note := s.allowed(CloudWatch, "custom metrics", exactly(one))
	s.bill(charge{
		item: "custom metric " + namespace + " " + name, service: CloudWatch, sku: "custom metric, first 10,000",
		count: n, basis: Derived, note: note,
	})
}

// priceMetricFilter prices the metric that a filter makes of a log.
func priceMetricFilter(s *sheet) {
	t := s.props.object("metricTransformation")
	s.customMetric(t.str("namespace"), t.str("name"), nil)
	if len(s.lines) == 0 {
		s.free("filters cost nothing, and its metric is priced elsewhere")
	}
}

// isFast reports whether a metric is looked at more than once a minute.
func isFast(p props) bool {
	period, ok := p.num("period")
	return ok && period.LessThan(num(60))
}

// priceCompositeAlarm prices an alarm made of alarms.
func priceCompositeAlarm(s *sheet) {
	s.monthly("composite alarm", CloudWatch, "composite alarm", one)
}

// priceDashboard prices a dashboard, of which the first three of an account are
// free, and the metrics that it draws and nobody else in the stack has. Those are
// found once its body is known; what rung's own dashboards draw is billed with
// the alarms and the agents, so that a preview knows it too.
func priceDashboard(s *sheet) {
	n, note := s.allowed(CloudWatch, "dashboards", exactly(one))
	s.bill(charge{item: "dashboard", service: CloudWatch, sku: "dashboard", count: n, basis: Declared, note: note})
	for _, row := range drawnMetrics(s.props.str("dashboardBody")) {
		s.drawnMetric(row)
	}
}

// drawnMetrics are the rows of a dashboard's graphs in CloudWatch's own form:
// namespace, name, pairs of dimensions, options. A body that is not known or
// not JSON has none.
func drawnMetrics(body string) (rows [][]any) {
	var board struct {
		Widgets []struct {
			Properties struct {
				Metrics [][]any `json:"metrics"`
			} `json:"properties"`
		} `json:"widgets"`
	}
	if json.Unmarshal([]byte(body), &board) != nil {
		return nil
	}
	for _, w := range board.Widgets {
		rows = append(rows, w.Properties.Metrics...)
	}
	return rows
}

// drawnMetric prices what a row names. Expressions and CloudWatch's shorthands
// (".", "...") repeat what other rows name.
func (s *sheet) drawnMetric(row []any) {
	var words []string
	for _, v := range row {
		word, ok := v.(string)
		if !ok {
			break // the options end it
		}
		if strings.HasPrefix(word, ".") {
			return
		}
		words = append(words, word)
	}
	if len(words) < 2 || len(words)%2 != 0 || words[0] == agentNamespace && slices.Contains(agentNames, words[1]) {
		return
	}
	dimensions := props{}
	for i := 2; i < len(words); i += 2 {
		dimensions[words[i]] = words[i+1]
	}
	s.customMetric(words[0], words[1], dimensions)
}

// eventGB is what an agent writes in a month to send a machine's metrics as
// events: gauges, counters and each server of the database in one of some 350
// bytes, every minute.
var eventGB = num(60 * 1000).Mul(hoursPerMonth).Shift(-gbZeros)

// agentNames are what an agent measures of a machine itself, beside the app's
// metrics that it writes as events.
var agentNames = []string{"mem_used_percent", "disk_used_percent"}

// agentNamespace is where rung's agents send them.
const agentNamespace = "Rung"

// agentMetrics bills what the agent beside a log group measures of its machines.
// It is known before a dashboard is, and once for each part of a system, since a
// part may have several log groups. Only rung's own agents are known to do so;
// what an alarm of the same part watches is billed with the alarm.
func (s *sheet) agentMetrics() {
	machines := func(r *Resource) bool { return r.Component == s.r.Component }
	if s.props.object("tags").str("rung:stage") == "" || s.r.Component == "" ||
		!slices.ContainsFunc(slices.Concat(s.byType[token.EC2Instance], s.byType[token.AutoScalingGroup]), machines) {
		return
	}
	for _, name := range agentNames {
		watched := func(a *Resource) bool {
			return a.Component == s.r.Component &&
				slices.ContainsFunc(alarmMetrics(a.Props), func(m props) bool { return m.str("metricName") == name })
		}
		if !slices.ContainsFunc(s.byType[token.CloudWatchMetricAlarm], watched) {
			s.customMetric(agentNamespace, name, props{"of": s.r.Component})
		}
	}
}

// takesMetrics reports whether a log group is for an agent's metrics alone.
func takesMetrics(r *Resource) bool { return hasWord(r.Name, "metrics") }

// priceLogDelivery prices logs that services deliver themselves: CloudFront's
// cost nothing but their storage, others are paid per GB.
func priceLogDelivery(s *sheet) {
	sources := s.byType[token.CloudWatchLogDeliverySource]
	for _, r := range sources {
		source := props(r.Props)
		if arn := source.str("resourceArn"); source.str("logType") != "ACCESS_LOGS" ||
			(arn != "" && !strings.Contains(arn, ":cloudfront:")) {
			sources = nil
			break
		}
	}
	if len(sources) == 0 {
		s.usage("paid per GB of log; the traffic profile does not tell how much there is")
		return
	}
	s.free("CloudFront's logs cost nothing to deliver; the bucket that keeps them is priced")
}

// priceBudget prices a budget. One that only watches is free.
func priceBudget(s *sheet) {
	s.free("a budget that only watches and notifies costs nothing")
}
