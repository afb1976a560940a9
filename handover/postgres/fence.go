package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Gate is whether a side takes writes.
type Gate string

const (
	// Bare is a side without a fence: the move has not come that far, or is over.
	Bare Gate = "bare"
	// Open is a side that takes writes; its fence stands ready.
	Open Gate = "open"
	// Closed is a side that refuses writes, whoever makes them, other than those that
	// the other side's stream brings.
	Closed Gate = "closed"
	// Leaking is a closed side with a table that was made after the fence and stands
	// without one: start raises it, and until then only that table takes writes.
	Leaking Gate = "leaking"
	// Mixed is any other side of which some tables are as an open one's: some take
	// writes that did not, or a table was made on an open side.
	Mixed Gate = "mixed"
)

// Writes says whether tables that the move has seen may be written there.
func (g Gate) Writes() bool { return g != Closed && g != Leaking }

// fenceName is the trigger of each table.
const fenceName = "rung_fence"

// Refuses is the SQLSTATE with which a closed side refuses a write: that of a
// read-only transaction, which drivers and pools know.
const Refuses = "25006"

// refuse is the function behind the fence. It counts by a sequence, which keeps its
// value when the refused transaction is undone. What the other side's stream brings
// passes: the first copy of a table and TRUNCATE run triggers as well.
const refuse = `CREATE OR REPLACE FUNCTION ` + Schema + `.refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_stat_activity WHERE pid = pg_backend_pid() AND backend_type LIKE 'logical replication%') THEN
		RETURN NULL;
	END IF;
	PERFORM nextval('` + Schema + `.refused');
	RAISE EXCEPTION 'this side of a move takes no writes' USING ERRCODE = '` + Refuses + `',
		HINT = 'rung handover status says which side does';
END $$`

// sqlFenced are the tables that a fence stands before: those that are written to by
// name, partitioned ones too, with the state of their trigger.
var sqlFenced = `SELECT format('%I.%I', n.nspname, c.relname) AS name, coalesce(t.tgenabled::text, '') AS state
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = '` + fenceName + `'
	WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND` + outside + ` AND` + notOfExtension +
	` AND` + moves("c.oid") + ` ORDER BY 1`

type fenced struct{ Name, State string }

// Gate is the side's now.
func (s *Side) Gate(ctx context.Context) (Gate, error) {
	tables, err := structs[fenced](ctx, s, sqlFenced)
	if err != nil {
		return "", err
	}
	return gateOf(tables), nil
}

// gateOf judges by the triggers. A database without tables has nothing to close.
func gateOf(tables []fenced) Gate {
	count := map[string]int{}
	for _, t := range tables {
		count[t.State]++
	}
	switch len(tables) {
	case count[""]:
		return Bare
	case count["D"]:
		return Open
	case count["A"]:
		return Closed
	case count["A"] + count[""]:
		return Leaking
	}
	return Mixed
}

// Raise puts the fence before all tables of the side, closed or open. Tables that
// have it keep it as it is. It waits for those who write, a table at a time.
func (s *Side) Raise(ctx context.Context, closed bool) error {
	if err := s.exec(ctx, refuse, s.refuseSchema()); err != nil {
		return fmt.Errorf("make the fence: %w", err)
	}
	if err := s.raiseSchema(ctx, closed); err != nil {
		return err
	}
	tables, err := structs[fenced](ctx, s, sqlFenced)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if t.State != "" {
			continue
		}
		sql := "CREATE TRIGGER " + fenceName + " BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON " + t.Name +
			" FOR EACH STATEMENT EXECUTE FUNCTION " + Schema + ".refuse(); " + turn(t.Name, closed)
		if err := s.locking(ctx, patience, sql); err != nil {
			return fmt.Errorf("put the fence before %s: %w", t.Name, err)
		}
	}
	return nil
}

func turn(table string, closed bool) string {
	if closed { // always: also for sessions that say that they replicate
		return "ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER " + fenceName
	}
	return "ALTER TABLE " + table + " DISABLE TRIGGER " + fenceName
}

// CloseGate makes the side refuse writes. Afterwards every transaction that has written
// is over: the lock that turns a trigger waits for it, and lets readers be. It gives
// up within the time given, with nothing changed.
func (s *Side) CloseGate(ctx context.Context, within time.Duration) error {
	if err := s.turnAll(ctx, within, true); err != nil {
		return fmt.Errorf("close the side %q: %w", s.Name, err)
	}
	return nil
}

// OpenGate lets the side take writes. It is for who knows that the other one is closed.
func (s *Side) OpenGate(ctx context.Context, within time.Duration) error {
	if err := s.turnAll(ctx, within, false); err != nil {
		return fmt.Errorf("open the side %q: %w", s.Name, err)
	}
	return nil
}

func (s *Side) turnAll(ctx context.Context, within time.Duration, closed bool) error {
	tables, err := structs[fenced](ctx, s, sqlFenced)
	if err != nil {
		return err
	}
	var names, turns []string
	for _, t := range tables {
		if t.State == "" {
			return fmt.Errorf("the table %s has no fence: it was made during the move; run `rung handover start` again", t.Name)
		}
		names, turns = append(names, t.Name), append(turns, turn(t.Name, closed))
	}
	if len(names) == 0 {
		return errors.New("there are no tables")
	}
	triggers, err := column[string](ctx, s, "SELECT evtname FROM pg_event_trigger WHERE evtname LIKE 'rung\\_fence\\_%'")
	if err != nil {
		return err
	}
	for _, name := range triggers {
		turns = append(turns, turnSchema(name, closed))
	}
	return s.locking(ctx, within, "LOCK TABLE "+strings.Join(names, ", ")+" IN SHARE ROW EXCLUSIVE MODE; "+
		strings.Join(turns, "; "))
}

// takeDown drops the fence. It needs a moment without readers for each table.
func (s *Side) takeDown(ctx context.Context) error {
	for name := range schemaTriggers {
		if err := s.exec(ctx, "DROP EVENT TRIGGER IF EXISTS "+name); err != nil && !isCode(err, "42501") {
			return err
		}
	}
	tables, err := structs[fenced](ctx, s, sqlFenced)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if t.State == "" {
			continue
		}
		if err := s.locking(ctx, patience, "DROP TRIGGER "+fenceName+" ON "+t.Name); err != nil {
			return fmt.Errorf("take the fence of %s away: %w", t.Name, err)
		}
	}
	return nil
}
