package failover

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/postgres"
)

const (
	// mostLag is how far behind a standby may be when the writes are held back.
	mostLag = 16 << 20
	// promotion is how long a standby has to become a primary.
	promotion = 60 * time.Second
	// following is how long the old primary has to be a copy.
	following = 10 * time.Minute
	// lookAgain is the pause between two looks while writes wait, and lookSeldom that
	// after it.
	lookAgain  = 5 * time.Millisecond
	lookSeldom = 500 * time.Millisecond
)

func isPrimary(ctx context.Context, s *postgres.Side) (primary bool, err error) {
	err = s.Conn.QueryRow(ctx, "SELECT NOT pg_is_in_recovery()").Scan(&primary)
	if err != nil {
		err = fmt.Errorf("ask the side %q whether it is a primary: %w", s.Name, err)
	}
	return primary, err
}

// found is what the checks ask for.
type found struct {
	primary             bool
	here, there, status string
	others              []string
	lag                 int64
}

// checks looks for what stands in the way, everything at once, before anything is
// changed.
func (f *Failover) checks() handover.Step {
	return handover.Step{Name: "checks", Says: "look for what stands in the way",
		Do: func(ctx context.Context) (string, error) {
			x, err := f.look(ctx)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("the standby is %s behind", sized(x.lag)), f.judge(x)
		}}
}

func sized(n int64) string { return humanize.IBytes(uint64(max(n, 0))) }

func (f *Failover) look(ctx context.Context) (x found, err error) {
	if x.primary, err = isPrimary(ctx, f.from); err != nil {
		return x, err
	}
	const system = "SELECT system_identifier::text FROM pg_control_system()"
	for _, q := range []struct {
		side *postgres.Side
		sql  string
		to   any
	}{{f.from, system, &x.here}, {f.to, system, &x.there},
		{f.to, "SELECT coalesce(max(status), 'not streaming') FROM pg_stat_wal_receiver", &x.status},
		{f.from, `SELECT coalesce(array_agg(datname::text), '{}') FROM pg_database WHERE NOT datistemplate AND datname
			NOT IN ('postgres', 'rdsadmin', current_database())`, &x.others}} {
		if err := q.side.Conn.QueryRow(ctx, q.sql).Scan(q.to); err != nil {
			return x, fmt.Errorf("ask the side %q: %w", q.side.Name, err)
		}
	}
	if x.primary && x.here == x.there {
		x.lag, err = f.lag(ctx)
	}
	return x, err
}

// judge says everything that stands in the way at once.
func (f *Failover) judge(x found) error {
	var errs []error
	add := func(stands bool, format string, args ...any) {
		if stands {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	add(!x.primary, "--from is a standby itself: give its primary")
	add(x.here != x.there, "--to is no copy of --from: they have other system identifiers")
	add(x.status != "streaming", "the standby's receiver is %q: let it stream again first", x.status)
	add(x.lag > mostLag, "the standby is %s behind, want at most %s: let it catch up, since writes wait for it",
		sized(x.lag), sized(mostLag))
	add(len(x.others) > 0 && !f.Spec.AcceptOthers, "the server has other databases, whose writers no fence holds back: "+
		"%s; stop them, and say so by --accept-others", strings.Join(x.others, ", "))
	return errors.Join(errs...)
}

// lag is what the primary has written and the standby has not replayed, bytes.
func (f *Failover) lag(ctx context.Context) (n int64, err error) {
	var at string
	if err := f.from.Conn.QueryRow(ctx, "SELECT pg_current_wal_lsn()::text").Scan(&at); err != nil {
		return 0, fmt.Errorf("ask the primary for its position: %w", err)
	}
	return f.behind(ctx, at)
}

// behind is how far the standby is from a position, bytes.
func (f *Failover) behind(ctx context.Context, at string) (n int64, err error) {
	err = f.to.Conn.QueryRow(ctx, `SELECT greatest(pg_wal_lsn_diff($1::text::pg_lsn, pg_last_wal_replay_lsn()), 0)
		::bigint`, at).Scan(&n)
	if err != nil {
		err = fmt.Errorf("ask the standby for its position: %w", err)
	}
	return n, err
}

func (f *Failover) fence() handover.Step {
	return handover.Step{Name: "fence", Says: "put a fence before every table, open",
		Do: func(ctx context.Context) (string, error) {
			gate, err := f.from.Gate(ctx)
			if err == nil && !gate.Writes() {
				return "closed by an earlier run", nil
			}
			return "", errors.Join(err, f.from.Claim(ctx, name), f.from.Raise(ctx, false))
		}}
}

func (f *Failover) pause() handover.Step {
	return handover.Step{Name: "pause", Says: "hold writes back: " + f.edge.Says(),
		Do: func(ctx context.Context) (string, error) { return "", f.edge.Pause(ctx) }}
}

func (f *Failover) closes() handover.Step {
	return handover.Step{Name: "close", Says: "let the primary refuse writes",
		Do:    func(ctx context.Context) (string, error) { return "", f.from.CloseGate(ctx, f.Spec.MaxPause) },
		Prove: func(ctx context.Context) (string, error) { return f.isClosed(ctx) }}
}

func (f *Failover) isClosed(ctx context.Context) (string, error) {
	gate, err := f.from.Gate(ctx)
	if err == nil && gate != postgres.Closed {
		err = fmt.Errorf("the old primary is %s", gate)
	}
	return "the old primary is " + string(gate), err
}

func (f *Failover) arrive() handover.Step {
	return handover.Step{Name: "position", Says: "wait until the standby has replayed all of it",
		Do: func(ctx context.Context) (string, error) {
			var at string
			if err := f.from.Conn.QueryRow(ctx, "SELECT pg_current_wal_lsn()::text").Scan(&at); err != nil {
				return "", fmt.Errorf("ask the primary for its position: %w", err)
			}
			return at, until(ctx, f.Spec.MaxPause, lookAgain, "the standby has not replayed "+at, func() (bool, error) {
				left, err := f.behind(ctx, at)
				return left == 0, err
			})
		}}
}

// until looks again and again.
func until(ctx context.Context, within, again time.Duration, what string, done func() (bool, error)) error {
	for end := time.Now().Add(within); ; {
		ok, err := done()
		if err != nil || ok {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s within %s", what, within)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(again):
		}
	}
}

func (f *Failover) promote() handover.Step {
	return handover.Step{Name: "promote", Says: "make the standby the primary",
		Find: func(ctx context.Context) (handover.Found, error) {
			primary, err := isPrimary(ctx, f.to)
			return handover.Found{Done: primary, Text: fmt.Sprintf("it is a primary: %t", primary)}, err
		},
		Do: func(ctx context.Context) (string, error) {
			_, err := f.to.Conn.Exec(ctx, fmt.Sprintf("SELECT pg_promote(true, %d)", int(promotion.Seconds())))
			return "", err
		}}
}

func (f *Failover) point() handover.Step {
	return handover.Step{Name: "point", Says: "lead the application to the new primary",
		Do: func(ctx context.Context) (string, error) { return f.to.Shown(), f.edge.Point(ctx, f.to.URL) }}
}

// open gives the writes to the new primary; the old one was seen closed.
func (f *Failover) open() handover.Step {
	return handover.Step{Name: "open", Says: "open the new primary",
		Find: func(ctx context.Context) (handover.Found, error) {
			gate, err := f.to.Gate(ctx)
			return handover.Found{Done: gate != postgres.Closed, Text: "it is " + string(gate)}, err
		},
		Do: func(ctx context.Context) (string, error) {
			if primary, err := isPrimary(ctx, f.from); err != nil {
				return "", err
			} else if primary {
				if _, err := f.isClosed(ctx); err != nil {
					return "", err
				}
			}
			return "", f.to.OpenGate(ctx, f.Spec.MaxPause)
		}}
}

func (f *Failover) resume() handover.Step {
	return handover.Step{Name: "resume", Says: "let writes go on",
		Do: func(ctx context.Context) (string, error) { return "", f.edge.Resume(ctx) }}
}

// copy makes the old primary a standby and proves it by asking it. The connection to
// it ends on the way.
func (f *Failover) copy() handover.Step {
	return handover.Step{Name: "copy", Says: "make the old primary a copy of the new one",
		Find: func(ctx context.Context) (handover.Found, error) {
			if f.result.Copy, _ = f.follows(ctx)(); f.result.Copy {
				return handover.Found{Done: true, Text: "it is one"}, nil
			}
			return handover.Found{Done: f.Spec.OnCopy == "" && f.Copy == nil, Text: "no --on-copy: the old primary stays as " +
				"it is, closed; make it a copy by pg_rewind or pg_basebackup before anybody opens it"}, nil
		},
		Do: func(ctx context.Context) (string, error) {
			// Until its first checkpoint a promoted server has its old timeline on the disk, and
			// pg_rewind takes the two for the same.
			if _, err := f.to.Conn.Exec(ctx, "CHECKPOINT"); err != nil {
				return "", fmt.Errorf("let the new primary make a checkpoint: %w", err)
			}
			if f.Copy != nil {
				return "", f.Copy(ctx)
			}
			return "", f.shell(ctx, "--on-copy", f.Spec.OnCopy)
		},
		Prove: func(ctx context.Context) (string, error) {
			err := until(ctx, following, lookSeldom, "the old primary does not stream from the new one", f.follows(ctx))
			f.result.Copy = err == nil
			return "it streams from the new primary", err
		}}
}

func (f *Failover) follows(ctx context.Context) func() (bool, error) {
	return func() (bool, error) {
		old := &postgres.Side{Name: "from", URL: f.from.URL}
		if old.Open(ctx) != nil {
			return false, nil // it is being made
		}
		defer old.Close(ctx) //nolint:errcheck // it has only asked
		var n int
		err := old.Conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'").Scan(&n)
		return err == nil && n > 0, nil
	}
}

func (f *Failover) shell(ctx context.Context, flag, line string) error {
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Env = append(os.Environ(), "RUNG_FROM="+f.Spec.From, "RUNG_TO="+f.Spec.To)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run %s: %w: %s", flag, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// sweep takes the fence of the new primary away once the old one cannot take writes
// any more: it is a copy, which has the fence no longer either.
func (f *Failover) sweep() handover.Step {
	return handover.Step{Name: "sweep", Says: "take the fence away",
		Do: func(ctx context.Context) (string, error) { return "", f.to.Sweep(ctx) }}
}
