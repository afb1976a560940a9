// Package shard spreads users over several databases. A user belongs to one of
// [store.Slots] virtual slots; a map says in which database each slot is; all
// rows of a user are in that one. To add a database, slots are moved to it
// one by one while the app goes on.
//
// It is for stage 5: one database carries a long way, and what crosses shards
// (the newest posts of all) costs a question to each of them. A unique index
// holds within one database only, so e-mail addresses and names need a
// directory of their own. Package store does without all this.
package shard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/store"
)

// Map says which database owns each slot, by its index in the list of
// databases.
type Map struct {
	// Version grows by one with each change.
	Version int64
	Owners  [store.Slots]int16
}

// Whole is the map with which a database begins to be spread: it holds
// everything. [Balance] says what to move from there.
func Whole() Map { return Map{Version: 1} }

// Moved is the next version, in which a slot belongs to another database.
func (m Map) Moved(slot int16, to int) Map {
	m.Version++
	m.Owners[slot] = int16(to)
	return m
}

// check refuses a map that names a database which is not there.
func (m Map) check(databases int) error {
	for slot, owner := range m.Owners {
		if owner < 0 || int(owner) >= databases {
			return fmt.Errorf("slot map version %d: slot %d belongs to database %d, want 0 to %d", m.Version, slot, owner,
				databases-1)
		}
	}
	return nil
}

// Move is one slot that must change its database.
type Move struct {
	Slot     int16
	From, To int
}

// Balance is the fewest moves after which n databases have as many slots as
// each other, give or take one.
func Balance(m Map, n int) []Move {
	held := make([][]int16, n)
	for slot, owner := range m.Owners {
		held[owner] = append(held[owner], int16(slot))
	}
	var moves []Move
	for {
		most, least := 0, 0
		for i := range held {
			if len(held[i]) > len(held[most]) {
				most = i
			}
			if len(held[i]) < len(held[least]) {
				least = i
			}
		}
		if len(held[most])-len(held[least]) <= 1 {
			return moves
		}
		last := len(held[most]) - 1
		slot := held[most][last]
		held[most] = held[most][:last]
		held[least] = append(held[least], slot)
		moves = append(moves, Move{Slot: slot, From: most, To: least})
	}
}

// Key is what decides on a user's slot. Region matters to [Geo] only.
type Key struct {
	User   uuid.UUID
	Region string
}

// Placement decides in which slot a user is. The answer for a key never
// changes: what moves are slots.
type Placement interface{ Slot(Key) int16 }

// Hash spreads users evenly: the right choice unless something speaks for
// another.
type Hash struct{}

// Slot hashes the user's id.
func (Hash) Slot(k Key) int16 { return store.SlotOf(k.User) }

// Range keeps users who signed up after each other together, since ids grow
// with time. The newest slot gets all new users: good for putting the old
// away, bad for load.
type Range struct{ bounds []uuid.UUID }

// NewRange puts ids below the first bound into slot 0, and so on.
func NewRange(bounds ...uuid.UUID) (Range, error) {
	var errs []error
	if len(bounds) >= store.Slots {
		errs = append(errs, fmt.Errorf("bounds: got %d, want fewer than %d", len(bounds), store.Slots))
	}
	for i := 1; i < len(bounds); i++ {
		if compare(bounds[i-1], bounds[i]) >= 0 {
			errs = append(errs, fmt.Errorf("bounds: %s comes after %s, want ascending", bounds[i], bounds[i-1]))
		}
	}
	return Range{bounds: bounds}, errors.Join(errs...)
}

// Days are the first ids that can be made on days.
func Days(days ...time.Time) []uuid.UUID {
	out := make([]uuid.UUID, len(days))
	for i, d := range days {
		var at [8]byte
		binary.BigEndian.PutUint64(at[:], uint64(d.UnixMilli())<<16)
		copy(out[i][:], at[:6])
	}
	return out
}

func compare(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

// Slot finds the range by halving.
func (r Range) Slot(k Key) int16 {
	i, found := slices.BinarySearchFunc(r.bounds, k.User, compare)
	if found {
		i++ // a bound is the first of the next range
	}
	return int16(i)
}

// Geo keeps the users of a region in slots of its own, which databases of that
// region own: near to them, and under its laws. Within a region it hashes.
type Geo struct{ regions []string }

// NewGeo gives each region the same number of slots. Who comes from elsewhere
// belongs to the first.
func NewGeo(regions ...string) (Geo, error) {
	if len(regions) < 1 || len(regions) > store.Slots {
		return Geo{}, fmt.Errorf("regions: got %d, want 1 to %d", len(regions), store.Slots)
	}
	return Geo{regions: regions}, nil
}

// Slots are the first slot of a region and the one after its last.
func (g Geo) Slots(region string) (first, end int16) {
	i := max(slices.Index(g.regions, region), 0)
	width := store.Slots / len(g.regions)
	return int16(i * width), int16((i + 1) * width)
}

// Slot hashes within the region.
func (g Geo) Slot(k Key) int16 {
	first, end := g.Slots(k.Region)
	return first + store.SlotOf(k.User)%(end-first)
}
