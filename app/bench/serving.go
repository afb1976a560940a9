package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"time"

	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/redis"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/lab/load/open"
)

// appWeb is the tool whose figures are the app's own.
const appWeb = "app web"

// serving compares the app with the minimal handler, and holds the app to its
// latencies.
func serving(ctx context.Context, t *trial) []row {
	app, bare, done, err := loads(ctx, t.place)
	if t.fails(err) {
		return nil
	}
	defer done()
	t.compare(ctx, app, bare, t.period/10) // opens connections and fills caches
	a, b := t.compare(ctx, app, bare, t.period)
	if t.err != nil {
		return nil
	}
	took, failed, err := app.atRate(ctx, offered, 10*t.period)
	t.fails(err)
	return append(besideMinimal(a, b), atOffered(took, failed)...)
}

// loads are the workload for the app and for a minimal handler.
func loads(ctx context.Context, p *place) (app, bare *load, done func(), err error) {
	who, err := signUp(ctx, p, "reporter")
	if err != nil {
		return nil, nil, nil, err
	}
	web, err := p.startApp(ctx, contract.RoleWeb)
	if err != nil {
		return nil, nil, nil, err
	}
	r, err := redis.Open(ctx, redis.Config{URL: p.redis.URL()})
	if err != nil {
		return nil, nil, nil, err
	}
	server := httptest.NewServer(minimal(p.app.Posts, cache.New(r, store.ErrNotFound, metrics.New().Cache), who.User.ID))
	app = &load{base: "http://" + web.Address, token: who.Token, http: &http.Client{Timeout: 30 * time.Second,
		// The minimal handler compresses nothing, so nobody asks the app to.
		Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}}}
	for range hot {
		post := posts.Post{ID: store.NewID(), UserID: who.User.ID, Author: "reporter", Title: "a hot post",
			Body: "that many read"}
		if _, err := p.app.Posts.CreatePost(ctx, post); err != nil {
			return nil, nil, nil, err
		}
		app.posts = append(app.posts, post.ID.String())
	}
	other := *app
	other.base = server.URL
	return app, &other, func() {
		server.Close()
		r.Close()
		web.Stop() //nolint:errcheck // nothing of it is kept
	}, nil
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
		{tool: appWeb, claim: "within 1.5x of a minimal handler in requests/s (mixed workload)",
			measured: fmt.Sprintf("%.0f/s, minimal %.0f/s (%.2fx)", perSecond(a), perSecond(b), slower),
			got:      slower, want: 1.5, less: true,
			why: "Beside the query and the cache read the app finds the session, limits, validates, counts views, and makes " +
				"every server forget the lists that a write changes. " + why},
		{tool: appWeb, claim: "the same in processor time (no claim of its own: it is steady where the machine is busy)",
			measured: fmt.Sprintf("%s a request, minimal %s (%.2fx)", cpu(a), cpu(b), dearer),
			got:      dearer, want: 1.5, less: true,
			why: "Of the server, its clients, PostgreSQL and Redis together, while as many requests are sent as are answered."},
		{tool: appWeb, claim: "within 1.5x of a minimal handler in P99",
			measured: fmt.Sprintf("%s, minimal %s (%.2fx) at %d requests/s", p99(a), p99(b), later, offered/4),
			got:      later, want: 1.5, less: true, why: why},
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
