package postgres

import (
	"context"
	"fmt"
	"strings"
)

// made is where the move keeps the names of the tables that it has made, where some
// tables move: the others were there before.
const made = Schema + ".made"

// sqlMade keeps all tables that move as made here, with the statements that make them.
func sqlMade(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "(" + literal(n) + ")"
	}
	return "\nCREATE TABLE IF NOT EXISTS " + made + " (name text PRIMARY KEY);\nINSERT INTO " + made + " VALUES " +
		strings.Join(quoted, ", ") + ";\n"
}

// emptyChosen takes away what the move has brought: tables that it has made, and the
// rows of those that were there.
func (s *Side) emptyChosen(ctx context.Context) error {
	own, err := s.madeHere(ctx)
	if err != nil {
		return err
	}
	if len(own) > 0 {
		if err := s.exec(ctx, "DROP TABLE IF EXISTS "+strings.Join(own, ", ")+"; DELETE FROM "+made); err != nil {
			return fmt.Errorf("drop the copy: %w", err)
		}
	}
	tables, err := structs[fenced](ctx, s, sqlFenced)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := s.locking(ctx, patience, t.without("DELETE FROM "+t.Name)); err != nil {
			return fmt.Errorf("take the rows out of %s: %w", t.Name, err)
		}
	}
	return nil
}

// madeHere are the tables that the move has made on the side and that are still there.
func (s *Side) madeHere(ctx context.Context) ([]string, error) {
	there, err := value[bool](ctx, s, "SELECT to_regclass('"+made+"') IS NOT NULL")
	if err != nil || !there {
		return nil, err
	}
	return column[string](ctx, s, "SELECT name FROM "+made+" WHERE to_regclass(name) IS NOT NULL ORDER BY 1")
}

// Copied counts the tables that [Side.Empty] would change: all that are there, and
// where some tables move, those that the move has made or that have rows.
func (s *Side) Copied(ctx context.Context) (int, error) {
	tables, err := s.Tables(ctx)
	if err != nil || len(s.Only) == 0 {
		return len(tables), err
	}
	own, err := s.madeHere(ctx)
	if err != nil || len(own) > 0 {
		return len(own), err
	}
	filled, err := s.filled(ctx, tables)
	return len(filled), err
}

// without is a statement past the table's fence, which stands again in the same
// transaction.
func (t fenced) without(sql string) string {
	if t.State != "A" {
		return sql
	}
	return turn(t.Name, false) + "; " + sql + "; " + turn(t.Name, true)
}
