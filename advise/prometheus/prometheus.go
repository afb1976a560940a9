// Package prometheus reads measurements for the advice from Prometheus: from a server, by its
// queries over the last day, or from the page of metrics that one app serves, which a
// laboratory has without a server.
//
// The names are those of the app (app/contract). A server is asked besides for what the common
// exporters have: node_exporter (the machines' CPU), postgres_exporter (connections, rows) and
// cloudwatch_exporter (the database's CPU and writes). What nobody exports stays unmeasured.
package prometheus

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rung-dev/rung/advise"
)

// The bounds of a reading.
const (
	// patience is how long one answer may take.
	patience = 20 * time.Second
	// mostBytes is how large an answer may be.
	mostBytes = 16 << 20
	// pageInterval is the time between the two readings of a page, from which rates are made.
	pageInterval = 10 * time.Second
)

// Source is where to read from.
type Source struct {
	// Address is the URL of a server, or of an app's page of metrics, which ends in /metrics.
	Address string
	// Interval is the time between the two readings of a page. Zero is ten seconds.
	Interval time.Duration
}

// Check reports an address that cannot be read from.
func (s Source) Check() error {
	u, err := url.Parse(s.Address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("got %q, want the address of a Prometheus server or of an app's page of metrics, as in "+
			"http://127.0.0.1:9090 or http://127.0.0.1:9090/metrics", s.Address)
	}
	return nil
}

// page reports whether the address is one of a page of metrics.
func (s Source) page() bool {
	u, err := url.Parse(s.Address)
	return err == nil && strings.HasSuffix(u.Path, "/metrics")
}

// String says where the measurements come from.
func (s Source) String() string {
	if s.page() {
		return fmt.Sprintf("the app's metrics at %s, since it was started", s.redacted())
	}
	return fmt.Sprintf("Prometheus at %s, the last day", s.redacted())
}

// redacted is the address without a password.
func (s Source) redacted() string {
	u, err := url.Parse(s.Address)
	if err != nil {
		return "an address that is none"
	}
	return u.Redacted()
}

// Read returns what the source knows. What it does not know is not in the measurements. It
// fails when the source does not answer, or not as Prometheus does.
func (s Source) Read(ctx context.Context) (advise.Measurements, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	read := s.readServer
	if s.page() {
		read = s.readPage
	}
	found, err := read(ctx)
	if err != nil {
		return nil, fmt.Errorf("read measurements from %s: %w", s.redacted(), err)
	}
	return believed(found), nil
}

// believed leaves out what is no number or beyond what the measure can be.
func believed(found advise.Measurements) advise.Measurements {
	out := advise.Measurements{}
	for _, m := range advise.Measures() {
		if v, there := found[m.Key]; there && !math.IsNaN(v) && v >= 0 && v <= m.Most {
			out[m.Key] = v
		}
	}
	return out
}

// bounded are answers of bounded size and time.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, mostBytes), answer.Body}
	}
	return answer, err
}

func client() *http.Client {
	return &http.Client{Timeout: patience, Transport: bounded{http.DefaultTransport}}
}
