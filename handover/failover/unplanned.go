package failover

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rung-dev/rung/handover"
)

// Loss is what may be lost when a primary is gone: whatever it has acknowledged after
// what the standby has of it. Nobody but the old primary knows how much that is.
type Loss struct {
	// Position is the last one that the standby has received.
	Position string `json:"position"`
	// LastCommit is when the newest commit was made that it has; zero means that it has
	// seen none since it was started.
	LastCommit time.Time `json:"last_commit,omitzero"`
	// AgeSeconds is how long ago that was.
	AgeSeconds float64 `json:"age_seconds,omitempty"`
}

// String says it for people.
func (l Loss) String() string {
	since := "since the standby was started"
	if !l.LastCommit.IsZero() {
		since = fmt.Sprintf("after %s, %s ago", l.LastCommit.UTC().Format(time.RFC3339Nano),
			time.Duration(l.AgeSeconds*float64(time.Second)).Round(time.Second))
	}
	return fmt.Sprintf("what the old primary has acknowledged %s may be lost (the standby has all up to %s); nothing is, "+
		"where it waited for this standby (synchronous_commit)", since, l.Position)
}

// ErrLoss is a loss that nobody has accepted; nothing was changed.
type ErrLoss struct{ Loss Loss }

func (e ErrLoss) Error() string {
	return e.Loss.String() + ": nothing was changed; go on with --accept-loss"
}

// unplanned is for a primary that is lost.
func (f *Failover) unplanned(ctx context.Context) error {
	if f.answers(ctx) {
		return errors.New("the primary answers: leave --unplanned out, and nothing is lost")
	}
	if err := f.to.Open(ctx); err != nil {
		return err
	}
	loss, err := f.loss(ctx)
	if err != nil {
		return err
	}
	if loss != nil && !f.Spec.AcceptLoss {
		return ErrLoss{*loss}
	}
	f.result.Loss = loss
	return f.run.Steps(ctx, f.fenceOff(), f.promote(), f.point(), f.reopen(), f.resume())
}

// answers says whether the primary can be reached: for it there is the planned way.
func (f *Failover) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return f.from.Open(ctx) == nil
}

// loss is what may be lost; nil where the standby has been promoted before.
func (f *Failover) loss(ctx context.Context) (*Loss, error) {
	if primary, err := isPrimary(ctx, f.to); err != nil || primary {
		return nil, err
	}
	var l Loss
	var commit *time.Time
	err := f.to.Conn.QueryRow(ctx, `SELECT
		coalesce(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text, ''),
		pg_last_xact_replay_timestamp(),
		coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0)::float8`).
		Scan(&l.Position, &commit, &l.AgeSeconds)
	if err != nil {
		return nil, fmt.Errorf("ask the standby what it has: %w", err)
	}
	if commit != nil {
		l.LastCommit = *commit
	}
	return &l, nil
}

// fenceOff makes sure that the old primary stays off: by the user's command, and by
// asking it once more.
func (f *Failover) fenceOff() handover.Step {
	return handover.Step{Name: "fence", Says: "make sure that the old primary stays off",
		Do: func(ctx context.Context) (string, error) { return "", f.shell(ctx, "--on-fence", f.Spec.OnFence) },
		Prove: func(ctx context.Context) (string, error) {
			if f.answers(ctx) {
				return "", errors.New("the old primary answers again: it would take writes beside the new one")
			}
			return "it does not answer", nil
		}}
}

// reopen opens a fence that a planned change-over has left closed when the primary was
// lost in its middle.
func (f *Failover) reopen() handover.Step {
	s := f.open()
	s.Do = func(ctx context.Context) (string, error) { return "", f.to.OpenGate(ctx, f.Spec.MaxPause) }
	return s
}
