package database

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Read runs fn on a replica that ctx's session may read, or on the primary.
// When the server fails, fn runs again on the next: it must only read.
func (p *Pools) Read(ctx context.Context, fn func(Querier) error) error {
	return p.choose(ctx, func(pool *pgxpool.Pool) error { return fn(pool) })
}

// ReadTx does the same on one state of the server.
func (p *Pools) ReadTx(ctx context.Context, fn func(pgx.Tx) error) error {
	return p.choose(ctx, func(pool *pgxpool.Pool) error { return oneState(ctx, pool, fn) })
}

// PrimaryTx runs fn on one state of the primary.
func (p *Pools) PrimaryTx(ctx context.Context, fn func(pgx.Tx) error) error {
	return oneState(ctx, p.primary, fn)
}

func oneState(ctx context.Context, pool *pgxpool.Pool, fn func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, fn)
}

func (p *Pools) choose(ctx context.Context, fn func(*pgxpool.Pool) error) error {
	after := Position(p.floor.Load())
	if s := SessionOf(ctx); s != nil {
		after = max(after, s.at(p.name))
	}
	first := p.next.Add(1)
	for i := range uint64(len(p.replicas)) {
		r := p.replicas[(first+i)%uint64(len(p.replicas))]
		if !r.healthy.Load() || Position(r.replayed.Load()) < after {
			continue
		}
		err := fn(r.pool)
		if err == nil || !serverFailed(ctx, err) {
			return err
		}
		r.mark(false, p.log, "err", err)
	}
	return fn(p.primary)
}

// serverFailed tells a server that cannot answer from an answer: the latter
// would be the same anywhere.
func serverFailed(ctx context.Context, err error) bool {
	if ctx.Err() != nil || errors.Is(err, pgx.ErrNoRows) {
		return false
	}
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		// Class 57 is a server that shuts down or has cancelled, 40001 a
		// query that replay has cancelled on a replica.
		return answer.Code[:2] == "57" || answer.Code == "40001"
	}
	return true
}

// Name is the configuration's.
func (p *Pools) Name() string { return p.name }

// Replicated says whether there are replicas at all.
func (p *Pools) Replicated() bool { return len(p.replicas) > 0 }

// Settle keeps reads from replicas that do not have everything yet that the
// primary has now.
func (p *Pools) Settle(ctx context.Context) error {
	if !p.Replicated() {
		return nil
	}
	now, err := p.Now(ctx)
	if err != nil {
		return err
	}
	for {
		old := p.floor.Load()
		if uint64(now) <= old || p.floor.CompareAndSwap(old, uint64(now)) {
			return nil
		}
	}
}

// Now is where the primary's log is.
func (p *Pools) Now(ctx context.Context) (Position, error) {
	at, err := readPosition(p.primary.QueryRow(ctx, currentPosition))
	if err != nil {
		return 0, fmt.Errorf("ask for the log position: %w", err)
	}
	return at, nil
}
