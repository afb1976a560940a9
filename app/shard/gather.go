package shard

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/store"
)

const (
	// gatherLimit is how many shards are asked at a time.
	gatherLimit = 8
	// gatherTime bounds a question to all shards.
	gatherTime = 3 * time.Second
)

// Owned stands in the WHERE of a query about everybody's rows, after another
// condition: a shard leaves out slots that it does not own, whose rows are being
// copied there or were left behind. One database has all of them.
const Owned = "/* AND of slots that are owned here */"

// Everywhere is a query as shards are asked it.
func Everywhere(sql string) string {
	return strings.ReplaceAll(sql, Owned, "AND slot IN (SELECT slot FROM slots_owned)")
}

// Row is one of a list over several databases: its id, which sorts by the time it
// was made, and its version, which grows with each change.
type Row interface{ Key() (uuid.UUID, int64) }

// Gather lists the newest rows of all: each database is asked for as many as are
// wanted, which is what makes this dear. A limit of 0 is no limit.
func Gather[T Row](ctx context.Context, p Place, scan pgx.RowToFunc[T], limit int, sql string,
	args ...any) (out []T, err error) {
	s, spread := p.(*Shards)
	if !spread {
		err = p.Read(ctx, Key{}, func(q database.Querier) error {
			out, err = database.Rows(ctx, q, scan, sql, args...)
			return err
		})
		return out, err
	}
	return gather(ctx, s, scan, limit, func(m Map, db int16) question {
		q := question{sql: Everywhere(sql), args: args}
		for slot, owner := range m.Owners {
			if owner == db {
				q.slots = append(q.slots, int16(slot))
			}
		}
		return q
	})
}

// GatherOf lists the newest rows of some people, whose ids are the query's first
// argument: only databases that have any of them are asked.
func GatherOf[T Row](ctx context.Context, s *Shards, people []uuid.UUID, scan pgx.RowToFunc[T], limit int, sql string,
	args ...any) ([]T, error) {
	at, err := s.slots(ctx, people)
	if err != nil {
		return nil, err
	}
	return gather(ctx, s, scan, limit, func(m Map, db int16) question {
		q := question{sql: Everywhere(sql)}
		var here []uuid.UUID
		for _, one := range people {
			if slot := at[one]; m.Owners[slot] == db {
				here, q.slots = append(here, one), append(q.slots, slot)
			}
		}
		q.args = append([]any{here}, args...)
		return q
	})
}

// question is what to ask a database, and the slots that it must own to give
// the whole answer; without any it is not asked.
type question struct {
	sql   string
	args  []any
	slots []int16
}

// gather asks all databases and keeps the newest answers. Every slot that is
// asked for must be owned by one of them in the state that was read; if one was
// switched between two questions, all are asked again.
func gather[T Row](ctx context.Context, s *Shards, scan pgx.RowToFunc[T], limit int,
	ask func(Map, int16) question) ([]T, error) {
	ctx, cancel := context.WithTimeout(ctx, gatherTime)
	defer cancel()
	if err := s.catchUp(ctx); err != nil {
		return nil, err
	}
	for {
		rows, err := askAll(ctx, s, scan, ask)
		if !errors.Is(err, errElsewhere) {
			return merge(rows, limit), err
		}
		time.Sleep(retryPause)
		if err := s.Refresh(ctx); err != nil {
			return nil, err
		}
	}
}

func askAll[T Row](ctx context.Context, s *Shards, scan pgx.RowToFunc[T], ask func(Map, int16) question) ([]T, error) {
	m := s.Map()
	answers, have := make([][]T, len(s.dbs)), make([][]int16, len(s.dbs))
	var wanted []int16
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(gatherLimit)
	for i := range s.dbs {
		q := ask(m, int16(i))
		if len(q.slots) == 0 {
			continue
		}
		wanted = append(wanted, q.slots...)
		group.Go(func() (err error) {
			if answers[i], have[i], err = askOne(ctx, s.dbs[i], scan, q); err != nil {
				return fmt.Errorf("ask shard %d: %w", i+1, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var owned [store.Slots]bool
	for _, slot := range slices.Concat(have...) {
		owned[slot] = true
	}
	if slices.ContainsFunc(wanted, func(slot int16) bool { return !owned[slot] }) {
		return nil, errElsewhere
	}
	return slices.Concat(answers...), nil
}

// askOne returns the answer of a database and which slots it owned then. A replica
// that does not have all that the map says is passed over.
func askOne[T any](ctx context.Context, db *database.Pools, scan pgx.RowToFunc[T], q question) (rows []T,
	have []int16, err error) {
	answer := func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, ownedNow).Scan(&have); err != nil {
			return err
		}
		rows, err = database.Rows(ctx, tx, scan, q.sql, q.args...)
		return err
	}
	if err := db.ReadTx(ctx, answer); err != nil || !db.Replicated() || has(have, q.slots) {
		return rows, have, err
	}
	err = db.PrimaryTx(ctx, answer)
	return rows, have, err
}

func has(have, wanted []int16) bool {
	return !slices.ContainsFunc(wanted,
		func(slot int16) bool { _, found := slices.BinarySearch(have, slot); return !found })
}

// merge keeps the newest rows, each once and as it is now: for a moment of its
// switch a slot is owned by two databases, and a replica may be late.
func merge[T Row](rows []T, limit int) []T {
	slices.SortFunc(rows, func(a, b T) int {
		idA, versionA := a.Key()
		idB, versionB := b.Key()
		return cmp.Or(bytes.Compare(idB[:], idA[:]), cmp.Compare(versionB, versionA))
	})
	rows = slices.CompactFunc(rows, func(a, b T) bool {
		idA, _ := a.Key()
		idB, _ := b.Key()
		return idA == idB
	})
	if limit == 0 {
		return rows
	}
	return rows[:min(limit, len(rows))]
}
