package shard

import (
	"context"
	"errors"
	"slices"
)

// Held is how many slots each database has.
func (s *Shards) Held() []int {
	held := make([]int, len(s.dbs))
	for _, owner := range s.Map().Owners {
		held[owner]++
	}
	return held
}

// MoveAll moves the slots from first to last to a database, by its index.
// Progress is called after each.
func (s *Shards) MoveAll(ctx context.Context, first, last int16, to int, progress func(done, all int)) error {
	for slot := first; slot <= last; slot++ {
		if err := s.Move(ctx, slot, to); err != nil {
			return err
		}
		progress(int(slot-first)+1, int(last-first)+1)
	}
	return nil
}

// Balance moves slots until every database has as many as the others, one
// after another. It is for people who are placed by hash: other placements
// mean something by where a slot is. Progress is called after each.
func (s *Shards) Balance(ctx context.Context, progress func(done, all int)) error {
	if _, hash := s.config.Placement.(Hash); !hash {
		return errors.New("balance the shards: people are not placed by hash, move slots where they belong instead")
	}
	moves := Balance(s.Map(), len(s.dbs))
	for i, m := range moves {
		if err := s.Move(ctx, m.Slot, m.To); err != nil {
			return err
		}
		progress(i+1, len(moves))
	}
	return nil
}

// Balanced are the slots' databases as [Shards.Balance] would leave them, by their index;
// those of now where people are not placed by hash.
func (s *Shards) Balanced() []int16 {
	now := s.Map()
	owners := slices.Clone(now.Owners[:])
	if _, hash := s.config.Placement.(Hash); hash {
		for _, m := range Balance(now, len(s.dbs)) {
			owners[m.Slot] = int16(m.To)
		}
	}
	return owners
}
