package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/outside/legible"
)

func (a *app) logsCommand() *cobra.Command {
	var q operate.Query
	c := &cobra.Command{
		Use:   "logs [PART]",
		Short: "Print what your app writes on all machines of a part, and go on with -f",
		Long: `Print what your app writes on the machines of a part (server, web, workers): the lines of
all of them, with the machine before each. On AWS a fleet's lines come from CloudWatch
Logs, and a server's from its journal, by Systems Manager; in the lab from the files
of its processes. Without PART it is what serves.`,
		Example: "  rung logs -f\n  rung logs workers --since 10m --filter error --cloud aws",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			return a.logs(ctx, strings.Join(args, ""), q)
		}),
	}
	c.Flags().BoolVarP(&q.Follow, "follow", "f", false, "go on with what is written, until Ctrl-C")
	c.Flags().DurationVar(&q.Since, "since", time.Hour,
		"how far back to begin; the lab's files have no times, and are read from their last MiB on")
	c.Flags().StringVar(&q.Filter, "filter", "", "only lines with this `text`")
	return c
}

// mostBack is how far back logs are asked for: longer, and it is a matter of days of pages.
const mostBack = 30 * 24 * time.Hour

func (a *app) logs(ctx context.Context, part string, q operate.Query) (err error) {
	if q.Since <= 0 || q.Since > mostBack {
		return usageError{fmt.Sprintf("--since: got %v, want more than 0 and up to %v, as in --since 10m", q.Since, mostBack)}
	}
	d, p, err := a.openPart(ctx, "logs", part)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	err = d.driver.Logs(ctx, p, q, func(l operate.Line) error {
		at := ""
		if !l.At.IsZero() {
			at = l.At.UTC().Format("15:04:05.000") + " "
		}
		_, err := fmt.Fprintf(a.out, "%s%s  %s\n", at, l.From, legible.Line(l.Text))
		return err
	})
	if q.Follow && ctx.Err() != nil { // as asked
		return nil
	}
	return err
}

// openPart opens a standing stack for a command about a part with machines.
func (a *app) openPart(ctx context.Context, what, part string) (*day, operate.Part, error) {
	d, err := a.openDay(ctx, what, false, appAsItStands)
	if err != nil {
		return nil, operate.Part{}, err
	}
	p, err := d.stands.Part(part)
	if err != nil {
		return nil, p, errors.Join(usageError{err.Error()}, d.close())
	}
	return d, p, nil
}
