package edge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// Word is the argument by which an executable of rung is this server.
const Word = "edge"

// Serve serves a plan in a file until the context is done.
func Serve(ctx context.Context, path string, out io.Writer) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read what the edge runs: %w", err)
	}
	var p Plan
	if err := json.Unmarshal(text, &p); err != nil {
		return fmt.Errorf("read what the edge runs, %s: %w", path, err)
	}
	handlers, err := handlersOf(p, out)
	if err != nil {
		return err
	}
	h := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			here, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
			handlers[here.String()].ServeHTTP(w, r)
		})}
	failed := make(chan error, len(handlers))
	for address := range handlers {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return errors.Join(fmt.Errorf("listen at the edge: %w", err), h.Close())
		}
		if address == p.Encrypted {
			go func() { failed <- h.ServeTLS(l, p.Certificate, p.Key) }()
		} else {
			go func() { failed <- h.Serve(l) }()
		}
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return h.Shutdown(last)
	}
}

// handlersOf are who answers at which address.
func handlersOf(p Plan, out io.Writer) (map[string]http.Handler, error) {
	handlers := map[string]http.Handler{}
	if p.Plain != "" {
		s, err := newServer(p, out)
		if err != nil {
			return nil, err
		}
		handlers[p.Plain], handlers[p.Encrypted] = s, s
	}
	for _, g := range p.Guards {
		made, err := newGuard(g, p, out)
		if err != nil {
			return nil, err
		}
		handlers[g.Listen] = made
	}
	return handlers, nil
}

// NameOf is the name of the function with an ARN.
func NameOf(arn string) string {
	_, name, _ := strings.Cut(arn, ":function/")
	return name
}
