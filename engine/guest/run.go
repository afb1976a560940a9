package guest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// Ended is a command that ended with a status of its own, which is the user's to read.
type Ended struct{ Status int }

// Error says the status.
func (e Ended) Error() string { return fmt.Sprintf("the command ended with status %d", e.Status) }

// Streams are what a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Run runs a command to its end, in the directory where the user stands. An [Ended] is
// one that ran and did not end well; other errors are of commands that did not run. A
// terminal's Ctrl-C reaches the command by itself; SIGTERM, which only this process
// gets, is passed on. More variables stand in for those of the place.
func (p Place) Run(command []string, to Streams, more ...string) error {
	cmd, err := p.command(command)
	if err != nil {
		return err
	}
	cmd.Env = append(cmd.Env, more...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = to.In, to.Out, to.Err
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run %s: %w", command[0], err)
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	defer signal.Stop(asked)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-asked:
			_ = cmd.Process.Signal(s) // it may have ended
		case err := <-ended:
			return outcome(command[0], err)
		}
	}
}

func (p Place) command(command []string) (*exec.Cmd, error) {
	if _, err := exec.LookPath(command[0]); err != nil {
		return nil, fmt.Errorf("run %s: %w", command[0], err)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = p.Environment(os.Environ())
	return cmd, nil
}

func outcome(name string, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return Ended{exit.ExitCode()}
	case errors.As(err, &exit):
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return Ended{128 + int(status.Signal())} // as a shell says it
		}
	}
	return fmt.Errorf("run %s: %w", name, err)
}

// Begin makes a stack for a command that needs one, where none is selected yet, and
// reports whether it did: a preview of a program is then one command. Commands that
// name a stack or another directory are left alone, and so is what is not Pulumi's CLI.
// Where there is no project either, the CLI says so itself.
func (p Place) Begin(command []string, stack string) (made bool, err error) {
	if _, err := workspace.DetectProjectPath(); err != nil || !WantsStack(command) {
		return false, nil
	}
	ask, err := p.command([]string{command[0], "stack", "--show-name", "--non-interactive"})
	if err != nil {
		return false, err
	}
	if ask.Run() == nil {
		return false, nil
	}
	begin, err := p.command([]string{command[0], "stack", "select", "--create", stack, "--non-interactive"})
	if err != nil {
		return false, err
	}
	if said, err := begin.CombinedOutput(); err != nil {
		return false, fmt.Errorf("make the stack %s: %w: %s", stack, err, strings.TrimSpace(string(said)))
	}
	return true, nil
}

// Selected is the variable that names the stack that a command works on, for a CLI that is led
// to another backend than the one in which the stack was selected; empty where none was.
func (p Place) Selected(command []string) []string {
	ask, err := p.command([]string{command[0], "stack", "--show-name", "--non-interactive"})
	if err != nil {
		return nil
	}
	said, err := ask.Output()
	name := strings.TrimSpace(string(said))
	if err != nil || name == "" {
		return nil
	}
	return []string{"PULUMI_STACK=" + name}
}

// working are the commands of Pulumi's CLI that work on the selected stack.
var working = []string{"up", "update", "preview", "pre", "destroy", "refresh", "config"}

// WantsStack reports whether a command is Pulumi's CLI at work on the selected stack of
// the directory that it starts in.
func WantsStack(command []string) bool {
	for _, arg := range command[1:] {
		for _, other := range []string{"--stack", "--cwd", "--help"} {
			if arg == other || strings.HasPrefix(arg, other+"=") {
				return false
			}
		}
		if strings.HasPrefix(arg, "-s") || strings.HasPrefix(arg, "-C") || arg == "-h" {
			return false
		}
	}
	return slices.Contains(working, verbOf(command))
}

// NotesSteps reports whether a command is Pulumi's CLI that changes resources.
func NotesSteps(command []string) bool {
	return slices.Contains([]string{"up", "update", "destroy", "refresh"}, verbOf(command))
}

// verbOf is what Pulumi's CLI is asked to do; empty for every other command.
func verbOf(command []string) string {
	if name := strings.TrimSuffix(filepath.Base(command[0]), ".exe"); name != "pulumi" {
		return ""
	}
	for _, arg := range command[1:] {
		if !strings.HasPrefix(arg, "-") {
			return arg
		}
	}
	return ""
}
