package prometheus

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/app/contract"
)

// question is how a server is asked for a measure.
type question struct {
	measure advise.Key
	query   string
}

// questions are all of them. REQUESTS, DURATION, … stand for the names of the app's metrics.
func questions() []question {
	names := strings.NewReplacer(
		"REQUESTS", contract.MetricRequests, "DURATION", contract.MetricDuration, "QUEUE", contract.MetricQueue,
		"CACHE", contract.MetricCache, "WAITS", contract.MetricPoolWaits,
	)
	list := []question{
		{advise.AverageRequestsPerSecond, `sum(rate(REQUESTS[1d]))`},
		{advise.PeakRequestsPerSecond, `max_over_time(sum(rate(REQUESTS[5m]))[1d:5m])`},
		{advise.SlowestRequestSeconds, `max(histogram_quantile(0.95, sum by (le, method, route) (rate(DURATION_bucket[1d])))` +
			` and sum by (method, route) (increase(DURATION_count[1d])) >= 20)`},
		{advise.CacheHitPercent, `100 * sum(rate(CACHE{outcome=~"memory|redis|absent"}[1d])) / sum(rate(CACHE[1d]))`},
		{advise.PoolWaitsPerSecond, `max_over_time(max(rate(WAITS[5m]))[1d:5m])`},
		{advise.QueueLength, `max(max_over_time(QUEUE[1d]))`},
		{advise.ServerCPUPercent, `100 * max(max_over_time(` +
			`(1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[1h])))[1d:1h]))`},
		{advise.AverageCPUPercent, `100 * (1 - avg(rate(node_cpu_seconds_total{mode="idle"}[1d])))`},
		{advise.DatabaseCPUPercent, `max(max_over_time(avg_over_time(aws_rds_cpuutilization_average[1h])[1d:1h]))`},
		{advise.DatabaseWritesPerSecond, `max(max_over_time(avg_over_time(aws_rds_write_iops_average[1h])[1d:1h]))`},
		{advise.DatabaseConnectionsPercent, `100 * max_over_time(` +
			`(sum(pg_stat_database_numbackends) / max(pg_settings_max_connections))[1d:5m])`},
		{advise.LargestTableRows, `max(pg_stat_user_tables_n_live_tup)`},
	}
	for i := range list {
		list[i].query = names.Replace(list[i].query)
	}
	return list
}

// readServer asks a server, question by question.
func (s Source) readServer(ctx context.Context) (advise.Measurements, error) {
	c, err := api.NewClient(api.Config{Address: s.Address, Client: client()})
	if err != nil {
		return nil, err
	}
	found := advise.Measurements{}
	for _, q := range questions() {
		v, known, err := ask(ctx, v1.NewAPI(c), q.query)
		if err != nil {
			return nil, fmt.Errorf("%w; is a Prometheus server there? An app's own page ends in %s", err, contract.MetricsPath)
		}
		if known {
			found[q.measure] = v
		}
	}
	return found, nil
}

// ask is the one value of a query; false where there is none.
func ask(ctx context.Context, from v1.API, query string) (float64, bool, error) {
	answer, _, err := from.Query(ctx, query, time.Now(), v1.WithTimeout(patience))
	if err != nil {
		return 0, false, fmt.Errorf("ask %s: %w", query, err)
	}
	list, is := answer.(model.Vector)
	if !is || len(list) != 1 {
		return 0, false, nil
	}
	return float64(list[0].Value), true, nil
}
