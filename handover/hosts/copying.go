package hosts

import (
	"context"
	"fmt"
	"time"

	"github.com/rung-dev/rung/handover/postgres"
)

// Progress is how far the copy is, and when it will be done at its rate.
type Progress struct {
	postgres.Progress
	// BytesPerSecond is its rate so far, and Left the time that the rest takes; zero
	// means not known yet.
	BytesPerSecond int64
	Left           time.Duration
}

// paceOf works the rate out over what was copied since a first look. It is pure.
func paceOf(first, now postgres.Progress, since time.Duration) Progress {
	p := Progress{Progress: now}
	if done := now.Bytes - first.Bytes; done > 0 && since > 0 {
		p.BytesPerSecond = int64(float64(done) / since.Seconds())
		p.Left = time.Duration(float64(now.AllBytes-now.Bytes) / float64(p.BytesPerSecond) * float64(time.Second)).Round(
			time.Second)
	}
	return p
}

// waitForCopy waits, and ends early where the copy cannot come to an end.
func (m *Move) waitForCopy(ctx context.Context) (string, error) {
	began := time.Now()
	first, err := m.there.Progress(ctx)
	if err != nil {
		return "", err
	}
	before, err := m.there.Flow(ctx)
	if err != nil {
		return "", err
	}
	for last := began; ; {
		f, err := m.there.Flow(ctx)
		if err != nil {
			return "", err
		}
		if f.Follows() {
			break
		}
		if err := m.canEnd(ctx, before, f); err != nil {
			return "", err
		}
		if time.Since(last) > time.Second {
			last = time.Now()
			if err := m.watch(ctx, first, began); err != nil {
				return "", err
			}
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("wait for the copy: %w; it goes on by itself: `rung handover start` waits again", ctx.Err())
		case <-time.After(lookAgain):
		}
	}
	now, err := m.there.Progress(ctx)
	p := paceOf(first, now, time.Since(began))
	return fmt.Sprintf("%d tables, %d bytes in %s", now.AllTables, p.AllBytes, time.Since(began).Round(
		time.Millisecond)), err
}

func (m *Move) watch(ctx context.Context, first postgres.Progress, began time.Time) error {
	if m.Watch == nil {
		return nil
	}
	now, err := m.there.Progress(ctx)
	if err == nil {
		m.Watch(paceOf(first, now, time.Since(began)))
	}
	return err
}

// canEnd looks for what would let the copy wait for ever.
func (m *Move) canEnd(ctx context.Context, before, now postgres.Flow) error {
	if now.Lost {
		return fmt.Errorf("wait for the copy: the log was thrown away before it arrived (max_slot_wal_keep_size): run " +
			"`rung handover abort --drop-copy`, make that larger, and start again")
	}
	if now.Errors == before.Errors {
		return nil
	}
	if err := postgres.CheckShape(ctx, m.from, m.to); err != nil {
		return err
	}
	if now.Errors > before.Errors+5 { // a server that was away for a moment makes some as well
		why, err := m.there.Stuck(ctx, now)
		if err != nil {
			return err
		}
		return fmt.Errorf("wait for the copy: %s", why)
	}
	return nil
}
