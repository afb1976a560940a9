package cost

import "github.com/shopspring/decimal"

// priceAlarm prices a metric alarm by the metrics that it watches and how
// often it looks.
func priceAlarm(s *sheet) {
	metrics := zero
	fast, anomaly := false, false
	for _, q := range s.props.objects("metricQueries") {
		if m := q.objects("metric"); len(m) > 0 {
			metrics = metrics.Add(one)
			fast = fast || isFast(m[0])
		}
	}
	if metrics.IsZero() {
		metrics = one
	}
	fast = fast || isFast(s.props)
	if s.props.str("thresholdMetricId") != "" || s.props.pending("thresholdMetricId") {
		anomaly = true
	}
	if anomaly { // the metric and both edges of its band
		metrics = metrics.Mul(num(3))
	}
	if fast {
		s.monthly("alarm metrics, high resolution", CloudWatch, "high-resolution alarm metric", metrics)
		return
	}
	s.monthly("alarm metrics", CloudWatch, "standard-resolution alarm metric", metrics)
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
