package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/store"
)

var client = &http.Client{Timeout: 60 * time.Second}

// call sends a request with a JSON body, nil for none, and reads the answer
// into what out points to.
func call(ctx context.Context, method, url, token string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, url, resp.Status, text)
	}
	return json.Unmarshal(text, out)
}

const manyPosts = `INSERT INTO posts (id, slot, user_id, author, title, body)
	SELECT gen_random_uuid(), $1, $2, $3, 'post ' || i, repeat('a word or two ', 10) FROM generate_series(1, $4::int) i`

// author is somebody who asks for reports.
type author struct {
	ID    uuid.UUID
	Token string
}

func signUp(ctx context.Context, p *place, name string) (author, error) {
	var got struct {
		User  struct{ ID uuid.UUID }
		Token string
	}
	in := map[string]string{"name": name, "email": name + "@example.com", "password": "correct horse battery"}
	err := call(ctx, http.MethodPost, "http://"+p.app.Address+"/api/users", "", in, &got)
	return author{ID: got.User.ID, Token: got.Token}, err
}

// report asks for one and returns the job, and how long the answer took.
func (a author) report(ctx context.Context, p *place) (id string, took time.Duration, err error) {
	var job struct{ ID string }
	begin := time.Now()
	err = call(ctx, http.MethodPost, "http://"+p.app.Address+"/api/jobs", a.Token, map[string]string{"kind": "report"},
		&job)
	return job.ID, time.Since(begin), err
}

// queueing times the answers and the work: of somebody who has written
// nothing, one after the other; and of somebody who has written much, while as
// many reports are written as a worker does at a time.
func queueing(ctx context.Context, p *place) ([]row, error) {
	reader, err := signUp(ctx, p, "reader")
	if err != nil {
		return nil, err
	}
	writer, err := signUp(ctx, p, "writer")
	if err != nil {
		return nil, err
	}
	if _, err := p.pool.Exec(ctx, manyPosts, store.SlotOf(writer.ID), writer.ID, "writer", p.posts); err != nil {
		return nil, err
	}
	quiet, err := times(max(p.queries/8, 5), func(int) error { _, _, err := reader.report(ctx, p); return err })
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	id, _, err := writer.report(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := wait(ctx, p, writer.Token, id); err != nil {
		return nil, err
	}
	work := time.Since(begin)
	if _, _, err := writer.several(ctx, p, contract.JobConcurrency, 0); err != nil {
		return nil, err
	}
	busy, ids, err := writer.several(ctx, p, 10, 100*time.Millisecond)
	if err != nil {
		return nil, err
	}
	for _, id := range ids { // what follows shall have the processors
		if err := wait(ctx, p, writer.Token, id); err != nil {
			return nil, err
		}
	}
	claim := "answer in < 100 ms instead of after the work (30 s in the example)"
	what := func(t timed) string {
		return fmt.Sprintf("answer within %s (median %s, P95 of %d)", ms(t.percentile(95)), ms(t.percentile(50)), len(t))
	}
	return []row{
		{tool: "queue", claim: claim, measured: fmt.Sprintf("%s; a report of %d posts takes %s", what(quiet), p.posts, ms(work)),
			got: millis(quiet.percentile(95)), want: 100, less: true,
			why: "In the request a person would wait for the last figure, and the server would hold a connection for it. It includes the way through the queue."},
		{tool: "queue, many at once", claim: claim, measured: what(busy) + " while five such reports are being written",
			got: millis(busy.percentile(95)), want: 100, less: true,
			why: "The worker is in the same process here, as on stage 1, and takes the processors from the requests; from stage 3 on it has machines of its own."},
	}, nil
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// several asks n times, each after a pause, and returns how long the answers
// took and the jobs.
func (a author) several(ctx context.Context, p *place, n int, pause time.Duration) (took timed, ids []string,
	err error) {
	for range n {
		time.Sleep(pause)
		id, one, err := a.report(ctx, p)
		if err != nil {
			return nil, nil, err
		}
		took, ids = append(took, one), append(ids, id)
	}
	return took, ids, nil
}

// wait waits for a job to be done.
func wait(ctx context.Context, p *place, token, id string) error {
	for {
		var j struct{ State, Error string }
		if err := call(ctx, http.MethodGet, "http://"+p.app.Address+"/api/jobs/"+id, token, nil, &j); err != nil {
			return err
		}
		switch j.State {
		case store.JobDone:
			return nil
		case store.JobDead:
			return fmt.Errorf("the report failed: %s", j.Error)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// distance is between a person and the server in the ladder's example.
const distance = 195 * time.Millisecond

var styleSheet = regexp.MustCompile(`/static/style[^"]*\.css`)

// static fetches a file of the app from afar, without and with a caching
// proxy on the person's side.
func static(ctx context.Context, p *place) ([]row, error) {
	page, _, err := get(ctx, "http://"+p.app.Address+"/")
	if err != nil {
		return nil, err
	}
	path := styleSheet.FindString(string(page))
	if path == "" {
		return nil, fmt.Errorf("find the style sheet: the page names none")
	}
	l, err := far(p.app.Address, distance)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	origin := "http://" + l.Addr().String()
	n := max(p.queries/20, 3)
	fetch := func(url string) (timed, error) {
		return times(n, func(int) error { _, _, err := get(ctx, url+path); return err })
	}
	if _, err := times(1, func(int) error { _, _, err := get(ctx, origin+path); return err }); err != nil {
		return nil, err // opens the connection, which a browser keeps as well
	}
	direct, err := fetch(origin)
	if err != nil {
		return nil, err
	}
	edge := &edge{origin: origin}
	proxy := httptest.NewServer(edge)
	defer proxy.Close()
	if _, _, err := get(ctx, proxy.URL+path); err != nil { // the first person pays
		return nil, err
	}
	cached, err := times(p.queries, func(int) error { _, _, err := get(ctx, proxy.URL+path); return err })
	if err != nil {
		return nil, err
	}
	a, b := direct.percentile(50), cached.percentile(50)
	asked, all := edge.asked.Load(), int64(len(cached)+1)
	return []row{
		{tool: "caching proxy in front (CDN)", claim: "a far user's static file: 200 ms → 5 ms (40x)", measured: fmt.Sprintf("%s → %s (%.0fx), medians", ms(a), ms(b), ratio(a, b)),
			got: ratio(a, b), want: 40, why: "The 195 ms to the server are simulated; the proxy is on this machine, as an edge is near the user. The proxy keeps the file because of the app's own Cache-Control."},
		{tool: "caching proxy in front (CDN)", claim: "the server's traffic −80 %", measured: fmt.Sprintf("%d of %d requests reached the server (−%.1f %%)", asked, all, 100*(1-float64(asked)/float64(all))),
			got: 1 - float64(asked)/float64(all), want: 0.8, why: "An immutable file is fetched once by each edge; pages of a person are not cached at all."},
	}, nil
}

func get(ctx context.Context, url string) ([]byte, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("get %s: %s", url, resp.Status)
	}
	return body, resp.Header, err
}

// edge is a small caching proxy: it keeps what its origin calls immutable.
type edge struct {
	origin string
	files  sync.Map // path to []byte
	asked  atomic.Int64
}

func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if body, ok := e.files.Load(r.URL.Path); ok {
		w.Write(body.([]byte)) //nolint:errcheck // the client went away
		return
	}
	e.asked.Add(1)
	body, header, err := get(r.Context(), e.origin+r.URL.Path)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if strings.Contains(header.Get("Cache-Control"), "immutable") {
		e.files.Store(r.URL.Path, body)
	}
	w.Write(body) //nolint:errcheck // the client went away
}
