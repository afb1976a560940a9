package postgres

import (
	"context"
	"fmt"
)

// Claim makes the mover's own schema on the side and writes the move's name there.
// It fails where another move has it.
func (s *Side) Claim(ctx context.Context, move string) error {
	if err := s.exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+Schema,
		"CREATE TABLE IF NOT EXISTS "+Schema+".move (name text PRIMARY KEY)",
		"CREATE TABLE IF NOT EXISTS "+Schema+".mark (value text PRIMARY KEY)",
		"CREATE SEQUENCE IF NOT EXISTS "+Schema+".refused MINVALUE 0"); err != nil {
		return fmt.Errorf("make the mover's schema: %w", err)
	}
	if _, err := s.Conn.Exec(ctx, "INSERT INTO "+Schema+".move SELECT $1 WHERE NOT EXISTS (SELECT FROM "+Schema+".move)",
		move); err != nil {
		return fmt.Errorf("claim the side %q: %w", s.Name, err)
	}
	owner, err := s.Claimed(ctx)
	if err == nil && owner != move {
		err = fmt.Errorf("claim the side %q: the move %q has it; finish or abort that first", s.Name, owner)
	}
	return err
}

// Claimed is the move that has the side; empty means none.
func (s *Side) Claimed(ctx context.Context) (string, error) {
	there, err := value[bool](ctx, s, "SELECT to_regclass('"+Schema+".move') IS NOT NULL")
	if err != nil || !there {
		return "", err
	}
	return value[string](ctx, s, "SELECT coalesce(max(name), '') FROM "+Schema+".move")
}

// Refused is how many writes the side's fence has refused.
func (s *Side) Refused(ctx context.Context) (int64, error) {
	there, err := value[bool](ctx, s, "SELECT to_regclass('"+Schema+".refused') IS NOT NULL")
	if err != nil || !there {
		return 0, err
	}
	return value[int64](ctx, s, "SELECT CASE WHEN is_called THEN last_value + 1 ELSE 0 END FROM "+Schema+".refused")
}

// Sweep takes everything away that the mover has left on the side, the fence with
// it: whoever reaches the side may write there afterwards.
func (s *Side) Sweep(ctx context.Context) error {
	if err := s.takeDown(ctx); err != nil {
		return err
	}
	if err := s.exec(ctx, "DROP SCHEMA IF EXISTS "+Schema+" CASCADE"); err != nil {
		return fmt.Errorf("take the mover's schema away: %w", err)
	}
	return nil
}

// Empty drops all schemas with their contents, and makes public anew; where some tables
// move, it drops those that the move has made and takes all rows out of the others. It is for the
// copy that an aborted move leaves, and refuses a side that is not closed by the
// fence of this move.
func (s *Side) Empty(ctx context.Context, move string) error {
	owner, err := s.Claimed(ctx)
	if err != nil {
		return err
	}
	gate, err := s.Gate(ctx)
	if err != nil {
		return err
	}
	if owner != move || gate == Open {
		return fmt.Errorf("drop the copy on the side %q: it is not this move's: the side belongs to %q and is %s", s.Name,
			owner, gate)
	}
	if len(s.Only) > 0 {
		return s.emptyChosen(ctx)
	}
	schemas, err := column[string](ctx, s, "SELECT n.nspname FROM pg_namespace n WHERE"+outside+` AND NOT EXISTS (
		SELECT FROM pg_depend d WHERE d.objid = n.oid AND d.deptype = 'e') ORDER BY 1`)
	if err != nil {
		return err
	}
	for _, name := range schemas {
		if err := s.exec(ctx, "DROP SCHEMA "+ident(name)+" CASCADE"); err != nil {
			return fmt.Errorf("drop the copy: %w", err)
		}
	}
	return s.exec(ctx, "CREATE SCHEMA IF NOT EXISTS public AUTHORIZATION pg_database_owner",
		"GRANT USAGE ON SCHEMA public TO PUBLIC")
}
