package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// cli is a Pulumi CLI driven by the Automation API, for stacks on an account.
type cli struct {
	*Stack
	command *command
	auto    auto.Stack
	// served is who answers the CLI for its backend; nil where it works on that itself.
	served *Served
}

func (c *cli) open(ctx context.Context) error {
	c.command = &command{cli: c.Stack.cli, env: environment()}
	var err error
	if c.served, err = Serve(ctx, thisMachine().backend(), c.opts.Log); err != nil {
		return err
	}
	c.command.env = append(c.command.env, c.served.Environment()...)
	ws, err := c.workspace(ctx)
	if err != nil {
		return fmt.Errorf("open the workspace %s: %w", c.paths.work, err)
	}
	return c.selectStack(ctx, ws)
}

func (c *cli) run(ctx context.Context, o Options, op operation, config string, ev stream) (settled bool, err error) {
	switch op {
	case opPreview:
		_, err = c.auto.Preview(ctx, optpreview.ConfigFile(config), optpreview.EventStreams(ev),
			optpreview.PolicyPacks(csv(o.PolicyPacks)...), optpreview.Parallel(o.Parallel),
			optpreview.SuppressProgress(), optpreview.Color("never"))
	case opPreviewOver:
		_, err = c.auto.Preview(ctx, optpreview.Refresh(), optpreview.ConfigFile(config), optpreview.EventStreams(ev),
			optpreview.Parallel(o.Parallel), optpreview.SuppressProgress(), optpreview.Color("never"))
	case opUp:
		err = c.up(ctx, o, config, ev)
	case opPreviewRefresh:
		_, err = c.auto.PreviewRefresh(ctx, optrefresh.Target(o.only), optrefresh.ConfigFile(config),
			optrefresh.EventStreams(ev),
			optrefresh.Parallel(o.Parallel), optrefresh.SuppressProgress(), optrefresh.Color("never"))
	case opRefresh:
		_, err = c.auto.Refresh(ctx, optrefresh.Target(o.only), optrefresh.ConfigFile(config), optrefresh.EventStreams(ev),
			optrefresh.Parallel(o.Parallel), optrefresh.SuppressProgress(), optrefresh.Color("never"))
	case opDestroy:
		// The engine refuses to delete a resource with a delete hook unless the
		// program is there to answer it.
		_, err = c.auto.Destroy(ctx, optdestroy.RunProgram(true), optdestroy.ConfigFile(config), optdestroy.EventStreams(ev),
			optdestroy.Parallel(o.Parallel), optdestroy.SuppressProgress(), optdestroy.Color("never"))
	default:
		err = fmt.Errorf("unknown operation %q", op.name)
	}
	if auto.IsConcurrentUpdateError(err) {
		return false, errors.Join(errHeld, err)
	}
	return false, err // what the CLI tells of a preview is not all that it would write
}

// up carries out what was shown, where there is a plan to follow.
func (c *cli) up(ctx context.Context, o Options, config string, ev stream) error {
	end := func() error { return nil }
	if o.following != nil {
		if err := c.asShown(ctx, o, config, ev); err != nil {
			return err
		}
		ctx, ev, end = o.following.watched(ctx, ev)
	}
	_, err := c.auto.Up(ctx, optup.ConfigFile(config), optup.EventStreams(ev),
		optup.PolicyPacks(csv(o.PolicyPacks)...), optup.Parallel(o.Parallel),
		optup.SuppressProgress(), optup.Color("never"))
	return errors.Join(end(), err)
}

func (c *cli) state(ctx context.Context) (apitype.UntypedDeployment, error) {
	return c.auto.Export(ctx)
}

func (c *cli) setState(ctx context.Context, d apitype.UntypedDeployment) error {
	return c.auto.Import(ctx, d)
}

func (c *cli) unprotect(ctx context.Context, urns ...string) error {
	var errs []error
	for _, urn := range urns {
		_, stderr, _, err := c.command.Run(ctx, c.paths.work, nil, nil, nil, nil,
			"state", "unprotect", urn, "--yes", "--stack", c.opts.Stack)
		if err != nil {
			errs = append(errs, fmt.Errorf("unprotect %s: %w: %s", urn, err, stderr))
		}
	}
	return errors.Join(errs...)
}

func (c *cli) close() error { return c.served.Close() }

func (c *cli) note(begun func(pid int)) { c.command.begun = begun }

// csv writes paths as the CLI's flag takes them: it reads each value as a line of
// CSV, so that a path with a comma must stand in quotes.
func csv(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = p
		if strings.ContainsAny(p, "\",") {
			out[i] = `"` + strings.ReplaceAll(p, `"`, `""`) + `"`
		}
	}
	return out
}
