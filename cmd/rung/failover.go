package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/failover"
	"github.com/rung-dev/rung/handover/hosts"
	handoverreport "github.com/rung-dev/rung/handover/report"
	"github.com/rung-dev/rung/operate"
)

func (a *app) failoverCommand() *cobra.Command {
	var s failover.Spec
	c := &cobra.Command{
		Use:   "failover",
		Short: "Move the writes from a PostgreSQL primary to its streaming standby, planned or after a loss",
		Long: `Planned: holds writes back, closes the primary, waits until the standby has replayed all
of it, promotes and opens the standby, and makes the old primary a copy by --on-copy.
Nothing is lost, and never do both take writes. --unplanned is for a primary that is
lost: it says first what may be lost, and wants --accept-loss and --on-fence.

That is for servers that you reach and run yourself; ` + "`rung failover region`" + ` moves the writes
of a stack to another region, planned or after a loss.

Exit codes: 0 done; 1 failed, run it again; 2 wrong usage; 4 something may be lost that
nobody has accepted, and nothing was changed.`,
		Example: "  rung failover --from postgres://app@a/shop --to postgres://app@b/shop --on-switch ./lead.sh",
		Args:    cobra.NoArgs,
	}
	c.RunE = a.finishes(func(ctx context.Context, _ []string) error { return a.failover(ctx, s) })
	c.AddCommand(a.failoverRegionCommand())
	set := c.Flags()
	set.StringVar(&s.From, "from", "", "`URL` of the primary")
	set.StringVar(&s.To, "to", "", "`URL` of its standby, the same database")
	edgeFlags(set, &s.Edge)
	set.StringVar(&s.OnCopy, "on-copy", "", "`command` to make the old primary a standby of the one in RUNG_TO; empty "+
		"leaves it closed")
	set.DurationVar(&s.MaxPause, "max-pause", hosts.DefaultMaxPause, "longest time to hold writes back; then the primary "+
		"goes on")
	set.BoolVar(&s.AcceptOthers, "accept-others", false, "go on although the server has other databases, without a fence")
	set.BoolVar(&s.Unplanned, "unplanned", false, "the primary is lost")
	set.StringVar(&s.OnFence, "on-fence", "", "`command` that makes sure that a lost primary stays off")
	set.BoolVar(&s.AcceptLoss, "accept-loss", false, "go on although something may be lost")
	return c
}

func (a *app) failover(ctx context.Context, s failover.Spec) error {
	if err := s.Check(); err != nil {
		return errors.Join(usageError{"the change-over cannot be: mend its flags"}, err)
	}
	f := &failover.Failover{Spec: s, Dir: filepath.Join(a.flags.dir, ".rung", "failover"), Tell: func(e handover.Entry) {
		if e.Step != "" && e.Text != "" {
			a.say("%-20s %s: %s", e.Step, e.Event, e.Text)
		}
	}}
	result, err := f.Run(ctx)
	if err != nil {
		return err
	}
	return a.show(handoverreport.Failover(result))
}

// isLoss says that something may be lost which nobody has accepted.
func isLoss(err error) bool {
	var loss failover.ErrLoss
	var copies operate.ErrLoss
	return errors.As(err, &loss) || errors.As(err, &copies)
}
