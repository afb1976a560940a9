package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Held lets do run while nobody writes to any table of the side: who writes waits, who reads
// goes on. It waits for those who have written for as long as within at most, and leaves
// nothing behind. It is for a moment; do must end by itself.
func (s *Side) Held(ctx context.Context, within time.Duration, do func(context.Context) error) error {
	tables, err := structs[fenced](ctx, s, sqlFenced)
	if err != nil {
		return err
	}
	if len(tables) == 0 {
		return errors.New("there are no tables")
	}
	var names []string
	for _, t := range tables {
		names = append(names, t.Name)
	}
	tx, err := s.Conn.Begin(ctx)
	if err != nil {
		return fmt.Errorf("hold the writes of the side %q back: %w", s.Name, err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // it has changed nothing
	for _, sql := range []string{fmt.Sprintf("SET LOCAL lock_timeout = '%dms'", within.Milliseconds()),
		"LOCK TABLE " + strings.Join(names, ", ") + " IN EXCLUSIVE MODE"} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("hold the writes of the side %q back: %w; try it when there is less to do", s.Name, err)
		}
	}
	return do(ctx)
}
