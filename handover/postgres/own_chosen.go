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
	return s.EmptyRows(ctx)
}

// EmptyRows takes all rows out of the tables that move, past their fence. One statement
// does it, at whose end foreign keys between them are looked at.
func (s *Side) EmptyRows(ctx context.Context) error {
	tables, err := structs[fenced](ctx, s, sqlFenced)
	if err != nil || len(tables) == 0 {
		return err
	}
	var off, deletes, on []string
	for i, t := range tables {
		deletes = append(deletes, fmt.Sprintf("d%d AS (DELETE FROM %s)", i, t.Name))
		if t.State == "A" { // it stands again in the same transaction
			off, on = append(off, turn(t.Name, false)+"; "), append(on, "; "+turn(t.Name, true))
		}
	}
	sql := strings.Join(off, "") + "WITH " + strings.Join(deletes, ", ") + " SELECT; SET CONSTRAINTS ALL IMMEDIATE" +
		strings.Join(on, "")
	if err := s.locking(ctx, patience, sql); err != nil {
		return fmt.Errorf("take the rows out of the tables that move: %w", err)
	}
	return nil
}

// Filled are the tables that move and have rows.
func (s *Side) Filled(ctx context.Context) ([]string, error) {
	tables, err := s.Tables(ctx)
	if err != nil {
		return nil, err
	}
	return s.filled(ctx, tables)
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
