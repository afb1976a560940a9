package engine

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/blang/semver"
)

// killAfter is how long a CLI may take to die once the user asked twice.
const killAfter = 3 * time.Second

// command runs the CLI for the Automation API. Its own implementation would pass
// on the whole environment and share the terminal's process group, where one
// Ctrl-C reaches the CLI twice and the second one makes it give up its clean end.
type command struct {
	cli *CLI
	env []string
	// begun is told of each process that starts; nil for nobody.
	begun func(pid int)
}

// Version is asked by the Automation API.
func (c *command) Version() semver.Version { return c.cli.Version }

// Run runs the CLI to its end. When ctx is done the CLI is interrupted and ends
// cleanly after the operations under way; a second interrupt (see Signals) kills it
// and its plugins.
func (c *command) Run(ctx context.Context, dir string, stdin io.Reader, outs, errs []io.Writer, env []string,
	args ...string) (string, string, int, error) {
	if err := ctx.Err(); err != nil {
		return "", "", -1, context.Cause(ctx)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(c.cli.Path, nonInteractive(args)...)
	cmd.Dir, cmd.Stdin = dir, stdin
	cmd.Env = append(slices.Clone(c.env), c.envOf(env)...)
	cmd.Stdout = io.MultiWriter(append(outs, &stdout)...)
	cmd.Stderr = io.MultiWriter(append(errs, &stderr)...)
	cmd.SysProcAttr = ownGroup()
	cmd.WaitDelay = killAfter
	if err := cmd.Start(); err != nil {
		return "", "", -1, err
	}
	if c.begun != nil {
		c.begun(cmd.Process.Pid)
	}
	err := c.wait(ctx, cmd)
	return stdout.String(), stderr.String(), exitCode(err), err
}

// envOf keeps what the Automation API adds, and puts the CLI's directory on the
// PATH: language hosts lie beside the CLI.
func (c *command) envOf(extra []string) []string {
	path := ""
	for _, e := range c.env {
		if len(e) > 5 && e[:5] == "PATH=" {
			path = e[5:]
		}
	}
	return append(slices.Clone(extra), "PATH="+path+string(os.PathListSeparator)+filepath.Dir(c.cli.Path))
}

func (c *command) wait(ctx context.Context, cmd *exec.Cmd) error {
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	_ = cmd.Process.Signal(os.Interrupt) // fails only when it has ended already
	select {
	case err := <-done:
		return err
	case <-insist(ctx):
	}
	return terminate(cmd, done)
}

// terminate asks the CLI a second time, at which it ends without waiting for the
// operations under way; one that does not is killed. Its plugins have process groups
// of their own and would live on, so they are killed one by one.
func terminate(cmd *exec.Cmd, done <-chan error) error {
	for _, child := range descendants(cmd.Process.Pid) {
		defer func() { kill(child) }()
	}
	_ = cmd.Process.Signal(os.Interrupt)
	select {
	case err := <-done:
		return err
	case <-time.After(killAfter):
	}
	killGroup(cmd.Process.Pid)
	return <-done
}

func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

func nonInteractive(args []string) []string { return append([]string{"--non-interactive"}, args...) }
