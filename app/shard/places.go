package shard

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/store"
)

// placesMax is how many people's slots are remembered. They never change.
const placesMax = 100_000

// places says in which slot a person is. By hash, as all begin, the id says it.
// Where people are placed otherwise the directory says it, also of those who
// came before: so the placement may be changed, for those who are to come.
type places struct {
	byHash bool
	mu     sync.Mutex
	known  map[uuid.UUID]int16
}

func (p *places) open(ctx context.Context, directory *pgxpool.Pool, now Placement) error {
	p.known = map[uuid.UUID]int16{}
	var placed bool
	if err := directory.QueryRow(ctx, anyPlaced).Scan(&placed); err != nil {
		return fmt.Errorf("ask how people are placed: %w", err)
	}
	_, hash := now.(Hash)
	p.byHash = hash && !placed
	return nil
}

// slot is where a person's rows are.
func (s *Shards) slot(ctx context.Context, user uuid.UUID) (int16, error) {
	all, err := s.slots(ctx, []uuid.UUID{user})
	return all[user], err
}

// slots are where several people's rows are.
func (s *Shards) slots(ctx context.Context, users []uuid.UUID) (map[uuid.UUID]int16, error) {
	out := make(map[uuid.UUID]int16, len(users))
	var ask []uuid.UUID
	for _, u := range users {
		slot, known := s.places.look(u)
		if out[u] = slot; !known {
			ask = append(ask, u)
		}
	}
	if len(ask) == 0 {
		return out, nil
	}
	rows, err := s.directory().Query(ctx, slotsOf, ask)
	if err != nil {
		return nil, fmt.Errorf("ask the directory: %w", err)
	}
	var user uuid.UUID
	var slot *int16
	_, err = pgx.ForEachRow(rows, []any{&user, &slot}, func() error {
		if slot != nil {
			out[user] = *slot
		}
		s.places.remember(user, out[user])
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ask the directory: %w", err)
	}
	return out, nil
}

// look says what the hash gives for whom nothing else is known.
func (p *places) look(u uuid.UUID) (slot int16, known bool) {
	slot = store.SlotOf(u)
	if p.byHash {
		return slot, true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if at, known := p.known[u]; known {
		return at, true
	}
	return slot, false
}

func (p *places) remember(u uuid.UUID, slot int16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= placesMax {
		clear(p.known)
	}
	p.known[u] = slot
}
