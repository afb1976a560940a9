package database

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// LagLimit is how far behind a replica may be and still be read.
	LagLimit = time.Second
	// watchEvery is how often replicas are asked where they are. It bounds
	// how late a lagging or failed replica is left out.
	watchEvery = 200 * time.Millisecond
	// quietEvery is the same while nothing is written and every replica has
	// everything: what it lacks was written since then, so it is not further
	// behind than LagLimit allows.
	quietEvery = LagLimit
	// soon is when to look again after something was written in a long pause.
	soon = 20 * time.Millisecond
	// watchTimeout is how long a server may take to say where it is.
	watchTimeout = time.Second
)

// replica is one server that answers reads, and what is known of it.
type replica struct {
	name     string
	pool     *pgxpool.Pool
	replayed atomic.Uint64
	lag      atomic.Int64 // nanoseconds
	healthy  atomic.Bool
}

// sample is where the primary was at a moment.
type sample struct {
	at       time.Time
	position Position
}

// history is the way of the primary through its log, newest last, just long
// enough to say how late a replica is.
type history []sample

func (h history) add(s sample) history {
	if len(h) > 0 && h[len(h)-1].position == s.position {
		return h // nothing was written: nobody can be behind by waiting
	}
	h = append(h, s)
	if len(h) > 600 {
		h = h[len(h)-600:]
	}
	return h
}

// lag is how long ago the primary wrote what a replica at p has not replayed
// yet: zero when it has everything that is known.
func (h history) lag(p Position, now time.Time) time.Duration {
	for _, s := range h {
		if s.position > p {
			return now.Sub(s.at)
		}
	}
	return 0
}

// watch keeps what is known of the replicas fresh until ctx ends.
func (p *Pools) watch(ctx context.Context) {
	defer close(p.watched)
	var past history
	var b beat
	for {
		before, at := past.newest(), time.Now()
		past = p.look(ctx, past)
		select {
		case <-ctx.Done():
			return
		case <-time.After(b.next(before, past, p.caughtUp(past.newest()), at)):
		}
	}
}

// beat says when to look again.
type beat struct {
	slow   bool      // the last pause was a long one
	looked time.Time // before it
}

// next is the pause after a look that began at a time, before which the primary was at
// another position. What is new after a long pause may be as old as the pause: so it
// counts, and it is looked at again at once whether replicas have it.
func (b *beat) next(before Position, past history, caughtUp bool, at time.Time) time.Duration {
	written := past.newest() != before
	every := watchEvery
	switch {
	case written && b.slow:
		past[len(past)-1].at = b.looked
		every = soon
	case !written && caughtUp:
		every = quietEvery
	}
	b.slow, b.looked = every == quietEvery, at
	return every
}

// newest is where the primary was last, zero where that is not known.
func (h history) newest() Position {
	if len(h) == 0 {
		return 0
	}
	return h[len(h)-1].position
}

// caughtUp reports whether every replica that is read has all until a position.
func (p *Pools) caughtUp(now Position) bool {
	for _, r := range p.replicas {
		if !r.healthy.Load() || Position(r.replayed.Load()) < now {
			return false
		}
	}
	return now != 0
}

func (p *Pools) look(ctx context.Context, past history) history {
	if s, err := p.samplePrimary(ctx); err == nil {
		past = past.add(s)
		p.current.Store(uint64(s.position))
	}
	done := make(chan struct{}, len(p.replicas))
	for _, r := range p.replicas {
		go func() {
			r.look(ctx, past, p.log)
			done <- struct{}{}
		}()
	}
	for range p.replicas {
		<-done
	}
	return past
}

func (p *Pools) samplePrimary(ctx context.Context) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	at := time.Now()
	position, err := readPosition(p.primary.QueryRow(ctx, currentPosition))
	return sample{at: at, position: position}, err
}

func (r *replica) look(ctx context.Context, past history, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	position, err := readPosition(r.pool.QueryRow(ctx, replayedPosition))
	if err != nil {
		r.mark(false, log, "err", err)
		return
	}
	r.replayed.Store(uint64(position))
	lag := past.lag(position, time.Now())
	r.lag.Store(int64(lag))
	r.mark(lag <= LagLimit, log, "lag", lag)
}

// mark notes whether the replica may be read and says so when that changes.
func (r *replica) mark(healthy bool, log *slog.Logger, why ...any) {
	if r.healthy.Swap(healthy) == healthy {
		return
	}
	if healthy {
		log.Info("replica is back", append([]any{"replica", r.name}, why...)...)
		return
	}
	log.Warn("replica is left out", append([]any{"replica", r.name}, why...)...)
}

// currentPosition asks a primary where its log is, replayedPosition a replica how far it
// has come.
const (
	currentPosition  = "SELECT pg_current_wal_lsn()::text"
	replayedPosition = "SELECT coalesce(pg_last_wal_replay_lsn(), pg_current_wal_lsn())::text"
)

func readPosition(row pgx.Row) (Position, error) {
	var s string
	if err := row.Scan(&s); err != nil {
		return 0, err
	}
	return ParsePosition(s)
}
