package hosts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/postgres"
)

// ErrBlocked is what stands in the way of a move; nothing was changed.
type ErrBlocked struct{ Findings []postgres.Finding }

func (e ErrBlocked) Error() string {
	var all []string
	for _, f := range e.Findings {
		if f.Weight == postgres.Stops {
			all = append(all, f.Found+": "+f.Do)
		}
	}
	return "something stands in the way, and nothing was changed:\n  " + strings.Join(all, "\n  ")
}

// Start makes the copy and lets it follow. It ends when all that is written on the
// old side arrives on the new one.
func (m *Move) Start(ctx context.Context) error {
	run, _, err := m.begin(ctx, CommandStart)
	if err != nil {
		return err
	}
	err = run.Steps(ctx, m.checks(), m.claim(), m.clear(), m.roles(), m.schema(), m.fences(), m.stillEmpty(),
		m.publish(m.there), m.keep(m.there), m.subscribe(m.there, true), m.refresh(), m.flow(m.there), m.copied(),
		m.filesPass(m.spec.FromFiles, m.spec.ToFiles), m.refill(m.to), m.arrives(m.there))
	return m.ended(run, err, "next: "+Following.Next())
}

// checks are made before anything is changed, once.
func (m *Move) checks() handover.Step {
	claimed := func(ctx context.Context) (handover.Found, error) {
		owner, err := m.to.Claimed(ctx)
		return handover.Found{Done: owner == m.spec.Name, Text: "checked when the move began"}, err
	}
	return handover.Step{Name: "checks", Says: "look for what stands in the way, before anything is changed",
		Do: func(ctx context.Context) (string, error) {
			if found, err := claimed(ctx); err != nil || found.Done {
				return found.Text, err
			}
			findings, err := m.look(ctx)
			if err == nil && postgres.Stopped(findings) {
				err = ErrBlocked{findings}
			}
			return fmt.Sprintf("%d things to know, nothing in the way", len(findings)), err
		}}
}

// look judges both sides.
func (m *Move) look(ctx context.Context) ([]postgres.Finding, error) {
	from, to, err := m.surveys(ctx)
	if err != nil {
		return nil, err
	}
	return m.spec.judge(from, to), nil
}

// judge judges both sides and what stands before them.
func (s Spec) judge(from, to postgres.Survey) []postgres.Finding {
	all := postgres.Judge(from, to, s.options())
	if !s.Edge.Leads() {
		all = append(all, postgres.Finding{Name: "not-led", Weight: postgres.Warns,
			Found: "nothing leads the application to the other side: from a switch on its writes are refused until somebody does",
			Do:    "say how: --pgbouncer, --url-file or --on-switch; or lead it by hand right after the switch"})
	}
	return all
}

// surveys reads both sides.
func (m *Move) surveys(ctx context.Context) (from, to postgres.Survey, err error) {
	if from, err = m.from.Look(ctx); err != nil {
		return from, to, err
	}
	if to, err = m.to.Look(ctx); err != nil {
		return from, to, err
	}
	return from, to, postgres.Scoped(ctx, m.from, m.to, from, &to)
}

func (m *Move) claim() handover.Step {
	return handover.Step{Name: "claim", Says: "write the move's name on both sides",
		Do: func(ctx context.Context) (string, error) {
			for _, s := range []*postgres.Side{m.to, m.from} { // the new side's is what later runs ask for
				if err := s.Claim(ctx, m.spec.Name); err != nil {
					return "", err
				}
			}
			return m.spec.Name, nil
		}}
}

func (m *Move) roles() handover.Step {
	return handover.Step{Name: "roles", Says: "make the roles that the new side lacks",
		Do: func(ctx context.Context) (string, error) {
			made, silent, err := postgres.CopyRoles(ctx, m.from, m.to)
			text := fmt.Sprintf("%d roles made", len(made))
			if len(silent) > 0 {
				text += "; set a password for " + strings.Join(silent, ", ") + ": the old server does not tell it"
			}
			return text, err
		}}
}

func (m *Move) schema() handover.Step {
	return handover.Step{Name: "schema", Says: "make the tables on the new side, without rows",
		Find: func(ctx context.Context) (handover.Found, error) {
			tables, err := m.to.Tables(ctx)
			return handover.Found{Done: len(tables) > 0, Text: fmt.Sprintf("%d tables on the new side", len(tables))}, err
		},
		Do: func(ctx context.Context) (string, error) { return "", postgres.CopySchema(ctx, m.from, m.to) }}
}

func (m *Move) fences() handover.Step {
	return handover.Step{Name: "fences", Says: "close the new side to all but the stream",
		Find: func(ctx context.Context) (handover.Found, error) {
			from, err := m.from.Gate(ctx)
			if err != nil {
				return handover.Found{}, err
			}
			to, err := m.to.Gate(ctx)
			return handover.Found{Done: from == postgres.Open && to == postgres.Closed,
				Text: fmt.Sprintf("the old side is %s, the new one %s", from, to)}, err
		},
		Do: func(ctx context.Context) (string, error) {
			if err := m.to.Raise(ctx, true); err != nil {
				return "", err
			}
			return "", m.from.Raise(ctx, false)
		}}
}

func (m *Move) publish(s postgres.Stream) handover.Step {
	return handover.Step{Name: "publication", Says: "publish every table",
		Find: func(ctx context.Context) (handover.Found, error) {
			missing, err := s.Unpublished(ctx)
			return handover.Found{Done: len(missing) == 0, Text: fmt.Sprintf("%d tables not published", len(missing))}, err
		},
		Do: func(ctx context.Context) (string, error) {
			added, err := s.Publish(ctx)
			return fmt.Sprintf("%d tables published", len(added)), err
		}}
}

func (m *Move) keep(s postgres.Stream) handover.Step {
	return handover.Step{Name: "slot", Says: "keep the log from here on",
		Find: func(ctx context.Context) (handover.Found, error) {
			f, err := s.Flow(ctx)
			return handover.Found{Done: f.HasSlot, Text: thereOrNot(f.HasSlot)}, err
		},
		Do: func(ctx context.Context) (string, error) { return s.Name, s.Keep(ctx) }}
}

func (m *Move) subscribe(s postgres.Stream, rows bool) handover.Step {
	return handover.Step{Name: "subscription", Says: "let the rows stream",
		Find: func(ctx context.Context) (handover.Found, error) {
			f, err := s.Flow(ctx)
			return handover.Found{Done: f.Subscribed, Text: thereOrNot(f.Subscribed)}, err
		},
		Do: func(ctx context.Context) (string, error) { return s.Name, s.Subscribe(ctx, rows) }}
}

func thereOrNot(there bool) string {
	if there {
		return "it is there"
	}
	return "it is not there"
}

// refresh takes up tables that were made during the move, on both sides.
func (m *Move) refresh() handover.Step {
	return handover.Step{Name: "new-tables", Says: "take up tables that are new",
		Find: func(ctx context.Context) (handover.Found, error) {
			missing, err := m.there.Unsubscribed(ctx)
			return handover.Found{Done: len(missing) == 0, Text: fmt.Sprintf("%d new tables", len(missing))}, err
		},
		Do: func(ctx context.Context) (string, error) { return "", m.there.Refresh(ctx) }}
}

// flow lets a stream that was halted go on.
func (m *Move) flow(s postgres.Stream) handover.Step {
	return handover.Step{Name: "flow", Says: "let the stream go on",
		Find: func(ctx context.Context) (handover.Found, error) {
			f, err := s.Flow(ctx)
			return handover.Found{Done: f.Enabled, Text: fmt.Sprintf("enabled: %t", f.Enabled)}, err
		},
		Do: func(ctx context.Context) (string, error) { return "", s.Go(ctx) }}
}

// look again is how often the copy is asked for how far it is.
const lookAgain = 200 * time.Millisecond

func (m *Move) copied() handover.Step {
	return handover.Step{Name: "copy", Says: "wait until every table has arrived",
		Find: func(ctx context.Context) (handover.Found, error) {
			f, err := m.there.Flow(ctx)
			if err == nil && f.Lost {
				err = fmt.Errorf("the log was thrown away before it arrived (max_slot_wal_keep_size): run `rung handover " +
					"abort --drop-copy`, make that larger, and start again")
			}
			return handover.Found{Done: f.Follows(), Text: fmt.Sprintf("%d tables are there, %d on the way", f.Ready,
				len(f.Waiting))}, err
		},
		Do: m.waitForCopy}
}

func (m *Move) refill(s *postgres.Side) handover.Step {
	return handover.Step{Name: "planner", Says: "settle the rows, fill materialised views and let the planner know",
		Do: s.Refill}
}

// arrives proves that a stream works.
func (m *Move) arrives(s postgres.Stream) handover.Step {
	return handover.Step{Name: "catch-up", Says: "wait until what is written arrives",
		Do: func(ctx context.Context) (string, error) {
			if err := postgres.CheckShape(ctx, m.from, m.to); err != nil {
				return "", err
			}
			took, err := s.Await(ctx, catchUp)
			return "a write arrives after " + took.Round(time.Millisecond).String(), err
		}}
}

// catchUp is how long a stream may need to bring all that has gathered during the copy.
const catchUp = 30 * time.Minute
