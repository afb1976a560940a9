package onlab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/container"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/operate"
)

// Exec runs a command beside the app of a machine, until its end or the context's.
func (d *Driver) Exec(ctx context.Context, m operate.Machine, argv []string, out operate.IO) (int, error) {
	cmd, err := d.beside(ctx, m, argv)
	if err != nil {
		return 0, err
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = out.In, out.Out, out.Err
	err = cmd.Run()
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case errors.As(err, &ended):
		return ended.ExitCode(), nil
	case err != nil:
		return 0, fmt.Errorf("run %s on %s: %w", argv[0], m.ID, err)
	}
	return 0, nil
}

// Shell is bash beside the app, at the caller's own terminal.
func (d *Driver) Shell(ctx context.Context, m operate.Machine, out operate.IO) error {
	shell := "/bin/bash"
	if d.Contained {
		shell = "/bin/sh" // which more images have
	}
	_, err := d.Exec(ctx, m, []string{shell, "-i"}, out)
	return err
}

// ending is how long a command may take to end that nobody waits for any more.
const ending = 5 * time.Second

// beside is a command as the app's process has it: user, environment and folder.
func (d *Driver) beside(ctx context.Context, m operate.Machine, argv []string) (*exec.Cmd, error) {
	_, led, err := d.now("exec")
	if err != nil {
		return nil, err
	}
	p, err := running(led, app(m))
	if err != nil {
		return nil, err
	}
	if d.Contained {
		return d.inContainer(ctx, m, p, argv)
	}
	proc := processOf(p.PID)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	if cmd.Env, err = environmentOf(p.PID); err != nil {
		return nil, fmt.Errorf("read the environment of the app on %s: %w", m.ID, err)
	}
	if valueOf(cmd.Env, "PATH") == "" { // the lab's programs are started by their whole path
		cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"))
	}
	if cmd.Dir, err = os.Readlink(filepath.Join(proc, "cwd")); err != nil {
		return nil, fmt.Errorf("find the folder of the app on %s: %w", m.ID, err)
	}
	cmd.WaitDelay = ending
	return cmd, asUserOf(cmd, proc)
}

// inContainer is a command in the app's container, as its program has it.
func (d *Driver) inContainer(ctx context.Context, m operate.Machine, p ledger.Process, argv []string) (*exec.Cmd,
	error) {
	of, err := environmentOf(p.PID)
	if err != nil {
		return nil, fmt.Errorf("read the environment of the app on %s: %w", m.ID, err)
	}
	id, err := container.Containers{Dir: d.at.Dir}.On(valueOf(of, "HOME")).Any()
	if err != nil {
		return nil, fmt.Errorf("enter the app's container on %s: %w; see `rung lab status`", m.ID, err)
	}
	words := container.Command(id, argv)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	if cmd.Env, err = environmentOf(id.PID); err != nil {
		return nil, fmt.Errorf("read the environment of the app's container on %s: %w", m.ID, err)
	}
	cmd.WaitDelay = ending
	return cmd, nil
}

// processOf is what the system says of a process.
func processOf(pid int) string { return filepath.Join("/proc", strconv.Itoa(pid)) }

// environmentOf is the environment that a process was started with.
func environmentOf(pid int) (env []string, err error) {
	text, err := os.ReadFile(filepath.Join(processOf(pid), "environ"))
	for _, v := range bytes.Split(bytes.TrimRight(text, "\x00"), []byte{0}) {
		env = append(env, string(v))
	}
	return env, err
}

// valueOf is the value of a variable in an environment; empty where it has none.
func valueOf(env []string, name string) string {
	for _, v := range env {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// running is a server's process, while it lives.
func running(led *ledger.Ledger, name string) (ledger.Process, error) {
	p, ok := led.Processes[name]
	if !ok || !p.Alive() {
		return p, fmt.Errorf("the app does not run on this machine (%s): see `rung lab status`", name)
	}
	return p, nil
}
