package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"

	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/redis"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/tracing"
	"github.com/rung-dev/rung/lab/load/open"
)

// appWeb is the tool whose figures are the app's own.
const appWeb = "app web"

// tracedWeb is the app with a span for every request, statement and call of Redis, all
// sent to a collector that forgets them.
const tracedWeb = "app web, all traced"

// serving compares the app with the minimal handler, and holds the app to its
// latencies.
func serving(ctx context.Context, t *trial) []row {
	app, traced, bare, done := loads(ctx, t)
	defer done()
	if t.err != nil {
		return nil
	}
	all := []*load{app, bare, traced}
	t.compare(ctx, all, t.period/10) // opens connections and fills caches
	turns := t.compare(ctx, all, t.period)
	if t.err != nil {
		return nil
	}
	took, failed, err := app.atRate(ctx, offered, 10*t.period)
	t.fails(err)
	return slices.Concat(besideMinimal(turns[app], turns[bare]), atOffered(took, failed),
		whatTracingTakes(turns[traced], turns[bare]))
}

// loads are the workload for the app, for the app with tracing, and for a minimal
// handler. Done ends what serves them.
func loads(ctx context.Context, t *trial) (app, traced, bare *load, done func()) {
	var undo []func()
	done = func() {
		for _, do := range slices.Backward(undo) {
			do()
		}
	}
	who, err := signUp(ctx, t.place, "reporter")
	if t.fails(err) {
		return nil, nil, nil, done
	}
	spans, closeSpans := spansForNobody(ctx, t)
	undo = append(undo, closeSpans)
	hot := hotPosts(ctx, t, who)
	at := func(base string) *load {
		return &load{base: "http://" + base, token: who.Token, posts: hot, http: &http.Client{Timeout: 30 * time.Second,
			// The minimal handler compresses nothing, so nobody asks the app to.
			Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}}}
	}
	serve := func(spans *tracing.Tracing) *load {
		web, err := t.startApp(ctx, contract.RoleWeb, changed{spans: spans})
		if t.fails(err) {
			return nil
		}
		undo = append(undo, func() { web.Stop() }) //nolint:errcheck // nothing of it is kept
		return at(web.Address)
	}
	app, traced = serve(nil), serve(spans)
	r, err := redis.Open(ctx, redis.Config{URL: t.redis.URL()})
	if t.fails(err) {
		return nil, nil, nil, done
	}
	server := httptest.NewServer(minimal(t.app.Posts, cache.New(r, store.ErrNotFound, metrics.New().Cache), who.User.ID))
	undo = append(undo, r.Close, server.Close)
	return app, traced, at(server.Listener.Addr().String()), done
}

// hotPosts are those that many read.
func hotPosts(ctx context.Context, t *trial, by *author) (ids []string) {
	for range hot {
		post := posts.Post{ID: store.NewID(), UserID: by.User.ID, Author: "reporter", Title: "a hot post",
			Body: "that many read"}
		if _, err := t.app.Posts.CreatePost(ctx, post); t.fails(err) {
			return nil
		}
		ids = append(ids, post.ID.String())
	}
	return ids
}

// spansForNobody makes spans and sends them to a collector that forgets them.
func spansForNobody(ctx context.Context, t *trial) (spans *tracing.Tracing, done func()) {
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) //nolint:errcheck // nobody looks at them
	}))
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(collector.URL))
	if t.fails(err) {
		return nil, collector.Close
	}
	spans = tracing.New(exporter)
	return spans, func() {
		spans.Close(ctx) //nolint:errcheck // as above
		collector.Close()
	}
}

// median is that of a figure of each of some turns.
func median[N float64 | time.Duration](of []turn, figure func(i int) N) N {
	all := make([]N, len(of))
	for i := range all {
		all[i] = figure(i)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func besideMinimal(a, b []turn) []row {
	perSecond := func(of []turn) float64 { return median(of, func(i int) float64 { return of[i].perSecond }) }
	cpu := func(of []turn) string { return ms(median(of, func(i int) time.Duration { return of[i].cpu })) }
	p99 := func(of []turn) string { return ms(median(of, func(i int) time.Duration { return of[i].p99 })) }
	slower := median(a, func(i int) float64 { return b[i].perSecond / a[i].perSecond })
	dearer := median(a, func(i int) float64 { return ratio(a[i].cpu, b[i].cpu) })
	later := median(a, func(i int) float64 { return ratio(a[i].p99, b[i].p99) })
	why := fmt.Sprintf("The server, its clients, PostgreSQL and Redis share this machine's processors with whatever else "+
		"runs on it. Medians of %d rounds in which both take turns.", len(a))
	return []row{
		{tool: appWeb, claim: "within 1.25x of a minimal handler in requests/s (mixed workload)",
			measured: fmt.Sprintf("%.0f/s, minimal %.0f/s (%.2fx)", perSecond(a), perSecond(b), slower),
			got:      slower, want: 1.25, less: true,
			why: "Beside the query and the cache read the app finds the session, limits, validates, counts views, and makes " +
				"every server forget the lists that a write changes. " + why},
		{tool: appWeb, claim: "the same in processor time (no claim of its own: it is steady where the machine is busy)",
			measured: fmt.Sprintf("%s a request, minimal %s (%.2fx)", cpu(a), cpu(b), dearer),
			got:      dearer, want: 1.25, less: true,
			why: "Of the server, its clients, PostgreSQL and Redis together, while as many requests are sent as are answered."},
		{tool: appWeb, claim: "within 1.25x of a minimal handler in P99",
			measured: fmt.Sprintf("%s, minimal %s (%.2fx) at %d requests/s", p99(a), p99(b), later, offered/4),
			got:      later, want: 1.25, less: true, why: why},
	}
}

func atOffered(took open.Durations, failed int) []row {
	p95, p99 := took.Percentile(95), took.Percentile(99)
	return []row{
		{tool: appWeb, claim: fmt.Sprintf("P95 < 200 ms at %d requests/s of the mixed workload", offered),
			measured: ms(p95) + " (median " + ms(took.Percentile(50)) + ")", got: millis(p95), want: 200, less: true,
			why: "Measured from when each request was due."},
		{tool: appWeb, claim: fmt.Sprintf("P99 < 500 ms at %d requests/s", offered),
			measured: fmt.Sprintf("%s (P99.9 %s), %d of %d requests failed", ms(p99), ms(took.Percentile(99.9)), failed,
				len(took)),
			got: millis(p99), want: 500, less: true, why: "A failed request counts as a minute."},
	}
}

// whatTracingTakes is the app with every span beside the minimal handler, which makes none.
func whatTracingTakes(a, b []turn) []row {
	slower := median(a, func(i int) float64 { return b[i].perSecond / a[i].perSecond })
	later := median(a, func(i int) float64 { return ratio(a[i].p99, b[i].p99) })
	return []row{{tool: tracedWeb,
		claim:    "requests/s and P99 with tracing (no figure given; a sampler takes its share of it)",
		measured: fmt.Sprintf("%.2fx of the minimal handler in requests/s, %.2fx in P99", slower, later), got: slower,
		why: "A span for each request, statement and call of Redis, in the same process as the collector that they are " +
			"sent to (OTLP over HTTP)."}}
}
