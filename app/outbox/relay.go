package outbox

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/tracing"
)

const (
	// takeEvents skips what another relay holds and what has failed lately.
	takeEvents = `UPDATE outbox SET taken_until = now() + $4::interval WHERE id = ANY(ARRAY(
		SELECT id FROM outbox WHERE sent_at IS NULL AND (taken_until IS NULL OR taken_until < now()) AND id <> ALL($2) AND topic = ANY($3)
		ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING id, topic, payload, trace`
	markEvents = `UPDATE outbox SET sent_at = now() WHERE id = ANY($1)`
	giveBack   = `UPDATE outbox SET taken_until = NULL WHERE id = ANY($1) AND sent_at IS NULL`
)

// Publisher hands events over.
type Publisher interface {
	// Publish returns one error for each event, nil for those that were taken.
	Publish(ctx context.Context, events []Event) []error
}

const (
	// relayBatch is how many events are taken at a time.
	relayBatch = 100
	// relayPause is how often to look for new events; it bounds their delay.
	relayPause = 200 * time.Millisecond
	// publishTimeout bounds one hand-over, and takenTime is for how long the
	// events are nobody else's meanwhile.
	publishTimeout = 10 * time.Second
	takenTime      = 20 * time.Second
	// failedMax bounds how many failed events are remembered.
	failedMax = 10_000
)

// Relay publishes what lies in the outbox. Several may run at a time.
type Relay struct {
	Pool      *pgxpool.Pool
	Publisher Publisher
	// Kinds are what the publisher takes; others are left where they are. Nil
	// means all.
	Kinds []string
	// Count counts by topic and outcome (sent, failed); nil counts nothing.
	Count *prometheus.CounterVec
	// Tracing makes spans; nil makes none.
	Tracing *tracing.Tracing
	// Pause is how often to look; zero means 200 ms.
	Pause time.Duration
	Log   *slog.Logger

	failed map[uuid.UUID]failure
}

// failure is an event that was not taken, and when to try it again.
type failure struct {
	times int
	next  time.Time
}

// Run publishes until ctx ends. What fails is tried again for ever, after a
// growing pause, while later events go on.
func (r *Relay) Run(ctx context.Context) {
	r.Log = cmp.Or(r.Log, slog.New(slog.DiscardHandler))
	trouble := backoff.NewExponentialBackOff()
	trouble.InitialInterval, trouble.MaxInterval = 100*time.Millisecond, 10*time.Second
	for ctx.Err() == nil {
		n, err := r.Once(ctx)
		pause := r.pause()
		switch {
		case err != nil && ctx.Err() == nil:
			pause = trouble.NextBackOff()
			r.Log.WarnContext(ctx, "relay events: trying again", "err", err, "in", pause)
		case n == relayBatch:
			pause = 0
			trouble.Reset()
		default:
			trouble.Reset()
		}
		sleep(ctx, pause)
	}
}

func (r *Relay) pause() time.Duration {
	if r.Pause == 0 {
		return relayPause
	}
	return r.Pause
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (r *Relay) kinds() []string {
	if r.Kinds == nil {
		return contract.Topics()
	}
	return r.Kinds
}

// Once publishes one batch and returns how many were taken. The error joins
// what kept others from it. No connection is held while it publishes.
func (r *Relay) Once(ctx context.Context) (sent int, err error) {
	events, err := r.take(ctx)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	bounded, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	done := r.spans(ctx, events)
	results := r.Publisher.Publish(bounded, events)
	done(results)
	ids, failed := r.settle(events, results)
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), publishTimeout)
	defer cancel()
	if _, err = r.Pool.Exec(noting, markEvents, ids); err != nil {
		return 0, fmt.Errorf("relay events: note what was sent: %w", err) // they are sent again
	}
	if len(ids) < len(events) {
		_, err = r.Pool.Exec(noting, giveBack, idsOf(events))
	}
	return len(ids), errors.Join(failed, err)
}

// spans begins one for each event's way; done ends them.
func (r *Relay) spans(ctx context.Context, events []Event) (done func([]error)) {
	if r.Tracing == nil {
		return func([]error) {}
	}
	ends := make([]func(error), len(events))
	for i, e := range events {
		_, ends[i] = Span(ctx, r.Tracing, "send", e)
	}
	return func(errs []error) {
		for i, end := range ends {
			end(errs[i])
		}
	}
}

// take is for as long as it takes to publish; of a relay that crashes then,
// another takes over.
func (r *Relay) take(ctx context.Context) ([]Event, error) {
	events, err := database.Rows(ctx, r.Pool, pgx.RowToStructByPos[Event], takeEvents, relayBatch, r.waiting(time.Now()),
		r.kinds(), takenTime)
	if err != nil {
		return nil, fmt.Errorf("relay events: %w", err)
	}
	slices.SortFunc(events, func(a, b Event) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return events, nil
}

func idsOf(events []Event) []uuid.UUID {
	ids := make([]uuid.UUID, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	return ids
}

// waiting are the events that must not be tried yet.
func (r *Relay) waiting(now time.Time) []uuid.UUID {
	ids := make([]uuid.UUID, 0, len(r.failed))
	for id, f := range r.failed {
		if f.next.After(now) {
			ids = append(ids, id)
		}
	}
	return ids
}

// settle tells the events that were taken from those to try again.
func (r *Relay) settle(events []Event, results []error) (sent []uuid.UUID, failed error) {
	if r.failed == nil || len(r.failed) > failedMax {
		r.failed = map[uuid.UUID]failure{}
	}
	for i, e := range events {
		outcome := "sent"
		if err := results[i]; err != nil {
			outcome = "failed"
			f := r.failed[e.ID]
			f.next = time.Now().Add(min(time.Second<<min(f.times, 10), time.Minute))
			f.times++
			r.failed[e.ID] = f
			failed = errors.Join(failed, fmt.Errorf("publish %s %s: %w", e.Topic, e.ID, err))
		} else {
			delete(r.failed, e.ID)
			sent = append(sent, e.ID)
		}
		if r.Count != nil {
			r.Count.WithLabelValues(e.Topic, outcome).Inc()
		}
	}
	return sent, failed
}
