package failover

import (
	"context"

	"github.com/rung-dev/rung/handover"
)

// copies waits until another server copies the new primary: where the writes were is one
// again.
func (f *Failover) copies() handover.Step {
	return handover.Step{Name: "copies", Says: "wait until a copy streams from the new primary",
		Do: func(ctx context.Context) (string, error) {
			return "", until(ctx, following, lookSeldom, "no copy streams from the new primary", func() (n bool, err error) {
				err = f.to.Conn.QueryRow(ctx, "SELECT count(*) > 0 FROM pg_stat_replication WHERE state = 'streaming'").Scan(&n)
				return n, err
			})
		},
		Prove: func(ctx context.Context) (from string, err error) {
			err = f.to.Conn.QueryRow(ctx, `SELECT coalesce(string_agg(DISTINCT coalesce(host(client_addr), 'this machine'), ', '),
				'none') FROM pg_stat_replication WHERE state = 'streaming'`).Scan(&from)
			return "it streams to " + from, err
		}}
}

// goesOn lets the old primary take writes.
func (f *Failover) goesOn() handover.Step {
	return handover.Step{Name: "open", Says: "let the primary take writes",
		Find: func(ctx context.Context) (handover.Found, error) {
			gate, err := f.from.Gate(ctx)
			return handover.Found{Done: err == nil && gate.Writes(), Text: "it is " + string(gate)}, err
		},
		Do: func(ctx context.Context) (string, error) { return "", f.from.OpenGate(ctx, f.Spec.MaxPause) }}
}

// bare takes the fence of the old primary away.
func (f *Failover) bare() handover.Step {
	return handover.Step{Name: "sweep", Says: "take the fence away",
		Do: func(ctx context.Context) (string, error) { return "", f.from.Sweep(ctx) }}
}
