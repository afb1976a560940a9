// Package failover moves the writes from a PostgreSQL primary to its streaming standby.
//
// Planned, nothing is lost: writes are held back, the primary is closed by the fence
// of package postgres, which the standby receives as it does everything else, the
// standby is waited for until it has replayed all that was written, promoted, opened,
// and the old primary made a copy of it. At no moment do both take writes: the fence
// of the old one stays closed.
//
// Unplanned, after the primary is lost, what may be lost is said first, and nothing is
// done before that was accepted and the old primary fenced by a command of the user's:
// who cannot be reached cannot be closed.
package failover

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/postgres"
)

// Spec is what to do.
type Spec struct {
	// From is the primary's URL for this machine, To the standby's, of the same database.
	From string `json:"from"`
	To   string `json:"to"`
	Edge edge.Config
	// MaxPause is how long writes may be held back before the primary goes on; zero
	// means [hosts.DefaultMaxPause].
	MaxPause time.Duration
	// OnCopy is a command that makes the old primary a standby of the new one, which is
	// in RUNG_TO; empty leaves the old one closed.
	OnCopy string
	// Unplanned is for a primary that is lost: OnFence is a command that makes sure that
	// it does not come back as one, AcceptLoss says that what may be lost may be.
	Unplanned  bool
	OnFence    string
	AcceptLoss bool
	// AcceptOthers lets a server with other databases change over, whose writers have no
	// fence.
	AcceptOthers bool
}

// Check reports every wrong value at once.
func (s Spec) Check() error {
	errs := []error{s.Edge.Check()}
	for _, one := range []struct{ flag, address string }{{"--from", s.From}, {"--to", s.To}} {
		u, err := url.Parse(one.address)
		if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || len(u.Path) < 2 {
			errs = append(errs, fmt.Errorf("%s: want postgres://user@host:port/database", one.flag))
		}
	}
	if s.From == s.To {
		errs = append(errs, errors.New("--to: it is the same server as --from"))
	}
	if s.MaxPause != 0 && (s.MaxPause < 100*time.Millisecond || s.MaxPause > time.Minute) {
		errs = append(errs, fmt.Errorf("--max-pause: got %s, want 100ms to 1m", s.MaxPause))
	}
	if s.Unplanned && s.OnFence == "" {
		errs = append(errs, errors.New("--on-fence: want a command that makes sure that the old primary stays off, with "+
			"--unplanned: a primary that comes back would take writes beside the new one"))
	}
	if !s.Unplanned && (s.OnFence != "" || s.AcceptLoss) {
		errs = append(errs, errors.New("--on-fence, --accept-loss: only with --unplanned; planned, nothing is lost"))
	}
	return errors.Join(errs...)
}

// Result is what was done.
type Result struct {
	From string `json:"from"`
	To   string `json:"to"`
	// PauseMillis is for how long writes were held back; unplanned it is zero.
	PauseMillis int64 `json:"pause_ms"`
	// Copy says that the old primary is a standby of the new one.
	Copy bool `json:"old_primary_is_a_copy"`
	// Loss is what may be lost; nil means that nothing is.
	Loss *Loss `json:"may_be_lost,omitempty"`
}

// Failover is one change-over.
type Failover struct {
	Spec Spec
	// Dir is where the journal lies.
	Dir string
	// Tell is called with each entry of the journal; nil tells nobody.
	Tell func(handover.Entry)
	// Copy makes the old primary a standby in place of OnCopy, for who has it at hand.
	Copy func(context.Context) error
	// Point ends it at a point, for tests.
	Point func(string) error

	from, to *postgres.Side
	edge     edge.Edge
	run      handover.Run
	result   Result
}

// name is whose the fence is.
const name = "failover"

// Run moves the writes, and can be run again after whatever has ended it.
func (f *Failover) Run(ctx context.Context) (Result, error) {
	if err := f.Spec.Check(); err != nil {
		return Result{}, err
	}
	if f.Spec.MaxPause == 0 {
		f.Spec.MaxPause = hosts.DefaultMaxPause
	}
	f.from, f.to = &postgres.Side{Name: "from", URL: f.Spec.From}, &postgres.Side{Name: "to", URL: f.Spec.To}
	f.edge, f.result = f.Spec.Edge.Edge(), Result{From: f.from.Shown(), To: f.to.Shown()}
	journal, err := handover.OpenJournal(f.Dir)
	if err != nil {
		return f.result, err
	}
	f.run = handover.Run{Journal: journal, Command: name, Tell: f.Tell, Point: f.Point}
	defer f.close()
	do := f.planned
	if f.Spec.Unplanned {
		do = f.unplanned
	}
	if err := do(ctx); err != nil {
		return f.result, fmt.Errorf("failover: %w", err)
	}
	return f.result, f.run.Note(handover.EventEnded, f.to.Shown()+" has the writes")
}

func (f *Failover) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for _, s := range []*postgres.Side{f.from, f.to} {
		s.Close(ctx) //nolint:errcheck // nothing hangs on it
	}
	f.run.Journal.Close() //nolint:errcheck // each entry is on the disk
}

// planned needs both servers.
func (f *Failover) planned(ctx context.Context) error {
	if err := errors.Join(f.from.Open(ctx), f.to.Open(ctx)); err != nil {
		return fmt.Errorf("%w; where the primary is lost: --unplanned", err)
	}
	promoted, err := isPrimary(ctx, f.to)
	if err != nil {
		return err
	}
	if !promoted {
		if err := f.run.Steps(ctx, f.checks(), f.fence()); err != nil {
			return err
		}
		if err := f.change(ctx); err != nil {
			return err
		}
	} else if err := f.run.Steps(ctx, f.point(), f.open(), f.resume()); err != nil { // an earlier run has come that far
		return err
	}
	return f.run.Steps(ctx, f.copy(), f.sweep())
}

// change is the pause. Where it fails before the standby is promoted, the primary
// goes on.
func (f *Failover) change(ctx context.Context) error {
	began := time.Now()
	err := f.run.Steps(ctx, f.pause(), f.closes(), f.arrive(), f.promote(), f.point(), f.open(), f.resume())
	if err != nil && !errors.Is(err, handover.ErrKilled) {
		err = f.undo(context.WithoutCancel(ctx), err)
	}
	f.result.PauseMillis = time.Since(began).Milliseconds()
	return errors.Join(err, f.run.Note(handover.EventPaused, strconv.FormatInt(f.result.PauseMillis, 10)))
}

func (f *Failover) undo(ctx context.Context, why error) error {
	promoted, err := isPrimary(ctx, f.to)
	if err != nil || promoted {
		return errors.Join(why, err, errors.New("run it again: the standby may have the writes"))
	}
	err = errors.Join(f.edge.Point(ctx, f.from.URL), f.from.OpenGate(ctx, f.Spec.MaxPause), f.edge.Resume(ctx))
	if err != nil {
		return fmt.Errorf("%w; and letting the primary go on failed: %w: run it again", why, err)
	}
	return fmt.Errorf("%w; the primary takes writes as before", why)
}
