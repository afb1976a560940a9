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
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/metrics"
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
		return l.send(ctx, http.MethodPost, "/api/posts", []byte(`{"title":"a title of some words","body":"a body of some more words"}`))
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
func minimal(s *store.Store, c *cache.Cache, user uuid.UUID) http.Handler {
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
		text, err := c.Get(r.Context(), family, id.String(), func(ctx context.Context) ([]byte, error) { return encode(s.Post(ctx, id)) })
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
		p := store.Post{ID: store.NewID(), UserID: user, Author: "reporter"}
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
// the moment at which each request was due.
func atRate(ctx context.Context, l *load, perSecond int, d time.Duration) (timed, error) {
	var mu sync.Mutex
	var out timed
	var failed error
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
			out = append(out, took)
			if err != nil {
				failed = err
			}
		})
	}
	under.Wait()
	return out, failed
}

// serving compares the app with the minimal handler, turn by turn, and holds
// the app to its latencies.
func serving(ctx context.Context, p *place) ([]row, error) {
	app, bare, done, err := loads(ctx, p)
	if err != nil {
		return nil, err
	}
	defer done()
	var most [2]float64
	p99 := [2]time.Duration{time.Hour, time.Hour}
	for range 3 {
		for i, l := range []*load{app, bare} {
			n, err := rate(ctx, 16, p.period, l.one)
			if err != nil {
				return nil, err
			}
			took, err := atRate(ctx, l, offered/4, p.period)
			if err != nil {
				return nil, err
			}
			most[i], p99[i] = max(most[i], n), min(p99[i], took.percentile(99))
		}
	}
	took, err := atRate(ctx, app, offered, 3*p.period)
	if err != nil {
		return nil, err
	}
	const shared = "The app, its clients, PostgreSQL and Redis share this machine's processors with whatever else runs on it. Best of three turns each."
	const tool = "app web"
	return []row{
		{tool: tool, claim: "within 1.5x of a minimal handler in requests/s (mixed workload)", measured: fmt.Sprintf("%.0f/s, minimal %.0f/s (%.2fx)", most[0], most[1], most[1]/most[0]),
			got: most[1] / most[0], want: 1.5, less: true, why: "Beside the query and the cache read the app finds the session, limits, validates, counts views and makes every server forget the lists that a write changes. " + shared},
		{tool: tool, claim: "within 1.5x of a minimal handler in P99", measured: fmt.Sprintf("%s, minimal %s (%.2fx) at %d requests/s", ms(p99[0]), ms(p99[1]), ratio(p99[0], p99[1]), offered/4),
			got: ratio(p99[0], p99[1]), want: 1.5, less: true, why: shared},
		{tool: tool, claim: fmt.Sprintf("P95 < 200 ms at %d requests/s", offered), measured: ms(took.percentile(95)) + " (median " + ms(took.percentile(50)) + ")",
			got: millis(took.percentile(95)), want: 200, less: true, why: "Measured from when each request was due."},
		{tool: tool, claim: fmt.Sprintf("P99 < 500 ms at %d requests/s", offered), measured: ms(took.percentile(99)),
			got: millis(took.percentile(99)), want: 500, less: true, why: "As above."},
	}, nil
}

// loads are the workload for the app and for a minimal handler.
func loads(ctx context.Context, p *place) (app, bare *load, done func(), err error) {
	who, err := signUp(ctx, p, "reporter")
	if err != nil {
		return nil, nil, nil, err
	}
	app = &load{base: "http://" + p.app.Address, token: who.Token, user: who.ID, http: &http.Client{Timeout: 30 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
	for range hot {
		post := store.Post{ID: store.NewID(), UserID: who.ID, Author: "reporter", Title: "a hot post", Body: "that many read"}
		if _, err := p.app.Store.CreatePost(ctx, post); err != nil {
			return nil, nil, nil, err
		}
		app.posts = append(app.posts, post.ID)
	}
	r, err := redis.Open(ctx, redis.Config{URL: p.redis.URL()})
	if err != nil {
		return nil, nil, nil, err
	}
	server := httptest.NewServer(minimal(p.app.Store, cache.New(r, store.ErrNotFound, metrics.New().Cache), who.ID))
	other := *app
	other.base = server.URL
	return app, &other, func() { server.Close(); r.Close() }, nil
}
