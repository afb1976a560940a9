package contract

// The signals: measurements without labels, and those with one for each
// server, for CloudWatch, which is paid by the series and takes no histograms.
// The app derives them, whenever MetricsPath is read, from the metrics above,
// over what happened since it was last read a minute ago or longer.
const (
	// MetricAllRequests and MetricFailed count all requests and those that
	// were answered with 5xx.
	MetricAllRequests = "http_requests_all_total"
	MetricFailed      = "http_requests_failed_total"
	// MetricP95 and MetricP99 are the percentiles of MetricDuration, in
	// seconds, exact at the histogram's limits. Left out when nothing was asked.
	MetricP95 = "http_request_p95_seconds"
	MetricP99 = "http_request_p99_seconds"
	// MetricP999 is the 99.9th in the same way: one request in a thousand takes
	// longer. Nothing is alarmed by it, and CloudWatch is not sent it.
	MetricP999 = "http_request_p999_seconds"
	// MetricHitRatio is the part of the reads that the cache answered, 0 to 1.
	// Left out when nothing was read.
	MetricHitRatio = "cache_hit_ratio"
	// MetricPoolWaits counts, for each database server, the requests that had
	// to wait for a connection because its pool was exhausted.
	MetricPoolWaits = "db_pool_waits_total"
	// MetricAway is how many dependencies are away without which nothing can be
	// written: what StatusPath fails for. It fails no server's health.
	MetricAway = "dependencies_away"
)

// What the app promises of its signals, for alarms.
const (
	// P95Seconds and P99Seconds are the ladder's reference for a request.
	P95Seconds = 0.2
	P99Seconds = 0.5
	// QueueLimit is how many waiting jobs are too many.
	QueueLimit = 1_000
	// LagSeconds is how far a replica may be behind and still be read.
	LagSeconds = 1
)
