package domain

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

// Word is the argument by which an executable of rung is this relay.
const Word = "domain"

const (
	// every is how often the relay looks where its name leads.
	every = 200 * time.Millisecond
	// patience is how long a new place may take until it answers: CloudFront and load
	// balancers are led to once they are there, and here they are programs that begin.
	patience = 30 * time.Second
	// steady is for how long it must have answered: a balancer that takes another configuration
	// answers by both for a moment.
	steady = 2 * time.Second
)

// Serve relays by a way in a file until the context is done. When the file is another, the
// name leads to the new place as soon as that answers. No request is cut off by it.
func Serve(ctx context.Context, path string, out io.Writer) error {
	first, err := read(path)
	if err != nil {
		return err
	}
	var leads atomic.Pointer[Way]
	leads.Store(&first)
	listener, err := net.Listen("tcp", first.Listen)
	if err != nil {
		return fmt.Errorf("listen for %s: %w", first.Name, err)
	}
	server := &http.Server{Handler: handler(leads.Load, func() (Way, error) { return read(path) }),
		ReadHeaderTimeout: 10 * time.Second}
	go func() {
		follow(ctx, path, &leads, out)
		server.Close() //nolint:errcheck // the process ends
	}()
	if err := server.Serve(listener); ctx.Err() == nil {
		return err
	}
	return nil
}

func read(path string) (w Way, err error) {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &w)
	}
	if err != nil {
		return w, fmt.Errorf("read where a domain leads: %w", err)
	}
	return w, nil
}

// follow lets the name lead where the file says, until the context is done.
func follow(ctx context.Context, path string, leads *atomic.Pointer[Way], out io.Writer) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	var since, bad time.Time // when the name was to lead elsewhere, zero while it leads where it should; and no answer
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		want, err := read(path)
		if err != nil { // it is being written
			continue
		}
		if want == *leads.Load() {
			since = time.Time{}
			continue
		}
		if since.IsZero() {
			since = time.Now()
			bad = since
		}
		good := answers(ctx, want)
		if !good {
			bad = time.Now()
		}
		gone := good && !answers(ctx, *leads.Load()) // nobody is served where it leads
		if gone || time.Since(bad) > steady || time.Since(since) > patience {
			leads.Store(&want)
			fmt.Fprintf(out, "%s leads to %s\n", want.Name, want.To) //nolint:errcheck // the log
		}
	}
}

// answers reports whether people are served at a place: neither a fault nor a door that is
// closed to them.
func answers(ctx context.Context, w Way) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url(""), nil)
	if err != nil {
		return false
	}
	r.Host, r.Close = w.Name, true
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode < http.StatusInternalServerError && answer.StatusCode != http.StatusForbidden
}
