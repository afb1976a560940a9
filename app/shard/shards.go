package shard

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Prepare makes a database, which has the app's tables, fit to be a shard: what
// changes in a slot that moves is noted for each of the tables.
func Prepare(ctx context.Context, url string, tables ...Table) error {
	if _, err := store.MigrateFrom(ctx, url, migrations, "goose_shard_version"); err != nil || len(tables) == 0 {
		return err
	}
	config, err := database.ParseURL(url)
	if err != nil {
		return fmt.Errorf("prepare a shard: %w", err)
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("prepare a shard: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // it has answered
	for _, t := range tables {
		if err := t.prepare(ctx, conn); err != nil {
			return fmt.Errorf("prepare %s for moves: %w", t.Name, err)
		}
	}
	return nil
}

// lockClass tells the locks of slots from others in a database.
const lockClass = 5_1024

// ErrMoving is returned when a slot was not where the map said for too long.
var ErrMoving = errors.New("the slot is between two databases")

const (
	// patience is how long to look for a slot that is being switched.
	patience = 5 * time.Second
	// retryPause is how long to wait before looking again.
	retryPause = 10 * time.Millisecond
)

// Config says how people are placed.
type Config struct {
	// Placement decides in which slot a new user is; nil means Hash.
	Placement Placement
	// Region is where those are who sign up here; it matters to Geo only.
	Region string
	// Tables are those beside users whose rows are people's, each with a column
	// slot: they move with their slots.
	Tables []Table
}

// Shards are the databases and the map. The first is the directory, in which
// the map is kept.
type Shards struct {
	dbs     []*database.Pools
	config  Config
	tables  []table
	places  places
	refresh sync.Mutex
	current atomic.Pointer[Map]
}

// Open reads the map. Where there is none yet the first database owns every
// slot, as it did before there were others. Each database but the first must
// have a name of its own.
func Open(ctx context.Context, c Config, dbs ...*database.Pools) (*Shards, error) {
	if c.Placement == nil {
		c.Placement = Hash{}
	}
	s := &Shards{dbs: dbs, config: c}
	for _, t := range append([]Table{Users}, c.Tables...) {
		s.tables = append(s.tables, newTable(t))
	}
	err := s.Refresh(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		if err = s.initialise(ctx, Whole()); err == nil {
			err = s.Refresh(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	return s, s.places.open(ctx, s.directory(), c.Placement)
}

func (s *Shards) directory() *pgxpool.Pool { return s.dbs[0].Primary() }

// initialise hands out the slots. Doing so twice does no harm.
func (s *Shards) initialise(ctx context.Context, m Map) error {
	if _, err := s.directory().Exec(ctx, "INSERT INTO slots_owned SELECT generate_series(0, $1) ON CONFLICT DO NOTHING",
		store.Slots-1); err != nil {
		return fmt.Errorf("hand out the slots: %w", err)
	}
	_, err := s.directory().Exec(ctx, addMap, m.Version, m.Owners[:])
	return err
}

// Refresh reads the newest map. From replicas of databases whose slots have
// changed it keeps reads until they have the change: a late one would take
// slots for its own that it has given up.
func (s *Shards) Refresh(ctx context.Context) error {
	m, err := s.readMap(ctx)
	if err != nil {
		return fmt.Errorf("read the slot map: %w", err)
	}
	s.refresh.Lock()
	defer s.refresh.Unlock()
	old := s.current.Load()
	if old != nil && old.Version >= m.Version {
		return nil
	}
	for i := range changed(old, m) {
		if err := s.dbs[i].Settle(ctx); err != nil {
			return fmt.Errorf("take over the slot map: shard %d: %w", i+1, err)
		}
	}
	s.current.Store(&m)
	return nil
}

func (s *Shards) readMap(ctx context.Context) (m Map, err error) {
	var owners []int16
	if err := s.directory().QueryRow(ctx, newestMap).Scan(&m.Version, &owners); err != nil {
		return m, err
	}
	if len(owners) != store.Slots {
		return m, fmt.Errorf("%d slots, want %d", len(owners), store.Slots)
	}
	copy(m.Owners[:], owners)
	return m, m.check(len(s.dbs))
}

// changed are the databases that own other slots by m than by old; all that
// own any when nothing was known before.
func changed(old *Map, m Map) map[int16]bool {
	out := map[int16]bool{}
	for slot, owner := range m.Owners {
		switch {
		case old == nil:
			out[owner] = true
		case old.Owners[slot] != owner:
			out[owner], out[old.Owners[slot]] = true, true
		}
	}
	return out
}

// Map is the newest that is known here.
func (s *Shards) Map() Map { return *s.current.Load() }

// errElsewhere is a slot that the database asked does not own.
var errElsewhere = errors.New("slot is elsewhere")

// Write runs fn in a transaction of the database that owns the key's slot. A
// slot that is being switched is waited for; fn may run again then, after its
// transaction was undone.
func (s *Shards) Write(ctx context.Context, k Key, fn func(tx pgx.Tx, slot int16) error) error {
	slot, err := s.slot(ctx, k.User)
	if err != nil {
		return err
	}
	return s.writeSlot(ctx, slot, fn)
}

// writeSlot notes for ctx's session by which map it writes, too: a server with an
// older one might ask a late replica of a former owner.
func (s *Shards) writeSlot(ctx context.Context, slot int16, fn func(tx pgx.Tx, slot int16) error) error {
	return s.find(ctx, slot, func(m *Map, db *database.Pools) error {
		if session := database.SessionOf(ctx); session != nil {
			session.SawMap(m.Version)
		}
		return db.Write(ctx, func(tx pgx.Tx) error {
			if err := claim(ctx, tx, slot, true); err != nil {
				return err
			}
			return fn(tx, slot)
		})
	})
}

// Read runs fn on one state of the database that owns the key's slot, on a
// replica where ctx's session may.
func (s *Shards) Read(ctx context.Context, k Key, fn func(q database.Querier) error) error {
	slot, err := s.slot(ctx, k.User)
	if err == nil {
		err = s.catchUp(ctx)
	}
	if err != nil {
		return err
	}
	return s.find(ctx, slot, func(_ *Map, db *database.Pools) error {
		return readOwned(ctx, db, func(tx pgx.Tx) error { return claim(ctx, tx, slot, false) },
			func(tx pgx.Tx) error { return fn(tx) })
	})
}

// Everywhere is as [Place] says.
func (s *Shards) Everywhere(ctx context.Context, fn func(tx pgx.Tx) error) error {
	for _, db := range slices.Backward(s.dbs) {
		if err := db.Write(ctx, fn); err != nil {
			return err
		}
	}
	return nil
}

// readOwned runs fn where owned finds all that it must. A replica that does
// not have it yet is no reason to look elsewhere: the primary may.
func readOwned(ctx context.Context, db *database.Pools, owned, fn func(pgx.Tx) error) error {
	for _, read := range []func(context.Context, func(pgx.Tx) error) error{db.ReadTx, db.PrimaryTx} {
		here := true
		err := read(ctx, func(tx pgx.Tx) error {
			if err := owned(tx); errors.Is(err, errElsewhere) { // not an error of the server's
				here = false
				return nil
			} else if err != nil {
				return err
			}
			return fn(tx)
		})
		if here || err != nil {
			return err
		}
	}
	return errElsewhere
}

// catchUp makes sure that the map is not older than the session's writes.
func (s *Shards) catchUp(ctx context.Context) error {
	if session := database.SessionOf(ctx); session == nil || session.Map() <= s.current.Load().Version {
		return nil
	}
	return s.Refresh(ctx)
}

// find runs fn with the owner of a slot, until it is.
func (s *Shards) find(ctx context.Context, slot int16, fn func(*Map, *database.Pools) error) error {
	for end := time.Now().Add(patience); ; {
		m := s.current.Load()
		err := fn(m, s.dbs[m.Owners[slot]])
		if !errors.Is(err, errElsewhere) {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("slot %d: %w", slot, ErrMoving)
		}
		time.Sleep(retryPause)
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
	var here bool
	if err := tx.QueryRow(ctx, ownsSlot, slot).Scan(&here); err != nil {
		return fmt.Errorf("ask for slot %d: %w", slot, err)
	}
	if !here {
		return errElsewhere
	}
	return nil
}
