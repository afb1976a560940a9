package cost

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
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

// priceDashboard prices a dashboard; the first three of an account are free.
func priceDashboard(s *sheet) {
	n, note := s.allowed(CloudWatch, "dashboards", exactly(one))
	s.bill(charge{item: "dashboard", service: CloudWatch, sku: "dashboard", count: n, basis: Declared, note: note})
}

// forever is how many months logs without a retention are taken to be kept.
const forever = 12

// priceLogGroup prices what the application logs: read in once, and kept for
// as long as the retention says.
func priceLogGroup(s *sheet) {
	if !s.load.known {
		s.usage("logs are paid per GB; " + noTraffic)
		return
	}
	if !s.facts.logs[s.r] {
		s.usage("paid per GB; the traffic profile tells what the application logs, not what others do")
		return
	}
	gb := split(s.load.logGB, len(s.facts.logs))
	s.bill(charge{item: "logs taken in", service: CloudWatch, sku: "Logs ingestion (Standard class)", count: gb, basis: Derived, note: "what the application logs for the requests that reach it"})
	months, basis, note := num(forever), Assumed, "no retention: a year's worth"
	if days, ok := s.props.num("retentionInDays"); ok && days.IsPositive() {
		months, basis, note = days.Mul(dayHours).Div(hoursPerMonth), Derived, "as long as the retention says"
	}
	s.bill(charge{item: "logs kept", service: CloudWatch, sku: "Logs storage (archived)", count: gb.times(decimal.Max(months, zero)), basis: basis, note: join(note, "not counting that they are compressed")})
}

// priceBudget prices a budget. One that only watches is free.
func priceBudget(s *sheet) {
	s.free("a budget that only watches and notifies costs nothing")
}
