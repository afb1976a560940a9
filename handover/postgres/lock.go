package postgres

import (
	"context"
	"fmt"
	"time"
)

const (
	// patience is how long a lock is tried for where nobody waits for the mover.
	patience = 30 * time.Second
	// queue is how long the mover stands in the queue for a lock at most, with others
	// behind it; between two tries these have their turn.
	queue = 300 * time.Millisecond
	// slowQueue is the same where a vacuum that runs by itself gives way only after a
	// second, as servers are set.
	slowQueue = 1200 * time.Millisecond
	// between is the time between two tries.
	between = 50 * time.Millisecond
)

// locking runs statements in one transaction that takes locks, again and again until
// it has them or the time is over. It never makes others wait for long, and gives
// way where it and another wait for each other.
func (s *Side) locking(ctx context.Context, within time.Duration, sql string) error {
	end := time.Now().Add(within)
	for {
		wait := min(s.queue, max(time.Until(end), 10*time.Millisecond))
		err := s.once(ctx, wait, sql)
		if !isCode(err, "55P03", "40P01") { // lock not available, deadlock
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("got no lock within %s: %w%s", within, err, s.blockers(ctx))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(between):
		}
	}
}

func (s *Side) once(ctx context.Context, wait time.Duration, sql string) error {
	// One message is one transaction, and one way to the server and back.
	sql = fmt.Sprintf("BEGIN; SET LOCAL lock_timeout = %d; %s; COMMIT", max(wait.Milliseconds(), 1), sql)
	_, err := s.Conn.PgConn().Exec(ctx, sql).ReadAll()
	if err != nil {
		s.Conn.Exec(ctx, "ROLLBACK") //nolint:errcheck // the first error says what is wrong
	}
	return err
}

// blockers names who holds locks for long, for the message.
func (s *Side) blockers(ctx context.Context) string {
	busy, err := structs[Transaction](ctx, s, sqlBusy, time.Second)
	if err != nil || len(busy) == 0 {
		return ""
	}
	return fmt.Sprintf("; process %d has had a transaction open for %d s (%s): let it end, or "+
		"SELECT pg_terminate_backend(%d)", busy[0].PID, busy[0].Seconds, busy[0].What, busy[0].PID)
}
