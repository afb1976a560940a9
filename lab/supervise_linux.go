package lab

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/supervisor"
)

// detached makes a process that no terminal's signals reach.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// Supervise is the supervisor of a lab's directory: it returns the exit status of the
// process when it is told to end and has ended all that it started.
func Supervise(dir string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGHUP)
	at := place.Place{Dir: dir}
	if err := supervisor.Run(ctx, at, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "supervise the lab: %v\n", err)
		_ = os.WriteFile(at.Refusal(), []byte(err.Error()), 0o600) // for whoever waits for it
		return 1
	}
	return 0
}
