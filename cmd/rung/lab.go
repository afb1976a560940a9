package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/lab"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/preview/view"
)

func (a *app) labCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "lab",
		Short: "Start, stop and look at the lab: real servers on this machine for what `rung up --cloud lab` makes",
		Long: `The lab makes the offline cloud come alive: ` + "`rung up 3 --cloud lab`" + ` runs the stage on this
machine, with real databases, caches, load balancers and machines. A supervisor keeps
them as the cloud's file says, whatever happens to them; everything lies in .rung/lab.`,
		Example: "  rung lab status\n  rung lab logs i-0abc/app",
		Args:    cobra.NoArgs,
	}
	c.AddCommand(a.labStart(), a.labStop(), a.labStatus(), a.labLogs(), a.labLoadCommand(), a.labBreakCommand(),
		a.labDrillCommand(), a.labClaimsCommand())
	return c
}

func (a *app) labStart() *cobra.Command {
	return &cobra.Command{
		Use: "start", Short: "Start the lab's servers again, as they were", Args: cobra.NoArgs,
		RunE: a.runs(func(ctx context.Context, _ []string) error {
			if err := a.labStands(); err != nil {
				return err
			}
			l, err := lab.Of(a.flags.dir)
			if err == nil {
				l, err = a.startLab(ctx, l.Stage())
			}
			if err != nil {
				return err
			}
			s, err := a.settleLab(ctx, l)
			if err != nil {
				return err
			}
			return a.show(labView(s))
		}),
	}
}

// errNoLab is a directory in which no stack of the lab was made.
var errNoLab = usageError{"there is no lab here: `rung up 1 --cloud lab` makes one"}

// labStands fails where no stack was made in this directory: there is nothing to start or stop.
func (a *app) labStands() error {
	l, err := lab.Of(a.flags.dir)
	if err == nil && !l.Stands() {
		err = errNoLab
	}
	return err
}

func (a *app) labStop() *cobra.Command {
	return &cobra.Command{
		Use: "stop", Short: "End the lab's servers; their data stays", Args: cobra.NoArgs,
		RunE: a.runs(func(ctx context.Context, _ []string) error {
			l, err := lab.Of(a.flags.dir)
			if err != nil {
				return err
			}
			if err := a.labStands(); err != nil {
				return err
			}
			executable, err := os.Executable()
			if err != nil {
				return fmt.Errorf("find the running executable: %w", err)
			}
			if err := l.Stop(ctx, executable); err != nil {
				return err
			}
			a.say("The lab has ended; its data stays in .rung/lab.")
			return nil
		}),
	}
}

func (a *app) labStatus() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Show what the lab runs, how it is, and what nothing stands in for", Args: cobra.NoArgs,
		RunE: a.runs(func(context.Context, []string) error {
			l, err := lab.Of(a.flags.dir)
			if err != nil {
				return err
			}
			s, err := l.State()
			if errors.Is(err, fs.ErrNotExist) {
				return errNoLab
			}
			if err != nil {
				return err
			}
			return a.show(labView(s))
		}),
	}
}

func (a *app) labLogs() *cobra.Command {
	var follow bool
	c := &cobra.Command{
		Use: "logs [SERVER]", Short: "Print the log of a server, or the supervisor's own", Args: cobra.MaximumNArgs(1),
		Example: "  rung lab logs i-0abc/app --follow",
		RunE: a.runs(func(ctx context.Context, args []string) error {
			l, err := lab.Of(a.flags.dir)
			if err != nil {
				return err
			}
			path, err := l.Log(strings.Join(args, ""))
			if err != nil {
				return usageError{err.Error()}
			}
			return a.printLog(ctx, path, follow)
		}),
	}
	c.Flags().BoolVarP(&follow, "follow", "f", false, "go on printing what is written")
	return c
}

func (a *app) printLog(ctx context.Context, path string, follow bool) error {
	if follow {
		cmd := exec.CommandContext(ctx, "tail", "-n", "100", "-F", path)
		cmd.Stdout, cmd.Stderr = a.out, a.err
		return cmd.Run()
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("print the log: %w", err)
	}
	defer f.Close()
	_, err = io.Copy(a.out, f)
	return err
}

// checkLab fails before anything is made where this machine cannot run a stage.
func (a *app) checkLab(stage string) error {
	if !a.flags.lab() {
		return nil
	}
	l, err := lab.Of(a.flags.dir)
	if err != nil {
		return err
	}
	number, _ := strconv.Atoi(stage) // what is no stage is told later
	return errors.Join(lab.Check(number), l.Room())
}

// ownLab fails where another rung keeps the lab of the directory.
func (a *app) ownLab() error {
	if !a.flags.lab() {
		return nil
	}
	l, err := lab.Of(a.flags.dir)
	if err != nil {
		return err
	}
	return l.Ours()
}

// startLab starts the lab of this directory unless it runs. The ports are the app's.
func (a *app) startLab(ctx context.Context, stage int, ports ...int) (lab.Lab, error) {
	if err := lab.Check(stage, ports...); err != nil {
		return lab.Lab{}, err
	}
	l, err := lab.Of(a.flags.dir)
	if err != nil {
		return l, err
	}
	executable, err := os.Executable()
	if err != nil {
		return l, fmt.Errorf("find the running executable: %w", err)
	}
	return l, l.Start(ctx, executable)
}

// labWithin is how long the lab is waited for while no further server of a stage comes
// up, once the cloud has it.
const labWithin = 3 * time.Minute

// settleLab waits until everything runs, and says what is waited for.
func (a *app) settleLab(ctx context.Context, l lab.Lab) (state.State, error) {
	said := map[string]bool{}
	return l.Settle(ctx, labWithin, func(s state.State) {
		for _, u := range s.Units {
			line := fmt.Sprintf("lab: %s is %s", u.What, u.State)
			if u.State == "failed" && !said[line+u.Error] {
				said[line+u.Error] = true
				a.say("%s (%s): %s", line, u.Name, u.Error)
			}
		}
	})
}

func labView(s state.State) view.Lab {
	v := view.Lab{Running: s.Runs(), Process: s.Supervisor.PID, Settled: s.Settled, Trouble: s.Trouble,
		Ringing: s.Ringing, Returned: s.Returned}
	for _, d := range s.Doors {
		v.Doors = append(v.Doors, view.LabDoor{Name: d.Name, URL: d.URL})
	}
	for _, u := range s.Units {
		if !v.Running {
			u.State, u.PID = "not running", 0
		}
		v.Servers = append(v.Servers, view.LabServer{Name: u.Name, What: u.What, Address: u.Address, Ports: u.Ports,
			State: u.State, Process: u.PID, Error: u.Error})
	}
	for _, n := range s.Notes {
		v.Notes = append(v.Notes, view.LabNote{About: n.About, Text: n.Text, Missing: n.Missing})
	}
	return v
}
