package shard

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/rung-dev/rung/app/store"
)

const (
	// gatherLimit is how many shards are asked at a time.
	gatherLimit = 8
	// gatherTime bounds a question to all shards.
	gatherTime = 3 * time.Second
)

// PostsOf lists a person's posts older than before, from one database.
func (s *Shards) PostsOf(ctx context.Context, k Key, before uuid.UUID, limit int) (posts []store.Post, err error) {
	err = s.Read(ctx, k, func(tx pgx.Tx, _ int16) error {
		posts, err = list(tx.Query(ctx, postsOf, k.User, before, limit))
		return err
	})
	return posts, err
}

// Newest lists the newest posts of all: each database is asked for as many as
// are wanted, which is what makes this dear.
func (s *Shards) Newest(ctx context.Context, before uuid.UUID, limit int) ([]store.Post, error) {
	return s.gather(ctx, limit, everywhere(newest, before, limit))
}

// Feed lists the newest posts of some people: only the databases that have
// any of them are asked.
func (s *Shards) Feed(ctx context.Context, authors []uuid.UUID, before uuid.UUID, limit int) ([]store.Post, error) {
	at, err := s.slots(ctx, authors)
	if err != nil {
		return nil, err
	}
	return s.gather(ctx, limit, func(m Map, db int16) question {
		q := question{sql: feed}
		var here []uuid.UUID
		for _, a := range authors {
			if slot := at[a]; m.Owners[slot] == db {
				here, q.slots = append(here, a), append(q.slots, slot)
			}
		}
		q.args = []any{here, before, limit}
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

// everywhere asks each database about all that it has.
func everywhere(sql string, args ...any) func(Map, int16) question {
	return func(m Map, db int16) question {
		q := question{sql: sql, args: args}
		for slot, owner := range m.Owners {
			if owner == db {
				q.slots = append(q.slots, int16(slot))
			}
		}
		return q
	}
}

// gather asks all databases and keeps the newest answers. Every slot that is
// asked for must be owned by one of them in the state that was read; if one was
// switched between two questions, all are asked again.
func (s *Shards) gather(ctx context.Context, limit int, ask func(m Map, db int16) question) ([]store.Post, error) {
	ctx, cancel := context.WithTimeout(ctx, gatherTime)
	defer cancel()
	if err := s.catchUp(ctx); err != nil {
		return nil, err
	}
	for {
		posts, err := s.askAll(ctx, ask)
		if !errors.Is(err, errElsewhere) {
			return merge(posts, limit), err
		}
		time.Sleep(retryPause)
		if err := s.Refresh(ctx); err != nil {
			return nil, err
		}
	}
}

func (s *Shards) askAll(ctx context.Context, ask func(m Map, db int16) question) ([]store.Post, error) {
	m := s.Map()
	answers, have := make([][]store.Post, len(s.dbs)), make([][]int16, len(s.dbs))
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
			if answers[i], have[i], err = s.ask(ctx, i, q); err != nil {
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

// ask returns the answer of a database and which slots it owned then. A replica
// that does not have all that the map says is passed over.
func (s *Shards) ask(ctx context.Context, db int, q question) (posts []store.Post, have []int16, err error) {
	answer := func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, ownedNow).Scan(&have); err != nil {
			return err
		}
		posts, err = list(tx.Query(ctx, q.sql, q.args...))
		return err
	}
	if err := s.dbs[db].ReadTx(ctx, answer); err != nil || !s.dbs[db].Replicated() || has(have, q.slots) {
		return posts, have, err
	}
	err = s.dbs[db].PrimaryTx(ctx, answer)
	return posts, have, err
}

func has(have, wanted []int16) bool {
	return !slices.ContainsFunc(wanted,
		func(slot int16) bool { _, found := slices.BinarySearch(have, slot); return !found })
}

func list(rows pgx.Rows, err error) ([]store.Post, error) {
	if err != nil {
		return nil, err
	}
	return store.ScanPosts(rows)
}

// merge keeps the newest posts, each once and as it is now: for a moment of its
// switch a slot is owned by two databases, and a replica may be late.
func merge(posts []store.Post, limit int) []store.Post {
	slices.SortFunc(posts, func(a, b store.Post) int {
		return cmp.Or(bytes.Compare(b.ID[:], a.ID[:]), cmp.Compare(b.Version, a.Version))
	})
	posts = slices.CompactFunc(posts, func(a, b store.Post) bool { return a.ID == b.ID })
	return posts[:min(limit, len(posts))]
}
