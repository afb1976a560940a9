package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// distance is between a person and the server in the ladder's example.
const distance = 195 * time.Millisecond

var styleSheet = regexp.MustCompile(`/static/style[^"]*\.css`)

// static fetches a file of the app from afar, without and with a caching
// proxy on the person's side.
func static(ctx context.Context, t *trial) []row {
	page, _, err := get(ctx, "http://"+t.app.Address+"/")
	path := styleSheet.FindString(string(page))
	if err == nil && path == "" {
		err = fmt.Errorf("find the style sheet: the page names none")
	}
	if t.fails(err) {
		return nil
	}
	l, err := far(t.app.Address, distance)
	if t.fails(err) {
		return nil
	}
	defer l.Close()
	edge := &edge{origin: "http://" + l.Addr().String()}
	proxy := httptest.NewServer(edge)
	defer proxy.Close()
	from := func(url string) func(int) error {
		return func(int) error { _, _, err := get(ctx, url+path); return err }
	}
	t.times(1, from(edge.origin)) // opens the connection, which a browser keeps as well
	direct := t.times(max(t.queries/20, 3), from(edge.origin))
	t.times(1, from(proxy.URL)) // the first person pays
	cached := t.times(t.queries, from(proxy.URL))
	a, b := direct.Percentile(50), cached.Percentile(50)
	asked, all := edge.asked.Load(), int64(len(cached)+1)
	saved := 1 - float64(asked)/float64(all)
	const tool = "caching proxy in front (CDN)"
	return []row{
		{tool: tool, claim: "a far user's static file: 200 ms → 5 ms (40x)",
			measured: fmt.Sprintf("%s → %s (%.0fx), medians", ms(a), ms(b), ratio(a, b)), got: ratio(a, b), want: 40,
			why: "The 195 ms to the server are simulated; the proxy is on this machine, as an edge is near the user. The " +
				"proxy keeps the file because of the app's own Cache-Control."},
		{tool: tool, claim: "the server's traffic −80 %",
			measured: fmt.Sprintf("%d of %d requests reached the server (−%.1f %%)", asked, all, 100*saved),
			got:      saved, want: 0.8,
			why: "An immutable file is fetched once by each edge; pages of a person are not cached at all."},
	}
}

func get(ctx context.Context, url string) ([]byte, http.Header, error) {
	return ask(ctx, http.MethodGet, url, "", nil)
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
