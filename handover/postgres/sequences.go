package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Sequences sets the counters of a side to those of the other and a margin further,
// never back. The other side must be closed. It says how many were set.
func Sequences(ctx context.Context, from, to *Side, margin int64) (int, error) {
	had, err := structs[Sequence](ctx, from, sqlSequences)
	if err != nil {
		return 0, err
	}
	has, err := structs[Sequence](ctx, to, sqlSequences)
	if err != nil {
		return 0, err
	}
	batch := &pgx.Batch{}
	for _, next := range ahead(had, has, margin) {
		batch.Queue("SELECT setval($1::regclass, $2)", next.String(), *next.Last)
	}
	if batch.Len() == 0 {
		return 0, nil
	}
	if err := to.Conn.SendBatch(ctx, batch).Close(); err != nil {
		return 0, fmt.Errorf("set the sequences on the side %q: %w", to.Name, err)
	}
	return batch.Len(), nil
}

// ahead are the sequences that must be set, and to what: a margin beyond the old
// side's, where the new side is not further already. A sequence that has no room for
// the margin stops at its end.
func ahead(had, has []Sequence, margin int64) []Sequence {
	now := map[string]*int64{}
	for _, s := range has {
		now[s.String()] = s.Last
	}
	var set []Sequence
	for _, s := range had {
		if s.Last == nil {
			continue
		}
		next := *s.Last + min(margin, s.left())*s.Step
		if last := now[s.String()]; last != nil && (s.Step > 0 && *last >= next || s.Step < 0 && *last <= next) {
			continue
		}
		s.Last = &next
		set = append(set, s)
	}
	return set
}

// Refill fills the materialised views of a side, settles the rows that were copied there, and
// lets its planner know them. Where pages have checksums, whoever reads one for the first time
// writes it to the log once: that is done here, while nobody is served. Else the comparison
// after the switch would do it, 2 GB of log for 2 GB of rows, and with a standby for which
// commits wait each write of people would wait behind that log.
func (s *Side) Refill(ctx context.Context) (string, error) {
	views, err := column[string](ctx, s, `SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND`+outside+` AND`+moves("c.oid")+
		` ORDER BY c.oid`)
	if err != nil {
		return "", err
	}
	for _, v := range views {
		if err := s.exec(ctx, "REFRESH MATERIALIZED VIEW "+v); err != nil {
			return "", fmt.Errorf("fill %s: %w", v, err)
		}
	}
	chosen, err := s.chosen(ctx)
	if err != nil {
		return "", err
	}
	if err := s.exec(ctx, "VACUUM (ANALYZE) "+strings.Join(chosen, ", ")); err != nil {
		return "", fmt.Errorf("settle the rows and let the planner know them: %w", err)
	}
	return fmt.Sprintf("vacuumed and analysed; %d materialised views filled", len(views)), nil
}
