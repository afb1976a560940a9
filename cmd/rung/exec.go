package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/operate"
)

// endedThere is a command on a machine that ended with another exit code than 0, which
// becomes rung's.
type endedThere struct {
	machine string
	code    int
}

func (e endedThere) Error() string {
	return fmt.Sprintf("the command on %s ended with exit code %d", e.machine, e.code)
}

func (a *app) execCommand() *cobra.Command {
	var machine string
	c := &cobra.Command{
		Use:   "exec PART -- COMMAND...",
		Short: "Run a command on a machine, as your app's user and in its environment",
		Long: `Run a command on one machine of a part, as your app's user, in its environment (secrets
among it) and its folder: a console, a task, a look at a file. On AWS it goes by
Systems Manager, without a port or a key; what the command writes comes at its end.
Its exit code is rung's. Whoever may do this may read the app's secrets.`,
		Example: "  rung exec web -- env\n  rung exec server --cloud aws -- node scripts/count.js --all",
		Args: func(c *cobra.Command, args []string) error {
			if dash := c.ArgsLenAtDash(); len(args) < 2 || dash != 1 {
				return fmt.Errorf("want PART, then -- and the command, as in `%s`", example(c))
			}
			return nil
		},
		RunE: a.runs(func(ctx context.Context, args []string) error { return a.exec(ctx, args[0], machine, args[1:]) }),
	}
	c.Flags().StringVar(&machine, "machine", "", "the `id` of the machine; without it, the first that serves")
	return c
}

func (a *app) exec(ctx context.Context, part, machine string, argv []string) (err error) {
	a.plain = true
	d, m, err := a.openMachine(ctx, "exec", part, machine)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	defer engine.Hands()() // the command is taken back before this ends
	code, err := d.driver.Exec(ctx, m, argv, operate.IO{In: a.in, Out: a.out, Err: a.err})
	if err == nil && code != 0 {
		return endedThere{m.ID, code}
	}
	return err
}

func (a *app) shellCommand() *cobra.Command {
	var machine string
	c := &cobra.Command{
		Use:   "shell [PART]",
		Short: "Open a shell on a machine",
		Long: `Open a shell on one machine of a part. On AWS it is a session of Systems Manager, as
ssm-user, who may become root, without a port or a key; in the lab it is bash in your
app's environment. Without PART it is what serves.`,
		Example: "  rung shell web --cloud aws",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			return a.shell(ctx, strings.Join(args, ""), machine)
		}),
	}
	c.Flags().StringVar(&machine, "machine", "", "the `id` of the machine; without it, the first that serves")
	return c
}

func (a *app) shell(ctx context.Context, part, machine string) (err error) {
	d, m, err := a.openMachine(ctx, "shell", part, machine)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	defer engine.Hands()() // Ctrl-C is for what runs in the shell
	a.say("A shell on %s (%s); exit ends it.", m.ID, m.Part)
	return d.driver.Shell(context.WithoutCancel(ctx), m, operate.IO{In: a.in, Out: a.out, Err: a.err})
}

// openMachine opens a standing stack for a command about one machine.
func (a *app) openMachine(ctx context.Context, what, part, id string) (*day, operate.Machine, error) {
	d, p, err := a.openPart(ctx, what, part)
	if err != nil {
		return nil, operate.Machine{}, err
	}
	m, err := d.machine(ctx, p, id)
	if err != nil {
		return nil, m, errors.Join(err, d.close())
	}
	return d, m, nil
}

// machine is the one of that id, or the first that serves.
func (d *day) machine(ctx context.Context, p operate.Part, id string) (operate.Machine, error) {
	all, err := d.driver.Machines(ctx, p)
	if err != nil {
		return operate.Machine{}, err
	}
	if len(all) == 0 {
		return operate.Machine{}, fmt.Errorf("no machine of %s serves: `rung status` says how it is", p.Name)
	}
	if id == "" {
		return all[0], nil
	}
	i := slices.IndexFunc(all, func(m operate.Machine) bool { return m.ID == id })
	if i < 0 {
		var ids []string
		for _, m := range all {
			ids = append(ids, m.ID)
		}
		return operate.Machine{}, usageError{fmt.Sprintf("--machine: got %q, want one of %s%s", id, inWords(ids),
			didYouMean(id, ids, ""))}
	}
	return all[i], nil
}
