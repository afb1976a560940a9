// Package postgres moves a live PostgreSQL database to another server by logical
// replication, and back.
//
// [Survey] reads what a side is and [Judge] says what stands in the way, before
// anything is changed. [Copy] makes roles and schema, [Stream] carries the rows one
// way at a time, [Fence] keeps a side from taking writes: one of the two is closed
// at every moment of a move. [Mark] waits until everything that was written on one
// side has arrived, [Sequences] sets the counters, [Compare] holds the contents
// against each other on two states that were frozen at the same moment.
//
// What the mover leaves in a database lies in the schema rung_handover, which
// [Sweep] takes away.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Schema is where the mover keeps what is its own, in both databases.
const Schema = "rung_handover"

// Side is one of the two databases, with a connection for one command.
type Side struct {
	// Name is "from" or "to".
	Name string
	// URL is how the mover reaches it.
	URL string
	// Seen is how the other side's server reaches it; empty means by URL.
	Seen string
	// Only are the tables that move, as [TableNames] writes them; none means all.
	Only []string
	// Conn is the mover's connection.
	Conn *pgx.Conn
	// queue is how long the mover stands in the queue for a lock at most.
	queue time.Duration
}

// Open connects. The database must be there.
func (s *Side) Open(ctx context.Context) error {
	conn, err := connect(ctx, s.URL)
	if err != nil {
		return fmt.Errorf("connect to the database on the side %q: %w; look whether its server runs and takes this "+
			"mover's connections", s.Name, err)
	}
	s.Conn, s.queue = conn, queue
	if err := s.choose(ctx, conn); err != nil {
		return err
	}
	// A vacuum that runs by itself gives way to who has waited for this long.
	if _, err := conn.Exec(ctx, "SET deadlock_timeout = '100ms'"); err != nil {
		s.queue = slowQueue // a role that may not say so waits for the server's second
	}
	return nil
}

// Close ends the connection.
func (s *Side) Close(ctx context.Context) error {
	if s.Conn == nil {
		return nil
	}
	return s.Conn.Close(ctx)
}

// connect is a session of the mover: the fence lets its changes of the schema pass.
func connect(ctx context.Context, address string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	cfg.RuntimeParams["application_name"] = "rung-handover"
	cfg.RuntimeParams["rung_handover.mover"] = "on"
	cfg.RuntimeParams["default_transaction_read_only"] = "off"
	cfg.RuntimeParams["statement_timeout"] = "0"
	// A state that is kept to compare waits for the other side's, as long as that takes.
	cfg.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	return pgx.ConnectConfig(ctx, cfg)
}

// seen is the address at which the other side's server reaches this one.
func (s *Side) seen() string {
	if s.Seen != "" {
		return s.Seen
	}
	return s.URL
}

// Shown is the address without its password.
func (s *Side) Shown() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return s.Name
	}
	return u.Redacted()
}

// exec runs statements in their order.
func (s *Side) exec(ctx context.Context, statements ...string) error {
	for _, sql := range statements {
		if _, err := s.Conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("on the side %q: %w", s.Name, err)
		}
	}
	return nil
}

// value asks for one value.
func value[T any](ctx context.Context, s *Side, sql string, args ...any) (T, error) {
	var v T
	err := s.Conn.QueryRow(ctx, sql, args...).Scan(&v)
	if err != nil {
		err = fmt.Errorf("ask the side %q: %w", s.Name, err)
	}
	return v, err
}

// column asks for one column of values.
func column[T any](ctx context.Context, s *Side, sql string, args ...any) ([]T, error) {
	rows, err := s.Conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("ask the side %q: %w", s.Name, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		return nil, fmt.Errorf("ask the side %q: %w", s.Name, err)
	}
	return list, nil
}

// structs asks for rows, whose columns have the names of T's fields.
func structs[T any](ctx context.Context, s *Side, sql string, args ...any) ([]T, error) {
	rows, err := s.Conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("ask the side %q: %w", s.Name, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, fmt.Errorf("ask the side %q: %w", s.Name, err)
	}
	return list, nil
}

// isCode says whether the server refused with this SQLSTATE.
func isCode(err error, codes ...string) bool {
	var answer *pgconn.PgError
	if !errors.As(err, &answer) {
		return false
	}
	for _, code := range codes {
		if answer.Code == code {
			return true
		}
	}
	return false
}

// ident quotes a name.
func ident(parts ...string) string { return pgx.Identifier(parts).Sanitize() }
