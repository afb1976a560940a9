package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Slot is what a stream's slot lets the publishing server keep of its log.
type Slot struct {
	Name string `json:"name"`
	// Side is the one whose disk it is on.
	Side string `json:"side"`
	// RetainedBytes is the log that is kept for it, and LeftBytes how much more may be
	// before it is thrown away; negative means that nothing bounds it.
	RetainedBytes int64 `json:"retained_bytes"`
	LeftBytes     int64 `json:"left_bytes"`
	// Active says that the other side fetches from it now.
	Active bool `json:"active"`
}

// Slot reads the stream's slot; nil means that there is none.
func (s Stream) Slot(ctx context.Context) (*Slot, error) {
	slot := &Slot{Name: s.Name, Side: s.Pub.Name}
	err := s.Pub.Conn.QueryRow(ctx, `SELECT coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint,
		CASE WHEN wal_status = 'lost' THEN 0 ELSE coalesce(safe_wal_size, -1) END, active
		FROM pg_replication_slots WHERE slot_name = $1`, s.Name).Scan(&slot.RetainedBytes, &slot.LeftBytes, &slot.Active)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask the side %q for the slot %s: %w", s.Pub.Name, s.Name, err)
	}
	return slot, nil
}
