package ownapp

import (
	"fmt"
	"slices"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

const (
	// poolWaitLimit is how many requests a minute may wait for a connection of
	// one pool: now and then is how a pool grows, one a second is exhaustion.
	poolWaitLimit = 60
	// hitRatioLimit is well below the ladder's 80 %.
	hitRatioLimit = 0.5
	// failedLimit is how many requests may fail in five minutes.
	failedLimit = 10
)

// all are the alarms by metric. Each metric has one, so that what is paid for
// is also watched.
func all() []alarms.Alarm {
	return []alarms.Alarm{{
		Name: "app-silent", Metric: contract.MetricAllRequests, Statistic: "SampleCount",
		Why:     "The app has not told its metrics for five minutes: it does not run, or the CloudWatch agent does not. See journalctl -u app.",
		Compare: alarms.Below, Threshold: 1, Missing: alarms.MissingIsBad,
	}, {
		Name: "app-errors", Metric: contract.MetricFailed, Statistic: "Sum",
		Why:       fmt.Sprintf("The app answered over %d requests in five minutes with errors (5xx). Look at its log.", failedLimit),
		Threshold: failedLimit, PeriodSeconds: 300, Periods: 1, Missing: alarms.MissingIsGood,
	}, {
		Name: "app-slow", Metric: contract.MetricP95, Statistic: "Maximum",
		Why:       "One answer in twenty takes over 200 ms. Look at the database and the cache first, then at the CPU.",
		Threshold: contract.P95Seconds, Missing: alarms.MissingIsGood,
	}, {
		Name: "app-very-slow", Metric: contract.MetricP99, Statistic: "Maximum",
		Why:       "One answer in a hundred takes over 500 ms. Look for long statements and locks in the database.",
		Threshold: contract.P99Seconds, Missing: alarms.MissingIsGood,
	}, {
		Name: "cache-cold", Metric: contract.MetricHitRatio,
		Why:       "For half an hour the cache has answered under half of the reads, and the database the rest. Look whether Redis is away or evicts.",
		Compare:   alarms.Below,
		Threshold: hitRatioLimit, PeriodSeconds: 300, Periods: 6, Missing: alarms.MissingIsGood,
	}, {
		Name: "pool-exhausted", Metric: contract.MetricPoolWaits, Statistic: "Maximum",
		Why:       "Every second a request waits for a connection to the database. Look for long transactions, then raise " + contract.EnvDatabasePool + ".",
		Threshold: poolWaitLimit, Missing: alarms.MissingIsGood,
	}, {
		Name: "dependency-away", Metric: contract.MetricAway, Statistic: "Maximum",
		Why: "A server misses what it needs to write anything, which fails no server's health: none would be better off elsewhere. " +
			contract.StatusPath + " says what is away. A failover of the database is over after two minutes.",
		Compare: alarms.AtLeast, Threshold: 1, Missing: alarms.MissingIsGood,
	}, {
		Name: "jobs-waiting", Metric: contract.MetricQueue, Statistic: "Maximum",
		Why:     fmt.Sprintf("%d jobs or more wait. Look whether jobs fail (app jobs dead), then climb: workers have machines of their own from stage 3 on.", contract.QueueLimit),
		Compare: alarms.AtLeast, Threshold: contract.QueueLimit,
	}, {
		Name: "replica-left-out", Metric: contract.MetricLag, Statistic: "Maximum",
		Why:       "A replica is so far behind that the app does not read it: the primary answers instead. Look for long statements on it.",
		Threshold: contract.LagSeconds, Missing: alarms.MissingIsGood,
	}}
}

// watched are the alarms over the metrics.
func watched(names []string) []alarms.Alarm {
	return slices.DeleteFunc(all(), func(alarm alarms.Alarm) bool { return !slices.Contains(names, alarm.Metric) })
}

// graphs are what can be drawn of the app.
func graphs() []part.Widget {
	line := func(name, statistic, label string) part.Metric {
		return part.Metric{Name: name, Statistic: statistic, Label: label}
	}
	return []part.Widget{
		{Title: "App: requests a minute", Metrics: []part.Metric{line(contract.MetricAllRequests, "Sum", "all"), line(contract.MetricFailed, "Sum", "failed")}},
		{Title: "App: answer time (s)", Metrics: []part.Metric{line(contract.MetricP95, "Maximum", "p95"), line(contract.MetricP99, "Maximum", "p99")}},
		{Title: "App: reads from the cache (0 to 1)", Metrics: []part.Metric{line(contract.MetricHitRatio, "Average", "hit ratio")}},
		{Title: "App: waits for a database connection, a minute", Metrics: []part.Metric{line(contract.MetricPoolWaits, "Sum", "waits")}},
		{Title: "App: needed dependencies that are away", Metrics: []part.Metric{line(contract.MetricAway, "Maximum", "away")}},
		{Title: "App: waiting jobs", Metrics: []part.Metric{line(contract.MetricQueue, "Maximum", "jobs")}},
		{Title: "App: replicas behind (s)", Metrics: []part.Metric{line(contract.MetricLag, "Maximum", "furthest"), line(contract.MetricLag, "Average", "mean")}},
	}
}

// drawn are the graphs of the metrics.
func drawn(names []string) []part.Widget {
	return slices.DeleteFunc(graphs(), func(w part.Widget) bool { return !slices.Contains(names, w.Metrics[0].Name) })
}
