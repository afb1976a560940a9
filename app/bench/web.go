package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/redis"
	"github.com/rung-dev/rung/app/store"
)

// hot is how many posts the cacheable reads are about.
const hot = 100

// load is the mixed workload: of ten requests nine read, and of ten reads
// eight are of posts that may come from the cache.
type load struct {
	base, token string
	user        uuid.UUID
	posts       []uuid.UUID
	http        *http.Client
}

// one sends one request of the workload.
func (l *load) one(ctx context.Context) error {
	switch n := rand.IntN(100); {
	case n < 72:
		return l.send(ctx, http.MethodGet, "/api/posts/"+l.posts[rand.IntN(len(l.posts))].String(), nil)
	case n < 90:
		return l.send(ctx, http.MethodGet, "/api/posts?limit=20&before="+store.NewID().String(), nil)
	default:
		return l.send(ctx, http.MethodPost, "/api/posts",
			[]byte(`{"title":"a title of some words","body":"a body of some more words"}`))
	}
}

func (l *load) send(ctx context.Context, method, path string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, method, l.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+l.token)
	}
	resp, err := l.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	return nil
}

// minimal answers the same requests with the same queries and cache reads,
// and nothing else: no sessions, limits, metrics, validation or headers.
func minimal(s *posts.Store, c *cache.Cache, user uuid.UUID) http.Handler {
	family := cache.Family{Name: "minimal", TTL: 300 * time.Second}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, text []byte, err error) {
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Write(text) //nolint:errcheck // the client went away
	}
	mux.HandleFunc("GET /api/posts/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, err := uuid.Parse(r.PathValue("id"))
		if err != nil {
			answer(w, nil, err)
			return
		}
		text, err := c.Get(r.Context(), family, id.String(),
			func(ctx context.Context) ([]byte, error) { return encode(s.Post(ctx, id)) })
		answer(w, text, err)
	})
	mux.HandleFunc("GET /api/posts", func(w http.ResponseWriter, r *http.Request) {
		before, err := uuid.Parse(r.URL.Query().Get("before"))
		if err != nil {
			answer(w, nil, err)
			return
		}
		text, err := encode(s.Newest(r.Context(), before, 20))
		answer(w, text, err)
	})
	mux.HandleFunc("POST /api/posts", func(w http.ResponseWriter, r *http.Request) {
		p := posts.Post{ID: store.NewID(), UserID: user, Author: "reporter"}
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
			answer(w, nil, err)
			return
		}
		_, err := s.CreatePost(r.Context(), p)
		text, _ := encode(p, nil)
		answer(w, text, err)
	})
	return mux
}

func encode[T any](v T, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// offered is the rate at which the app is held to its latencies, per second.
const offered = 1000

// atRate sends at a fixed rate, whether answers come or not, and measures from
// the moment at which each request was due. It also counts those that failed: a
// machine that is too busy for the rate lets requests wait until they do.
func atRate(ctx context.Context, l *load, perSecond int, d time.Duration) (out timed, failed int, err error) {
	var mu sync.Mutex
	var under sync.WaitGroup
	begin := time.Now()
	for i := range int(d.Seconds() * float64(perSecond)) {
		due := begin.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
		time.Sleep(time.Until(due))
		under.Go(func() {
			err := l.one(ctx)
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed++
				took = time.Minute // whatever it took, nobody was served
			}
			out = append(out, took)
		})
	}
	under.Wait()
	return out, failed, ctx.Err()
}

// rounds is how often the app and the minimal handler take turns. What else
// runs on the machine slows both turns of a round about alike, so each round
// gives a ratio, and the median of those is what counts.
const rounds = 15

// turn is what one of the two did in one round.
type turn struct {
	perSecond float64
	cpu       time.Duration // of all processes for one request
	p99       time.Duration
}

// takeTurn sends as much as it can, then a quarter of the rate to which the
// app is held.
func takeTurn(ctx context.Context, l *load, d time.Duration) (t turn, err error) {
	before, begin := cpuTime(), time.Now()
	if t.perSecond, err = rate(ctx, 16, d, l.one); err != nil {
		return t, err
	}
	t.cpu = time.Duration(float64(cpuTime()-before) / (t.perSecond * time.Since(begin).Seconds()))
	took, _, err := atRate(ctx, l, offered/4, 2*d)
	t.p99 = took.percentile(99)
	return t, err
}

// compare lets both take turns, each as often first as second.
func compare(ctx context.Context, app, bare *load, d time.Duration) (ofApp, ofBare []turn, err error) {
	for round := range rounds {
		one, other := app, bare
		if round%2 == 1 {
			one, other = other, one
		}
		first, err := takeTurn(ctx, one, d)
		if err != nil {
			return nil, nil, err
		}
		second, err := takeTurn(ctx, other, d)
		if err != nil {
			return nil, nil, err
		}
		if round%2 == 1 {
			first, second = second, first
		}
		ofApp, ofBare = append(ofApp, first), append(ofBare, second)
	}
	return ofApp, ofBare, nil
}

// median is of a figure of turns, or of the ratio of a figure of two.
func median(n int, figure func(i int) float64) float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = figure(i)
	}
	slices.Sort(all)
	return all[n/2]
}

func medianTime(of []turn, figure func(turn) time.Duration) time.Duration {
	return time.Duration(median(len(of), func(i int) float64 { return float64(figure(of[i])) }))
}

// serving compares the app with the minimal handler, and holds the app to its
// latencies.
func serving(ctx context.Context, p *place) ([]row, error) {
	app, bare, done, err := loads(ctx, p)
	if err != nil {
		return nil, err
	}
	defer done()
	if _, _, err := compare(ctx, app, bare, p.period/10); err != nil { // opens connections and fills caches
		return nil, err
	}
	a, b, err := compare(ctx, app, bare, p.period)
	if err != nil {
		return nil, err
	}
	took, failed, err := atRate(ctx, app, offered, 10*p.period)
	if err != nil {
		return nil, err
	}
	return append(besideMinimal(a, b), atOffered(took, failed)...), nil
}

func besideMinimal(a, b []turn) []row {
	perSecond := func(of []turn) float64 { return median(len(of), func(i int) float64 { return of[i].perSecond }) }
	cpu, p99 := func(t turn) time.Duration { return t.cpu }, func(t turn) time.Duration { return t.p99 }
	slower := median(len(a), func(i int) float64 { return b[i].perSecond / a[i].perSecond })
	dearer := median(len(a), func(i int) float64 { return float64(a[i].cpu) / float64(b[i].cpu) })
	later := median(len(a), func(i int) float64 { return float64(a[i].p99) / float64(b[i].p99) })
	const shared = "The server, its clients, PostgreSQL and Redis share this machine's processors with whatever else " +
		"runs on it. Medians of %d rounds in which both take turns."
	why := fmt.Sprintf(shared, len(a))
	return []row{
		{tool: appWeb, claim: "within 1.5x of a minimal handler in requests/s (mixed workload)",
			measured: fmt.Sprintf("%.0f/s, minimal %.0f/s (%.2fx)", perSecond(a), perSecond(b), slower), got: slower, want: 1.5, less: true,
			why: "Beside the query and the cache read the app finds the session, limits, validates, counts views, and makes every server forget the lists that a write changes. " + why},
		{tool: appWeb, claim: "the same in processor time (no claim of its own: it is steady where the machine is busy)",
			measured: fmt.Sprintf("%s a request, minimal %s (%.2fx)", ms(medianTime(a, cpu)), ms(medianTime(b, cpu)), dearer), got: dearer, want: 1.5, less: true,
			why: "Of the server, its clients, PostgreSQL and Redis together, while as many requests are sent as are answered."},
		{tool: appWeb, claim: "within 1.5x of a minimal handler in P99",
			measured: fmt.Sprintf("%s, minimal %s (%.2fx) at %d requests/s", ms(medianTime(a, p99)), ms(medianTime(b, p99)), later, offered/4), got: later, want: 1.5, less: true,
			why: why},
	}
}

// appWeb is the tool whose figures are the app's own.
const appWeb = "app web"

func atOffered(took timed, failed int) []row {
	all := fmt.Sprintf("%d of %d requests failed", failed, len(took))
	return []row{
		{tool: appWeb, claim: fmt.Sprintf("P95 < 200 ms at %d requests/s of the mixed workload", offered), measured: ms(took.percentile(95)) + " (median " + ms(took.percentile(50)) + ")",
			got: millis(took.percentile(95)), want: 200, less: true, why: "Measured from when each request was due."},
		{tool: appWeb, claim: fmt.Sprintf("P99 < 500 ms at %d requests/s", offered), measured: ms(took.percentile(99)) + " (P99.9 " + ms(took.percentile(99.9)) + "), " + all,
			got: millis(took.percentile(99)), want: 500, less: true, why: "A failed request counts as a minute."},
	}
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
	app = &load{base: "http://" + web.Address, token: who.Token, user: who.ID,
		http: &http.Client{Timeout: 30 * time.Second,
			// The minimal handler compresses nothing, so nobody asks the app to.
			Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}}}
	for range hot {
		post := posts.Post{ID: store.NewID(), UserID: who.ID, Author: "reporter", Title: "a hot post", Body: "that many read"}
		if _, err := p.app.Posts.CreatePost(ctx, post); err != nil {
			return nil, nil, nil, err
		}
		app.posts = append(app.posts, post.ID)
	}
	r, err := redis.Open(ctx, redis.Config{URL: p.redis.URL()})
	if err != nil {
		return nil, nil, nil, err
	}
	server := httptest.NewServer(minimal(p.app.Posts, cache.New(r, store.ErrNotFound, metrics.New().Cache), who.ID))
	other := *app
	other.base = server.URL
	stop := func() {
		server.Close()
		r.Close()
		web.Stop() //nolint:errcheck // nothing of it is kept
	}
	return app, &other, stop, nil
}
