package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"syscall"

	"github.com/rung-dev/rung/lab/container"
	"github.com/rung-dev/rung/lab/distance"
	"github.com/rung-dev/rung/lab/domain"
	"github.com/rung-dev/rung/lab/edge"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/services"
	"github.com/rung-dev/rung/lab/supervisor"
)

// detached makes a process that no terminal's signals reach.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// alone keeps what this process was given open, beyond its input and outputs, from those
// that it starts. They outlive it, and would hold it: a lock, of whoever runs rung by flock.
func alone() {
	open, _ := os.ReadDir("/proc/self/fd") // without it, everything is passed on
	for _, one := range open {
		if n, err := strconv.Atoi(one.Name()); err == nil && n > 2 {
			syscall.CloseOnExec(n)
		}
	}
}

// Served reports whether the arguments of an executable of rung, after its name, make
// it a process of a lab. If so, it is that until it is told to end.
func Served(args []string) (status int, served bool) {
	const words = 3
	if len(args) < words || args[0] != "lab" {
		return 0, false
	}
	if args[1] == container.Word {
		return container.Main(args[2], args[words:]), true
	}
	if len(args) != words {
		return 0, false
	}
	switch args[1] {
	case Word:
		return Supervise(args[2]), true
	case services.Word:
		return serve("the lab's AWS", services.Serve, args[2]), true
	case distance.Word:
		return serve("the lab's ways between regions", distance.Serve, args[2]), true
	case domain.Word:
		return serve("the way to a domain of the lab", domain.Serve, args[2]), true
	case edge.Word:
		return serve("the lab's edge", edge.Serve, args[2]), true
	}
	return 0, false
}

// modest is how much garbage a process that lives long may have, in percent of what it
// holds: rung's short ones are given more.
const modest = 20

// serve is a server of rung's own, by a plan in a file.
func serve(what string, by func(context.Context, string, io.Writer) error, plan string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	debug.SetGCPercent(modest)
	if err := by(ctx, plan, os.Stderr); err != nil {
		fmt.Fprintf(os.Stderr, "serve %s: %v\n", what, err)
		return 1
	}
	return 0
}

// Supervise is the supervisor of a lab's directory: it returns the exit status of the
// process when it is told to end and has ended all that it started.
func Supervise(dir string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGHUP)
	debug.SetGCPercent(modest)
	at := place.Place{Dir: dir}
	if err := supervisor.Run(ctx, at, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "supervise the lab: %v\n", err)
		if !errors.Is(err, supervisor.ErrRuns) { // then the other one is waited for
			_ = os.WriteFile(at.Refusal(), []byte(err.Error()), 0o600) // for whoever waits for it
		}
		return 1
	}
	return 0
}
