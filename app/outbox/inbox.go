package outbox

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/tracing"
)

// Handler takes an event in, in a transaction that also notes the event.
type Handler func(ctx context.Context, tx pgx.Tx, e Event) error

// Taker takes events in. Twice must be once, and after an error the event
// comes again.
type Taker interface {
	Take(ctx context.Context, e Event) error
}

// Inbox takes events into a database, each once.
type Inbox struct {
	Pool *pgxpool.Pool
	// Handlers are by topic. Events of other topics are let go.
	Handlers map[string]Handler
	// After is called when an event is in, also when it was before: a crash
	// may have kept the first call from happening. Its error makes the event
	// come again. May be nil.
	After func(ctx context.Context, e Event) error
	// Count counts by topic and outcome (taken, again, refused); may be nil.
	Count *prometheus.CounterVec
	// Tracing makes a span of each event; nil makes none.
	Tracing *tracing.Tracing
}

// takeTimeout bounds the effect of one event.
const takeTimeout = 10 * time.Second

// Take has the event's effect, unless it had it before. Two at the same time
// wait for each other. After an error the event must come again.
func (b *Inbox) Take(ctx context.Context, e Event) error {
	handle := b.Handlers[e.Topic]
	if handle == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, takeTimeout)
	defer cancel()
	ctx, done := Span(ctx, b.Tracing, "take", e)
	outcome := "again"
	err := pgx.BeginFunc(ctx, b.Pool, func(tx pgx.Tx) error {
		first, err := store.Once(ctx, tx, e.ID)
		if err != nil || !first {
			return err
		}
		outcome = "taken"
		return handle(ctx, tx, e)
	})
	if err == nil && b.After != nil {
		err = b.After(ctx, e)
	}
	if err != nil {
		outcome, err = "refused", fmt.Errorf("take in %s %s: %w", e.Topic, e.ID, err)
	}
	done(err)
	if b.Count != nil {
		b.Count.WithLabelValues(e.Topic, outcome).Inc()
	}
	return err
}

// Path is where a service takes events by HTTP, on its internal port only.
const Path = "/internal/events"

// Receiver takes the events that [Push] sends: 204 means that one is in.
type Receiver struct {
	Taker Taker
	Log   *slog.Logger // nil logs nothing
}

// ServeHTTP takes one event.
func (v Receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 2*maxEvent))
	if err != nil {
		http.Error(w, "the event is too large or was cut off", http.StatusBadRequest)
		return
	}
	e, err := Decode(text)
	if err != nil {
		http.Error(w, "the body is not an event", http.StatusBadRequest)
		return
	}
	if err := v.Taker.Take(r.Context(), e); err != nil {
		if v.Log != nil {
			v.Log.WarnContext(r.Context(), "take an event", "err", err)
		}
		http.Error(w, "try again", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
