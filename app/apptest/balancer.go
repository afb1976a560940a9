package apptest

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/rung-dev/rung/app/contract"
)

// probeEvery is how often a balancer asks who is ready.
const probeEvery = 50 * time.Millisecond

// backend is a server behind a balancer.
type backend struct {
	address string
	ready   atomic.Bool
	proxy   *httputil.ReverseProxy
}

func (b *backend) probe() {
	resp, err := http.Get("http://" + b.address + contract.ReadyPath)
	b.ready.Store(err == nil && resp.StatusCode == http.StatusOK)
	if err == nil {
		resp.Body.Close()
	}
}

// Balancer passes requests to servers that say they are ready, in turn, as a load
// balancer does, and returns its URL. It tries nothing twice.
func Balancer(t T, addresses ...string) string {
	all := make([]*backend, len(addresses))
	for i, a := range addresses {
		b := &backend{address: a, proxy: httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: a})}
		b.proxy.ErrorHandler = func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil {
				t.Log(a, r.Method, r.URL.Path, err)
			}
			w.WriteHeader(http.StatusBadGateway)
		}
		b.probe()
		go func() {
			for ; t.Context().Err() == nil; time.Sleep(probeEvery) {
				b.probe()
			}
		}()
		all[i] = b
	}
	var next atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first := int(next.Add(1))
		for k := range all {
			if b := all[(first+k)%len(all)]; b.ready.Load() {
				b.proxy.ServeHTTP(w, r)
				return
			}
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
