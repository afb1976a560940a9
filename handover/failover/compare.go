package failover

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/postgres"
)

// Comparison is how a copy stands beside its primary.
type Comparison struct {
	Name string `json:"name"`
	// Tables with Rows were held against each other, by their number and a checksum.
	Tables int   `json:"tables"`
	Rows   int64 `json:"rows"`
	// HeldMillis is for how long writes waited, and Seconds what the comparison took.
	HeldMillis int64   `json:"writes_waited_ms"`
	Seconds    float64 `json:"seconds"`
	// Differences are the tables that are not the same; none are wanted.
	Differences []string `json:"differences"`
}

// Compare holds every copy against its primary: writes wait for a moment, in which the copy
// receives what it lacks and the state of both is kept; then each table is compared while
// people go on. It fails where one is not the same, with what to do. Nothing is changed.
func (s *Stack) Compare(ctx context.Context) ([]Comparison, error) {
	end, err := s.begin()
	if err != nil {
		return nil, err
	}
	defer end()
	if err := s.open(ctx); err != nil {
		return nil, fmt.Errorf("compare the copies: %w", err)
	}
	all := make([]Comparison, len(s.pairs))
	var steps []handover.Step
	for i, p := range s.pairs {
		all[i].Name = p.name
		steps = append(steps, p.named(func(f *Failover) handover.Step { return f.compare(&all[i]) }))
	}
	return all, s.run.Steps(ctx, steps...)
}

// compare holds one copy against its primary.
func (f *Failover) compare(c *Comparison) handover.Step {
	return handover.Step{Name: "compare", Says: "hold every table of the copy against the primary's",
		Do: func(ctx context.Context) (string, error) {
			if x, err := f.look(ctx); err != nil {
				return "", err
			} else if err := f.mayCompare(x); err != nil {
				return "", err
			}
			r, held, err := f.held(ctx)
			if err != nil {
				return "", err
			}
			c.take(r, held)
			return c.String(), c.differ()
		},
		Prove: func(context.Context) (string, error) { return "the copy has what the primary has", nil }}
}

// mayCompare refuses what could not be compared.
func (f *Failover) mayCompare(x found) error {
	f.Spec.AcceptOthers = true // nobody is held back for longer than a moment
	return f.judge(x)
}

// held keeps the state of both at a moment in which they have to be the same, and compares.
func (f *Failover) held(ctx context.Context) (r postgres.Compared, held time.Duration, err error) {
	var snaps [2]*postgres.Snapshot
	for i, side := range []*postgres.Side{f.from, f.to} {
		if snaps[i], err = side.Ready(ctx); err != nil {
			return r, held, err
		}
		defer snaps[i].Close()
	}
	began := time.Now()
	err = f.from.Held(ctx, f.Spec.MaxPause, func(ctx context.Context) error {
		began = time.Now()
		if err := snaps[0].Take(ctx); err != nil {
			return err
		}
		if err := f.received(ctx); err != nil {
			return err
		}
		return snaps[1].Take(ctx)
	})
	if held = time.Since(began); err != nil {
		return r, held, err
	}
	r, err = postgres.Compare(ctx, snaps[0], snaps[1])
	if err != nil {
		err = fmt.Errorf("%w; a copy that is told of changes gives up long questions (max_standby_streaming_delay): run it "+
			"again when less is written", err)
	}
	return r, held, err
}

// received waits until the copy has replayed what the primary has written up to now.
func (f *Failover) received(ctx context.Context) error {
	other := &postgres.Side{Name: "from", URL: f.from.URL}
	if err := other.Open(ctx); err != nil {
		return err
	}
	defer other.Close(ctx) //nolint:errcheck // it has only asked
	var at string
	// What was committed without waiting for the disk is written by then as well.
	_, err := other.Conn.Exec(ctx, "SELECT pg_logical_emit_message(true, 'rung', 'compare')")
	if err != nil {
		return fmt.Errorf("ask the primary for its position: %w", err)
	}
	if err := other.Conn.QueryRow(ctx, "SELECT pg_current_wal_lsn()::text").Scan(&at); err != nil {
		return fmt.Errorf("ask the primary for its position: %w", err)
	}
	return until(ctx, f.Spec.MaxPause, lookAgain, "the copy has not replayed "+at, func() (bool, error) {
		left, err := f.behind(ctx, at)
		return left == 0, err
	})
}

func (c *Comparison) take(r postgres.Compared, held time.Duration) {
	c.Tables, c.Rows, c.HeldMillis, c.Seconds = r.Tables, r.Rows, held.Milliseconds(), r.Took.Seconds()
	c.Differences = []string{}
	for _, d := range r.Differences {
		c.Differences = append(c.Differences, d.String())
	}
}

// String says it in a line.
func (c *Comparison) String() string {
	return fmt.Sprintf("%d tables with %d rows in %.1f s; writes waited for %d ms", c.Tables, c.Rows, c.Seconds,
		c.HeldMillis)
}

func (c *Comparison) differ() error {
	if len(c.Differences) == 0 {
		return nil
	}
	return errors.New("the copy is not what it copies: " + strings.Join(c.Differences, "; ") + ": lead nobody there; " +
		"take the copy out and let it be made anew")
}
