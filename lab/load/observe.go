package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/rung-dev/rung/app/contract"
)

// cacheMark is what an answer's headers say of a cache before the app.
type cacheMark int

const (
	noMark cacheMark = iota
	marksMiss
	marksHit
)

// markOf reads what CloudFront, Cloudflare, Varnish and nginx say.
func markOf(h http.Header) cacheMark {
	for _, name := range []string{"X-Cache", "Cf-Cache-Status", "X-Cache-Status"} {
		said := strings.ToLower(h.Get(name))
		switch {
		case said == "":
			continue
		case strings.Contains(said, "hit"), said == "stale", said == "updating", said == "revalidated":
			return marksHit
		default:
			return marksMiss
		}
	}
	return noMark
}

// observed are the target's own counters at a moment.
type observed struct {
	at      time.Time
	reads   map[string]float64 // of the app's cache, by outcome
	served  float64            // requests that the app has answered
	queries map[string]float64 // transactions of PostgreSQL by server
	busy    map[string]busy    // what the app's programs took, by the address of their metrics
	errs    []string           // what could not be observed
}

// busy is a program's processor time so far, in seconds, and how many processors it may
// take at once.
type busy struct{ seconds, processors float64 }

// observeTime bounds asking one server.
const observeTime = 5 * time.Second

// observe asks what the plan names. What does not answer is noted, and fails nothing.
func observe(ctx context.Context, p Plan) observed {
	o := observed{at: time.Now(), reads: map[string]float64{}, queries: map[string]float64{},
		busy: map[string]busy{}}
	for _, at := range p.Metrics {
		if err := o.addMetrics(ctx, at); err != nil {
			o.errs = append(o.errs, fmt.Sprintf("read the metrics of %s: %v", at, err))
		}
	}
	for name, at := range servers(p) {
		n, err := transactions(ctx, at)
		if err != nil {
			o.errs = append(o.errs, fmt.Sprintf("ask the %s for its statistics: %v", name, err))
			continue
		}
		o.queries[name] = n
	}
	return o
}

const primary = "primary"

// servers are the database servers of a plan by name.
func servers(p Plan) map[string]string {
	all := map[string]string{}
	if p.Primary != "" {
		all[primary] = p.Primary
	}
	for i, at := range p.Replicas {
		all[fmt.Sprintf("replica %d", i+1)] = at
	}
	return all
}

func (o *observed) addMetrics(ctx context.Context, at string) error {
	ctx, cancel := context.WithTimeout(ctx, observeTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New("answered " + resp.Status)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(io.LimitReader(resp.Body, 10<<20))
	if err != nil {
		return err
	}
	for _, m := range families[contract.MetricCache].GetMetric() {
		o.reads[label(m, "outcome")] += m.GetCounter().GetValue()
	}
	for _, m := range families[contract.MetricRequests].GetMetric() {
		o.served += m.GetCounter().GetValue()
	}
	var b busy
	for _, m := range families["process_cpu_seconds_total"].GetMetric() { // as Prometheus' libraries call them
		b.seconds += m.GetCounter().GetValue()
	}
	for _, m := range families["go_sched_gomaxprocs_threads"].GetMetric() {
		b.processors += m.GetGauge().GetValue()
	}
	if b.seconds > 0 && b.processors > 0 {
		o.busy[at] = b
	}
	return nil
}

func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

// transactions counts what a server has done for its database: each query of the
// app that is not part of a transaction is one.
func transactions(ctx context.Context, at string) (n float64, err error) {
	ctx, cancel := context.WithTimeout(ctx, observeTime)
	defer cancel()
	conn, err := pgx.Connect(ctx, at)
	if err != nil {
		return 0, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = conn.QueryRow(ctx,
		"SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()").Scan(&n)
	return n, err
}
