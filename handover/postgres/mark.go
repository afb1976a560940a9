package postgres

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// Await writes a mark on the publishing side and waits until it is on the other:
// what was committed before the mark has arrived then, as it comes in the order of
// commits. It says how long that took.
func (s Stream) Await(ctx context.Context, within time.Duration) (time.Duration, error) {
	began, mark := time.Now(), rand.Text()
	var before Flow
	if within > givesUp { // nobody waits meanwhile
		var err error
		if before, err = s.Flow(ctx); err != nil {
			return 0, err
		}
	}
	if _, err := s.Pub.Conn.Exec(ctx, "INSERT INTO "+Schema+".mark VALUES ($1)", mark); err != nil {
		return 0, fmt.Errorf("write a mark on the side %q: %w", s.Pub.Name, err)
	}
	for {
		there, err := value[bool](ctx, s.Sub, "SELECT EXISTS (SELECT FROM "+Schema+".mark WHERE value = $1)", mark)
		if err != nil || there {
			return time.Since(began), err
		}
		if time.Since(began) > within || time.Since(began) > givesUp && s.fails(ctx, before) {
			return 0, fmt.Errorf("what was written on the side %q has not arrived on the side %q within %s%s", s.Pub.Name,
				s.Sub.Name, time.Since(began).Round(time.Second/10), s.why(ctx))
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(nextLook(time.Since(began))):
		}
	}
}

// givesUp is how long a stream may fail before nobody waits for it any longer: a server that
// was away for a moment is back by then.
const givesUp = 30 * time.Second

// fails says whether a stream has failed again and again since a look at it.
func (s Stream) fails(ctx context.Context, before Flow) bool {
	now, err := s.Flow(ctx)
	return err == nil && now.Errors > before.Errors+2
}

// nextLook is the pause before the next look for a mark: at once in the moment in
// which people wait, seldom where a copy is caught up with, and so never more than a
// twentieth of what was waited.
func nextLook(waited time.Duration) time.Duration {
	return min(max(waited/20, 2*time.Millisecond), 250*time.Millisecond)
}

// why looks for the reason that a stream stands still.
func (s Stream) why(ctx context.Context) string {
	f, err := s.Flow(ctx)
	switch {
	case err != nil:
		return ""
	case f.Lost:
		return ": its log was thrown away (max_slot_wal_keep_size): `rung handover abort`, then begin anew"
	case !f.Subscribed || !f.Enabled:
		return ": the stream is halted"
	case f.Errors > 0:
		text, err := s.Stuck(ctx, f)
		if err != nil {
			return ""
		}
		return ": " + text
	case len(f.Waiting) > 0:
		return ": tables are still being copied: " + listed(f.Waiting)
	}
	return fmt.Sprintf(": %s are still on the way", sized(f.LagBytes))
}

// Forget deletes the marks of a side; they are of no use once seen.
func (s *Side) Forget(ctx context.Context) error { return s.exec(ctx, "DELETE FROM "+Schema+".mark") }
