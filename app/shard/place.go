package shard

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/store"
)

// Place is where people's rows are: in [One] database, or spread over several
// ([Shards]). A table that is asked through it need not know which.
type Place interface {
	// Write runs fn in a transaction of the database that has the person's rows,
	// with the slot that new ones must carry. It may run fn again, after its
	// transaction was undone.
	Write(ctx context.Context, k Key, fn func(tx pgx.Tx, slot int16) error) error
	// Read runs fn on that database, on a replica where ctx's session may.
	Read(ctx context.Context, k Key, fn func(q database.Querier) error) error
	// Everywhere runs fn in a transaction of each database, the first one last.
	Everywhere(ctx context.Context, fn func(tx pgx.Tx) error) error
}

// One is a place of one database.
type One struct{ *database.Pools }

// Write is as the interface says.
func (o One) Write(ctx context.Context, k Key, fn func(pgx.Tx, int16) error) error {
	return o.Pools.Write(ctx, func(tx pgx.Tx) error { return fn(tx, store.SlotOf(k.User)) })
}

// Read is as the interface says.
func (o One) Read(ctx context.Context, _ Key, fn func(database.Querier) error) error {
	return o.Pools.Read(ctx, fn)
}

// Everywhere is as the interface says.
func (o One) Everywhere(ctx context.Context, fn func(pgx.Tx) error) error {
	return o.Pools.Write(ctx, fn)
}

// Get is what fn reads of a user's rows.
func Get[T any](ctx context.Context, p Place, user uuid.UUID, fn func(database.Querier) (T, error)) (out T, err error) {
	err = p.Read(ctx, Key{User: user}, func(q database.Querier) error {
		out, err = fn(q)
		return err
	})
	return out, err
}

// Put is what fn returns of what it writes to a user's rows.
func Put[T any](ctx context.Context, p Place, user uuid.UUID,
	fn func(tx pgx.Tx, slot int16) (T, error)) (out T, err error) {
	err = p.Write(ctx, Key{User: user}, func(tx pgx.Tx, slot int16) error {
		out, err = fn(tx, slot)
		return err
	})
	return out, err
}
