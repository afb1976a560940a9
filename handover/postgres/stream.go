package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Stream carries the rows of one side to the other: a publication and a slot there,
// a subscription here. Only one of the two directions exists while writes are taken.
type Stream struct {
	Pub, Sub *Side
	// Name is that of publication, slot and subscription. A slot's name is the whole
	// server's, so it has the move's name in it.
	Name string
}

// Flow is how a stream stands.
type Flow struct {
	// Subscribed, Enabled and HasSlot are what there is of it.
	Subscribed, Enabled, HasSlot bool
	// Waiting are the tables whose first copy is not done yet.
	Waiting []string
	// Ready is how many have theirs.
	Ready int
	// LagBytes is the log that was written and has not arrived.
	LagBytes int64
	// Lost says that the log of the slot, or of one by which a table's first copy catches up,
	// was thrown away: the copy must begin anew.
	Lost bool
	// Errors counts what could not be applied; the newest is in the server's log.
	Errors int64
}

// Follows says whether all that is written arrives.
func (f Flow) Follows() bool {
	return f.Subscribed && f.Enabled && f.HasSlot && !f.Lost && len(f.Waiting) == 0 && f.Ready > 0
}

// Flow asks both sides.
func (s Stream) Flow(ctx context.Context) (Flow, error) {
	var f Flow
	var id string
	err := s.Sub.Conn.QueryRow(ctx, `SELECT subenabled, oid::text FROM pg_subscription WHERE subname = $1
		AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`, s.Name).Scan(&f.Enabled, &id)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return f, fmt.Errorf("ask for the subscription %s: %w", s.Name, err)
	}
	f.Subscribed = err == nil
	if f.Subscribed {
		if err := s.relations(ctx, &f); err != nil {
			return f, err
		}
	}
	err = s.Pub.Conn.QueryRow(ctx, `SELECT coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)::bigint,
		coalesce(wal_status = 'lost', false) FROM pg_replication_slots WHERE slot_name = $1`, s.Name).Scan(&f.LagBytes,
		&f.Lost)
	f.HasSlot = err == nil
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	if err == nil && !f.Lost {
		f.Lost, err = s.firstCopyLost(ctx, id)
	}
	return f, err
}

// firstCopyLost reports whether the log was thrown away by which a table catches up with what
// was written during its first copy. PostgreSQL tries again for ever, and counts no error. id is
// the subscription's, of which it names those slots; empty is none.
func (s Stream) firstCopyLost(ctx context.Context, id string) (bool, error) {
	if id == "" {
		return false, nil
	}
	return value[bool](ctx, s.Pub, `SELECT EXISTS (SELECT FROM pg_replication_slots WHERE wal_status = 'lost'
		AND starts_with(slot_name, 'pg_' || $1 || '_sync_'))`, id)
}

func (s Stream) relations(ctx context.Context, f *Flow) error {
	rows, err := structs[struct{ Name, State string }](ctx, s.Sub, `SELECT srrelid::regclass::text AS name,
		srsubstate::text AS state FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid
		WHERE subname = $1 ORDER BY 1`, s.Name)
	for _, r := range rows {
		if r.State == "r" {
			f.Ready++
		} else {
			f.Waiting = append(f.Waiting, r.Name)
		}
	}
	if err != nil || !s.Sub.has(ctx, "pg_catalog.pg_stat_subscription_stats") {
		return err
	}
	f.Errors, err = value[int64](ctx, s.Sub, `SELECT coalesce(max(apply_error_count + sync_error_count), 0)
		FROM pg_stat_subscription_stats WHERE subname = $1`, s.Name)
	return err
}

func (s *Side) has(ctx context.Context, relation string) bool {
	there, err := value[bool](ctx, s, "SELECT to_regclass($1) IS NOT NULL", relation)
	return err == nil && there
}

// Publish makes the publication of all tables that move, or adds those that it lacks. It says
// which tables were added.
func (s Stream) Publish(ctx context.Context) ([]string, error) {
	missing, err := s.Unpublished(ctx)
	if err != nil || len(missing) == 0 {
		return missing, err
	}
	there, err := value[bool](ctx, s.Pub, "SELECT EXISTS (SELECT FROM pg_publication WHERE pubname = $1)", s.Name)
	if err != nil {
		return nil, err
	}
	sql := "ALTER PUBLICATION " + ident(s.Name) + " ADD TABLE " + strings.Join(missing, ", ")
	if !there {
		sql = "CREATE PUBLICATION " + ident(s.Name) + " FOR TABLE " + strings.Join(missing, ", ")
	}
	if err := s.Pub.locking(ctx, patience, sql); err != nil {
		return nil, fmt.Errorf("publish %s: %w", listed(missing), err)
	}
	return missing, nil
}

// Unpublished are the tables that the publication lacks, all where there is none.
func (s Stream) Unpublished(ctx context.Context) ([]string, error) {
	return column[string](ctx, s.Pub, `SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND (`+outside+
		` AND`+moves("c.oid")+` OR (n.nspname = '`+Schema+`' AND c.relname = 'mark')) AND`+notOfExtension+` AND NOT EXISTS (
			SELECT FROM pg_publication_rel p JOIN pg_publication b ON b.oid = p.prpubid
			WHERE p.prrelid = c.oid AND b.pubname = $1) ORDER BY 1`, s.Name)
}

// Keep makes the slot: from now on the publishing side keeps its log for the stream.
func (s Stream) Keep(ctx context.Context) error {
	there, err := value[bool](ctx, s.Pub, "SELECT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)", s.Name)
	if err != nil || there {
		return err
	}
	return s.Pub.exec(ctx, "SELECT pg_create_logical_replication_slot('"+s.Name+"', 'pgoutput')")
}

// KeepFromNow makes the slot anew, so that it begins here.
func (s Stream) KeepFromNow(ctx context.Context) error {
	if err := s.LetGo(ctx); err != nil {
		return err
	}
	return s.Keep(ctx)
}

// Subscribe makes the subscription, with the rows that are there or without.
func (s Stream) Subscribe(ctx context.Context, rows bool) error {
	err := s.Sub.exec(ctx, fmt.Sprintf("CREATE SUBSCRIPTION %s CONNECTION %s PUBLICATION %s WITH (create_slot = false, "+
		"slot_name = '%s', copy_data = %t)", ident(s.Name), literal(s.Pub.seen()), ident(s.Name), s.Name, rows))
	if err != nil {
		return fmt.Errorf("subscribe: %w; the server on the side %q must reach the one on the side %q", withoutPassword(err,
			s.Pub), s.Sub.Name, s.Pub.Name)
	}
	return nil
}

// Refresh takes up tables that were published since, with their rows.
func (s Stream) Refresh(ctx context.Context) error {
	return s.Sub.exec(ctx, "ALTER SUBSCRIPTION "+ident(s.Name)+" REFRESH PUBLICATION")
}

// Halt stops the stream where it is, and Go lets it go on.
func (s Stream) Halt(ctx context.Context) error {
	return s.Sub.exec(ctx, "ALTER SUBSCRIPTION "+ident(s.Name)+" DISABLE")
}

// Go lets a halted stream go on.
func (s Stream) Go(ctx context.Context) error {
	return s.Sub.exec(ctx, "ALTER SUBSCRIPTION "+ident(s.Name)+" ENABLE")
}

// Drop takes subscription, slots and publication away, whatever there is of them.
func (s Stream) Drop(ctx context.Context) error {
	f, err := s.Flow(ctx)
	if err != nil {
		return err
	}
	if f.Subscribed {
		// Without its slot it can be dropped while the other server is away.
		name := ident(s.Name)
		if err := s.Sub.exec(ctx, "ALTER SUBSCRIPTION "+name+" DISABLE", "ALTER SUBSCRIPTION "+name+
			" SET (slot_name = NONE)", "DROP SUBSCRIPTION "+name); err != nil {
			return fmt.Errorf("drop the subscription %s: %w", s.Name, err)
		}
	}
	if err := s.LetGo(ctx); err != nil {
		return err
	}
	return s.Pub.exec(ctx, "DROP PUBLICATION IF EXISTS "+ident(s.Name))
}

// sqlSlots are the stream's slots: its own, and those of copies of tables, which have
// the number of the subscribing server in their names.
const sqlSlots = `SELECT slot_name::text AS name, coalesce(active_pid, 0) AS pid FROM pg_replication_slots
	WHERE database = current_database() AND (slot_name = $1 OR slot_name ~ ('^pg_[0-9]+_sync_[0-9]+_' || $2 || '$'))`

// LetGo drops the slots of the stream; the publishing side keeps no log for it any more.
func (s Stream) LetGo(ctx context.Context) error {
	system, err := value[string](ctx, s.Sub, "SELECT system_identifier::text FROM pg_control_system()")
	if err != nil {
		return err
	}
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		slots, err := structs[struct {
			Name string
			PID  int32
		}](ctx, s.Pub, sqlSlots, s.Name, system)
		if err != nil || len(slots) == 0 {
			return err
		}
		for _, slot := range slots {
			sql := "SELECT pg_drop_replication_slot('" + slot.Name + "')"
			if slot.PID != 0 {
				sql = fmt.Sprintf("SELECT pg_terminate_backend(%d)", slot.PID)
			}
			// In use, or gone since: the next look tells.
			if err := s.Pub.exec(ctx, sql); err != nil && !isCode(err, "55006", "42704") {
				return fmt.Errorf("drop the slot %s: %w", slot.Name, err)
			}
		}
		if time.Now().After(end) {
			return fmt.Errorf("drop the slots of %s: still in use after %s", s.Name, patience)
		}
	}
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// withoutPassword keeps the other side's address out of a message.
func withoutPassword(err error, s *Side) error {
	if text := err.Error(); strings.Contains(text, s.seen()) {
		return errors.New(strings.ReplaceAll(text, s.seen(), s.Shown()))
	}
	return err
}

// Unsubscribed are tables that are published and that the subscription does not know
// yet.
func (s Stream) Unsubscribed(ctx context.Context) ([]string, error) {
	published, err := column[string](ctx, s.Pub, `SELECT format('%I.%I', schemaname, tablename) FROM pg_publication_tables
		WHERE pubname = $1 ORDER BY 1`, s.Name)
	if err != nil {
		return nil, err
	}
	known, err := column[string](ctx, s.Sub, `SELECT format('%I.%I', n.nspname, c.relname) FROM pg_subscription_rel r
		JOIN pg_subscription s ON s.oid = r.srsubid JOIN pg_class c ON c.oid = r.srrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE s.subname = $1`, s.Name)
	return slices.DeleteFunc(published, func(t string) bool { return slices.Contains(known, t) }), err
}
