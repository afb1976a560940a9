package shard_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
)

func count(m shard.Map, n int) []int {
	held := make([]int, n)
	for _, owner := range m.Owners {
		held[owner]++
	}
	return held
}

// even is a map by which each of n databases, of at most as many as there are slots,
// owns as many as the others, give or take one.
func even(n int) shard.Map {
	m := shard.Whole()
	for slot := range m.Owners {
		m.Owners[slot] = int16(slot * n / store.Slots)
	}
	return m
}

func TestBalanceMovesNoMoreThanItMust(t *testing.T) {
	m := even(3)
	moves := shard.Balance(m, 4)
	assert.Len(t, moves, 256, "a fourth database gets a quarter")
	for _, v := range moves {
		assert.Equal(t, 3, v.To)
		m = m.Moved(v.Slot, v.To)
	}
	assert.Equal(t, []int{256, 256, 256, 256}, count(m, 4))
	assert.EqualValues(t, 257, m.Version)
	assert.Empty(t, shard.Balance(m, 4))
}

func TestHashIsEven(t *testing.T) {
	m := even(4)
	held := make([]int, 4)
	for range 40_000 {
		held[m.Owners[shard.Hash{}.Slot(shard.Key{User: store.NewID()})]]++
	}
	for _, n := range held {
		assert.InDelta(t, 10_000, n, 700, "%v", held)
	}
}

func TestRange(t *testing.T) {
	a, b := store.NewID(), store.NewID()
	r, err := shard.NewRange(a, b)
	require.NoError(t, err)
	for give, want := range map[uuid.UUID]int16{uuid.Nil: 0, a: 1, b: 2, store.NewID(): 2} {
		assert.Equal(t, want, r.Slot(shard.Key{User: give}))
	}
	_, err = shard.NewRange(b, a)
	assert.Error(t, err)
}

func TestGeo(t *testing.T) {
	g, err := shard.NewGeo("us-east-1", "eu-central-1")
	require.NoError(t, err)
	for region, want := range map[string][2]int16{"us-east-1": {0, 512}, "eu-central-1": {512, 1024},
		"elsewhere": {0, 512}} {
		for range 1000 {
			slot := g.Slot(shard.Key{User: store.NewID(), Region: region})
			require.True(t, slot >= want[0] && slot < want[1], "%s: %d", region, slot)
		}
	}
}

// FuzzMap holds that every user is in exactly one place, whatever the id, the
// number of databases and the moves, and that balancing never needs more than
// the slots there are.
func FuzzMap(f *testing.F) {
	f.Add([]byte("0123456789abcdef"), uint16(3), int16(7), uint16(2))
	f.Fuzz(func(t *testing.T, id []byte, n uint16, slot int16, to uint16) {
		if n < 1 || n > store.Slots {
			return
		}
		m := even(int(n))
		user, err := uuid.FromBytes(id)
		if err != nil {
			return
		}
		at := shard.Hash{}.Slot(shard.Key{User: user})
		if at < 0 || at >= store.Slots || at != (shard.Hash{}).Slot(shard.Key{User: user}) {
			t.Fatalf("slot %d", at)
		}
		if slot >= 0 && slot < store.Slots {
			m = m.Moved(slot, int(to%n))
		}
		moves := shard.Balance(m, int(n))
		for _, v := range moves {
			if int(m.Owners[v.Slot]) != v.From {
				t.Fatalf("moves slot %d from %d, which %d owns", v.Slot, v.From, m.Owners[v.Slot])
			}
			m = m.Moved(v.Slot, v.To)
		}
		if len(moves) > 1 || len(shard.Balance(m, int(n))) != 0 {
			t.Fatalf("%d moves after one", len(moves))
		}
	})
}
