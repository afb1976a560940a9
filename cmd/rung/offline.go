package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/engine/guest"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/polyglot"
	"github.com/rung-dev/rung/preview/view"
)

func (a *app) offlineCommand() *cobra.Command {
	var unknown string
	var allow []string
	c := &cobra.Command{
		Use:   "offline -- COMMAND",
		Short: "Run any Pulumi program, in any language, on the offline cloud, with no account",
		Long: `Runs a command with the offline cloud around it: the stock Pulumi CLI finds rung's
providers under the names of aws, cloudflare and random, keeps its state below .rung
and finds no credential. It refuses what the clouds refuse, and RUNG_OFFLINE_FAULTS
injects faults as elsewhere. Other providers are not found unless --allow names one
that is installed. The exit code is the command's.`,
		Example: "  rung offline -- pulumi preview\n  rung offline --unknown=accept -- pulumi up --yes\n" +
			"  rung offline types rds",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 || c.ArgsLenAtDash() != 0 {
				return fmt.Errorf("want -- and the command to run, as in `%s`", example(c))
			}
			return nil
		},
	}
	c.RunE = a.runs(func(ctx context.Context, args []string) error { return a.runOffline(ctx, args, unknown, allow) })
	c.Flags().StringVar(&unknown, "unknown", offline.Refuse,
		"types that are not simulated: `"+strings.Join(offline.Unknowns(), "|")+"`")
	c.Flags().StringArrayVar(&allow, "allow", nil,
		"let an installed `provider` take part that is not simulated, for real; repeatable")
	c.AddCommand(a.offlineTypes())
	return c
}

// runOffline runs a command of the user's as the cloud's guest.
func (a *app) runOffline(ctx context.Context, command []string, unknown string, allow []string) error {
	if !slices.Contains(offline.Unknowns(), unknown) {
		return usageError{fmt.Sprintf("--unknown: got %q, want %s%s", unknown, strings.Join(offline.Unknowns(), " or "),
			didYouMean(unknown, offline.Unknowns(), ""))}
	}
	executable, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the running executable: %w", err)
	}
	place, err := guest.New(guest.Options{
		Dir: a.flags.dir, Executable: executable, Providers: append(offline.Providers(), polyglot.Name), Allow: allow,
		Passphrase: engine.OfflinePassphrase, StateVariable: offline.StateEnv,
		Set: map[string]string{offline.UnknownEnv: unknown},
	})
	if err != nil {
		return usageError{err.Error()}
	}
	defer engine.Hands()()
	made, err := place.Begin(command, a.flags.stack)
	if made {
		a.say("made the stack %s; `rung offline -- pulumi stack rm` removes it", a.flags.stack)
	}
	if err == nil {
		err = a.runGuest(ctx, place, command)
		a.tellUnheard(place.Cloud())
	}
	if errors.Is(err, exec.ErrNotFound) {
		return usageError{err.Error() + missingCLI(command[0])}
	}
	return err
}

// runGuest runs a command. What changes resources notes its steps in a journal where that is
// asked for.
func (a *app) runGuest(ctx context.Context, place guest.Place, command []string) error {
	streams := guest.Streams{In: a.in, Out: a.out, Err: a.err}
	if !guest.NotesSteps(command) {
		return place.Run(command, streams)
	}
	served, err := engine.Serve(ctx, place.Backend(), func(text string) { a.say("%s", text) })
	if err != nil {
		return err
	}
	var env []string
	if served != nil {
		env = append(served.Environment(), place.Selected(command)...)
	}
	err = place.Run(command, streams, env...)
	if closed := served.Close(); err == nil {
		err = closed
	}
	return err
}

// tellUnheard says what AWS would take of what stands in a cloud, and drop without a word.
func (a *app) tellUnheard(cloud string) {
	dropped, err := offline.Unheard(cloud)
	if err != nil {
		return // the run itself has said that the cloud cannot be read
	}
	for _, d := range dropped {
		a.say("AWS takes %s and drops what it sends (%s). %s", d.URN[strings.LastIndex(d.URN, "::")+2:], d.Reason, d.Hint)
	}
}

// missingCLI says where Pulumi's CLI comes from.
func missingCLI(name string) string {
	if name != "pulumi" {
		return ""
	}
	return ": install Pulumi (https://www.pulumi.com/docs/install/), which has the language hosts beside it"
}

func (a *app) offlineTypes() *cobra.Command {
	return &cobra.Command{
		Use:     "types [PART]",
		Short:   "List the resource types and functions that the offline cloud simulates",
		Example: "  rung offline types rds\n  rung offline types --format json",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.runs(func(_ context.Context, args []string) error {
			types, err := simulated(strings.Join(args, ""))
			if err != nil {
				return err
			}
			return a.show(types)
		}),
	}
}

// simulated is what the offline cloud covers, of the names that hold a part.
func simulated(part string) (view.Types, error) {
	types := view.Types{Part: part}
	lacks := func(token string) bool {
		return !strings.Contains(strings.ToLower(token), strings.ToLower(part))
	}
	for _, name := range offline.Providers() {
		resources, functions, err := offline.Types(name)
		if err != nil {
			return types, err
		}
		types.Resources = append(types.Resources, slices.DeleteFunc(resources, lacks)...)
		types.Functions = append(types.Functions, slices.DeleteFunc(functions, lacks)...)
	}
	return types, nil
}
