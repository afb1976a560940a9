package cloudwatch

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/rung-dev/rung/offline/sim"
)

var (
	// QueryID is the form of the id of a metric query.
	QueryID   = regexp.MustCompile(`^[a-z][A-Za-z0-9_]*$`)
	queryWord = regexp.MustCompile(`\b[a-z][A-Za-z0-9_]*\b`)
	quoted    = regexp.MustCompile(`'[^']*'|"[^"]*"`)
	// mostMetrics is how many metrics one alarm may watch.
	mostMetrics = 10
)

// alarmQueries checks the parts of an alarm on several metrics or an expression.
func alarmQueries(o *sim.Op) error {
	queries := o.In.Maps("metricQueries")
	if len(queries) == 0 {
		return nil
	}
	if err := QueriesGood(queries, MetricOf("metric"), alarmInvalid); err != nil {
		return err
	}
	returned, want := CountReturned(queries), 1
	if o.In.Has("thresholdMetricId") {
		want = 2 // the metric and its band
	}
	if returned != want {
		return alarmInvalid(fmt.Sprintf("Exactly %d element(s) of the metrics list should return data, got %d", want,
			returned),
			"Set returnData to true on what the threshold is compared with, and only there.")
	}
	if id := o.In.Str("thresholdMetricId"); id != "" &&
		!slices.ContainsFunc(queries, func(q sim.Props) bool { return q.Str("id") == id }) {
		return alarmInvalid(fmt.Sprintf("ThresholdMetricId %s is not in the metrics list", id),
			"Name the id of the query with the band.")
	}
	return nil
}

// MetricOf tells whether a query names a metric under the key.
func MetricOf(key string) func(sim.Props) bool { return func(q sim.Props) bool { return q.Has(key) } }

// CountReturned is how many queries return their data.
func CountReturned(queries []sim.Props) int {
	n := 0
	for _, q := range queries {
		if q.Bool("returnData") {
			n++
		}
	}
	return n
}

// QueriesGood checks a list of metrics and expressions: an id each, either a
// metric or an expression, and expressions that name ids that exist.
func QueriesGood(queries []sim.Props, isMetric func(sim.Props) bool, refuse func(message, hint string) error) error {
	ids, metrics := map[string]bool{}, 0
	for _, q := range queries {
		id := q.Str("id")
		switch {
		case ids[id]:
			return refuse(fmt.Sprintf("The ID in the metrics list must be unique, %q is not", id),
				"Give every query an id of its own.")
		case isMetric(q) == q.Has("expression"):
			return refuse(fmt.Sprintf("Exactly one of a metric and an expression must be set for %q", id),
				"Give one of the two.")
		}
		ids[id] = true
		if isMetric(q) {
			metrics++
		}
	}
	if metrics > mostMetrics {
		return refuse(fmt.Sprintf("At most %d metrics are allowed, got %d", mostMetrics, metrics), "Take metrics out.")
	}
	for _, q := range queries {
		for _, word := range queryWord.FindAllString(quoted.ReplaceAllString(q.Str("expression"), ""), -1) {
			if !ids[word] {
				return refuse(fmt.Sprintf("Error in expression '%s': undefined variable '%s'", q.Str("id"), word),
					"Expressions may only name ids of the list.")
			}
		}
	}
	return nil
}
