package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/engine/guest"
	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/stacks/artifact"
)

// app is the command with everything around it as a field, so that tests run
// it in their own process.
type app struct {
	// program is what the engine runs, with the app that the machines run.
	program func(artifact.Artifact) pulumi.RunFunc
	// zone is the program of a run that makes a new domain's zone first; zoneFirst
	// says that it is the one to run now.
	zone      func(artifact.Artifact) pulumi.RunFunc
	zoneFirst bool
	// nameServers asks who answers for a domain.
	nameServers func(ctx context.Context, domain string) ([]string, error)
	// resolve finds or builds that app; see artifact.Resolve.
	resolve func(ctx context.Context, path, dir string, want artifact.Architecture) (artifact.Artifact, error)
	// static finds that app's static files; see artifact.Static.
	static   func(ctx context.Context, dir string) ([]artifact.File, error)
	in       io.Reader
	out, err io.Writer
	flags    flags
	// unwatched leaves the policies out, for tests on programs that are no stage.
	unwatched bool
	// plain says that the output is another program's, and what rung says goes beside it.
	plain bool
	// secrets are those of the stack's file, opened.
	secrets secrets
	// asks is asked in the place of the cloud's driver, by tests; nil is that.
	asks operate.Driver
	// taken receives documents in place of the output; nil shows them.
	taken func(document)
	// written is what went to the output file so far.
	written bytes.Buffer
}

// run executes one command line and returns the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	c, err := root.ExecuteContextC(ctx)
	if wrong := (misread{}); errors.As(err, &wrong) {
		err = allWrong(root, args)
	}
	code := codeOf(err)
	if ended := (guest.Ended{}); err != nil && !errors.As(err, &ended) { // which has said so itself
		text := err.Error()
		if errors.Is(context.Cause(ctx), engine.ErrInterrupted) { // what stopped half-way says so in Go's words
			text = strings.ReplaceAll(text, context.Canceled.Error(), engine.ErrInterrupted.Error())
		}
		a.fail(nameOf(c, text))
	}
	if code == codeUsage && !isRun(err) {
		fmt.Fprintln(a.err, "`rung --help` lists the commands, `rung COMMAND --help` the flags of one.")
	}
	return code
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "rung",
		Short: "Climb the scalability ladder on AWS, one stage at a time",
		Long: `rung provisions a web system on AWS and carries it up the scalability ladder.
Before each step it shows which resources change, what the month will cost and
that no data is lost.

` + exitSentence() + `
` + "`rung completion bash --help`" + ` (zsh, fish, powershell) says how the shell completes commands.`,
		SilenceErrors: true, SilenceUsage: true,
		SuggestionsMinimumDistance: 2,
	}
	root.SetFlagErrorFunc(flagError)
	a.flags.common(root.PersistentFlags())
	complete(root)
	gather(root, a.groups())
	refuse(root)
	return root
}

// finishes is as runs, of a command that puts back what it has begun, or brings it to its
// end, also when it is interrupted: that is waited for. What it does heeds its context.
func (a *app) finishes(f func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return a.runs(func(ctx context.Context, args []string) error {
		defer engine.Hands()()
		return f(ctx, args)
	})
}

// runs makes a command's function: what it returns is the outcome of a run, and
// what cobra returns besides is wrong usage.
func (a *app) runs(f func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		a.flags.fitFormat(c.Flags().Changed("format"))
		if err := errors.Join(a.flags.check(), checkCloud(c)); err != nil {
			return err
		}
		if err := f(c.Context(), args); err != nil {
			return runError{err}
		}
		return nil
	}
}
