package shard

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/rung-dev/rung/app/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Prepare makes a database, which has the app's tables, fit to be a shard.
func Prepare(ctx context.Context, url string) error {
	_, err := store.MigrateFrom(ctx, url, migrations, "goose_shard_version")
	return err
}

// lockClass tells the locks of slots from others in a database.
const lockClass = 5_1024

// ErrMoving is returned when a slot was not where the map said for too long.
var ErrMoving = errors.New("the slot is between two databases")

const (
	// patience is how long to look for a slot that is being switched.
	patience = 5 * time.Second
	// gatherLimit is how many shards are asked at a time.
	gatherLimit = 8
	// gatherTime bounds a question to all shards.
	gatherTime = 3 * time.Second
)

// Shards are the databases and the map. The first is the directory, in which
// the map is kept.
type Shards struct {
	pools     []*pgxpool.Pool
	placement Placement
	current   atomic.Pointer[Map]
}

// Open reads the map. Where there is none yet the first database owns every
// slot, as it did before there were others.
func Open(ctx context.Context, placement Placement, pools ...*pgxpool.Pool) (*Shards, error) {
	s := &Shards{pools: pools, placement: placement}
	switch err := s.Refresh(ctx); {
	case errors.Is(err, pgx.ErrNoRows):
		if err := s.initialise(ctx, Whole()); err != nil {
			return nil, err
		}
		return s, s.Refresh(ctx)
	case err != nil:
		return nil, err
	}
	return s, nil
}

// initialise hands out the slots. Doing so twice does no harm.
func (s *Shards) initialise(ctx context.Context, m Map) error {
	if _, err := s.pools[0].Exec(ctx, "INSERT INTO slots_owned SELECT generate_series(0, $1) ON CONFLICT DO NOTHING", store.Slots-1); err != nil {
		return fmt.Errorf("hand out the slots: %w", err)
	}
	_, err := s.pools[0].Exec(ctx, "INSERT INTO slot_maps (version, owners) VALUES ($1, $2) ON CONFLICT DO NOTHING", m.Version, m.Owners[:])
	return err
}

// Refresh reads the newest map.
func (s *Shards) Refresh(ctx context.Context) error {
	var m Map
	var owners []int16
	err := s.pools[0].QueryRow(ctx, "SELECT version, owners FROM slot_maps ORDER BY version DESC LIMIT 1").Scan(&m.Version, &owners)
	if err != nil {
		return fmt.Errorf("read the slot map: %w", err)
	}
	if len(owners) != store.Slots {
		return fmt.Errorf("read the slot map: %d slots, want %d", len(owners), store.Slots)
	}
	copy(m.Owners[:], owners)
	if err := m.check(len(s.pools)); err != nil {
		return err
	}
	s.current.Store(&m)
	return nil
}

// Map is the newest that is known here.
func (s *Shards) Map() Map { return *s.current.Load() }

// errElsewhere is a slot that the database asked does not own.
var errElsewhere = errors.New("slot is elsewhere")

// Write runs fn in a transaction of the database that owns the key's slot. A
// slot that is being switched is waited for; fn may run again then, after its
// transaction was undone.
func (s *Shards) Write(ctx context.Context, k Key, fn func(tx pgx.Tx, slot int16) error) error {
	return s.find(ctx, k, pgx.TxOptions{}, true, fn)
}

// Read runs fn on one state of the database that owns the key's slot.
func (s *Shards) Read(ctx context.Context, k Key, fn func(tx pgx.Tx, slot int16) error) error {
	return s.find(ctx, k, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, false, fn)
}

func (s *Shards) find(ctx context.Context, k Key, o pgx.TxOptions, lock bool, fn func(pgx.Tx, int16) error) error {
	slot := s.placement.Slot(k)
	for end := time.Now().Add(patience); ; {
		pool := s.pools[s.Map().Owners[slot]]
		err := pgx.BeginTxFunc(ctx, pool, o, func(tx pgx.Tx) error {
			if err := claim(ctx, tx, slot, lock); err != nil {
				return err
			}
			return fn(tx, slot)
		})
		if !errors.Is(err, errElsewhere) {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("slot %d: %w", slot, ErrMoving)
		}
		time.Sleep(10 * time.Millisecond)
		if err := s.Refresh(ctx); err != nil {
			return err
		}
	}
}

// claim makes sure that the slot is here until the transaction ends: a
// writer's lock keeps it from being switched, and a reader's snapshot still
// has its rows.
func claim(ctx context.Context, tx pgx.Tx, slot int16, lock bool) error {
	if lock {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock_shared($1, $2)", lockClass, slot); err != nil {
			return fmt.Errorf("lock slot %d: %w", slot, err)
		}
	}
	var owned bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM slots_owned WHERE slot = $1)", slot).Scan(&owned); err != nil {
		return fmt.Errorf("ask for slot %d: %w", slot, err)
	}
	if !owned {
		return errElsewhere
	}
	return nil
}

// CreateUser adds a person to the shard of the key.
func (s *Shards) CreateUser(ctx context.Context, k Key, u store.User) error {
	return s.Write(ctx, k, func(tx pgx.Tx, slot int16) error { return store.InsertUser(ctx, tx, u, slot) })
}

// CreatePost adds a post beside its author.
func (s *Shards) CreatePost(ctx context.Context, k Key, p store.Post) error {
	return s.Write(ctx, k, func(tx pgx.Tx, slot int16) error {
		_, err := store.InsertPost(ctx, tx, p, slot)
		return err
	})
}

// The questions to a shard. Those to several leave out slots that a database
// does not own: rows that are being copied there, or were left behind.
const (
	postsOf = `SELECT ` + store.PostColumns + ` FROM posts WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`
	newest  = `SELECT ` + store.PostColumns + ` FROM posts
		WHERE id < $1 AND slot IN (SELECT slot FROM slots_owned) ORDER BY id DESC LIMIT $2`
	feed = `SELECT p.* FROM unnest($1::uuid[]) AS a (id) CROSS JOIN LATERAL (SELECT ` + store.PostColumns + ` FROM posts
		WHERE user_id = a.id AND id < $2 AND slot IN (SELECT slot FROM slots_owned) ORDER BY id DESC LIMIT $3) p ORDER BY p.id DESC LIMIT $3`
)

// PostsOf lists a person's posts older than before, from one database.
func (s *Shards) PostsOf(ctx context.Context, k Key, before uuid.UUID, limit int) (posts []store.Post, err error) {
	err = s.Read(ctx, k, func(tx pgx.Tx, _ int16) error {
		rows, err := tx.Query(ctx, postsOf, k.User, before, limit)
		if err != nil {
			return err
		}
		posts, err = store.ScanPosts(rows)
		return err
	})
	return posts, err
}

// Newest lists the newest posts of all: each database is asked for as many as
// are wanted, which is what makes this dear.
func (s *Shards) Newest(ctx context.Context, before uuid.UUID, limit int) ([]store.Post, error) {
	return s.gather(ctx, limit, func(ctx context.Context, _ Map, i int) (pgx.Rows, error) {
		return s.pools[i].Query(ctx, newest, before, limit)
	})
}

// Feed lists the newest posts of some people: only the databases that have
// any of them are asked.
func (s *Shards) Feed(ctx context.Context, authors []Key, before uuid.UUID, limit int) ([]store.Post, error) {
	return s.gather(ctx, limit, func(ctx context.Context, m Map, i int) (pgx.Rows, error) {
		var here []uuid.UUID
		for _, k := range authors {
			if int(m.Owners[s.placement.Slot(k)]) == i {
				here = append(here, k.User)
			}
		}
		if len(here) == 0 {
			return nil, nil
		}
		return s.pools[i].Query(ctx, feed, here, before, limit)
	})
}

type question func(ctx context.Context, m Map, database int) (pgx.Rows, error)

// gather asks all databases and keeps the newest answers. If a slot has moved
// while they were asked, all are asked again: its posts could be missing from
// one that was asked too early and from one that was asked too late.
func (s *Shards) gather(ctx context.Context, limit int, ask question) ([]store.Post, error) {
	ctx, cancel := context.WithTimeout(ctx, gatherTime)
	defer cancel()
	for {
		if err := s.Refresh(ctx); err != nil {
			return nil, err
		}
		m := s.Map()
		posts, err := s.askAll(ctx, m, ask)
		if err != nil {
			return nil, err
		}
		if err := s.Refresh(ctx); err != nil {
			return nil, err
		}
		if s.Map().Version == m.Version {
			return merge(posts, limit), nil
		}
	}
}

func (s *Shards) askAll(ctx context.Context, m Map, ask question) ([]store.Post, error) {
	answers := make([][]store.Post, len(s.pools))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(gatherLimit)
	for i := range s.pools {
		group.Go(func() error {
			rows, err := ask(ctx, m, i)
			if err == nil && rows != nil {
				answers[i], err = store.ScanPosts(rows)
			}
			if err != nil {
				return fmt.Errorf("ask database %d: %w", i, err)
			}
			return nil
		})
	}
	err := group.Wait()
	return slices.Concat(answers...), err
}

// merge keeps the newest, each once: for a moment of its switch a slot is
// owned by two databases.
func merge(posts []store.Post, limit int) []store.Post {
	slices.SortFunc(posts, func(a, b store.Post) int { return bytes.Compare(b.ID[:], a.ID[:]) })
	posts = slices.CompactFunc(posts, func(a, b store.Post) bool { return a.ID == b.ID })
	return posts[:min(limit, len(posts))]
}

// Held is how many slots each database has.
func (s *Shards) Held() []int {
	held := make([]int, len(s.pools))
	for _, owner := range s.Map().Owners {
		held[owner]++
	}
	return held
}

// Balance moves slots until every database has as many as the others, one
// after another. Progress is called after each.
func (s *Shards) Balance(ctx context.Context, progress func(done, all int)) error {
	moves := Balance(s.Map(), len(s.pools))
	for i, m := range moves {
		if err := s.Move(ctx, m.Slot, m.To); err != nil {
			return err
		}
		progress(i+1, len(moves))
	}
	return nil
}
