package engine

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ErrInterrupted is the cause of a context that Signals cancelled.
var ErrInterrupted = errors.New("interrupted")

type insistKey struct{}

// Signals returns a context that the first Ctrl-C (or SIGTERM) cancels: the engine
// then finishes what is under way and ends. The second one kills it. Call stop when done.
//
// A terminal that goes away (SIGHUP) asks the same, but not for haste, and not where
// rung was started with nohup. So does a reader of the output that goes away (SIGPIPE),
// while a stack is being changed; else the process ends at once, as any does.
func Signals(parent context.Context) (ctx context.Context, stop func()) {
	got := make(chan os.Signal, 8)
	wanted := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE}
	if !signal.Ignored(syscall.SIGHUP) {
		wanted = append(wanted, syscall.SIGHUP)
	}
	signal.Notify(got, wanted...)
	ctx, end := interruptible(parent, got)
	return ctx, sync.OnceFunc(func() { signal.Stop(got); end() })
}

// wish is what a signal asks for.
type wish int

const (
	toEnd        wish = iota // and to do so at once, when it comes for the second time
	toEndInPeace             // once or often
	toDie                    // at once
	toGoOn                   // nothing: it was meant for somebody else
)

// wishOf tells what a signal asks for. The kernel sends SIGPIPE for any connection
// whose other end went away, a dead plugin's too: only the reader of the output is
// anybody's wish.
func wishOf(s os.Signal, changes, reader bool) wish {
	switch {
	case s == syscall.SIGPIPE && reader:
		return toGoOn
	case s == syscall.SIGHUP, s == syscall.SIGPIPE && changes:
		return toEndInPeace
	case s == syscall.SIGPIPE:
		return toDie
	}
	return toEnd
}

// ofSIGPIPE is what a shell calls the end of a process by that signal. Go's runtime
// dies of it in a write only, and where nobody listens.
const ofSIGPIPE = 128 + int(syscall.SIGPIPE)

func interruptible(parent context.Context, got <-chan os.Signal) (context.Context, func()) {
	twice := make(chan struct{})
	ctx, cancel := context.WithCancelCause(context.WithValue(parent, insistKey{}, twice))
	ended := make(chan struct{})
	insisted := sync.OnceFunc(func() { close(twice) })
	go func() {
		for {
			select {
			case s := <-got:
				switch w := wishOf(s, changing.Load() > 0, outputIsRead()); {
				case w == toDie && ctx.Err() == nil:
					os.Exit(ofSIGPIPE)
				case w == toEnd && ctx.Err() != nil:
					insisted()
				case w == toEnd, w == toEndInPeace:
					cancel(ErrInterrupted)
				}
			case <-ended:
				return
			}
		}
	}()
	return ctx, func() { close(ended); cancel(context.Canceled) }
}

// insist is closed when the user asked to stop for the second time; without
// Signals it never is.
func insist(ctx context.Context) <-chan struct{} {
	twice, _ := ctx.Value(insistKey{}).(chan struct{})
	return twice
}

// changing counts the operations of this process that change a stack.
var changing atomic.Int32

// changes says that an operation changes a stack until done is called.
func changes() (done func()) {
	changing.Add(1)
	return func() { changing.Add(-1) }
}

// Hands says that a program of the user's has the terminal until back is called. It
// hears what the user asks for itself, and this process waits for its end.
func Hands() (back func()) { return changes() }

// A process that was asked to end has this long to do so by itself.
const (
	grace     = 700 * time.Millisecond
	lookEvery = 50 * time.Millisecond
)

// Overdue returns a channel that is closed when ctx was interrupted and the
// process ought to end at once: nothing of a stack is being changed, and whatever
// else it does, be it to wait for a lock, to read or to compute, heeds no context.
// A change comes to its end first, unless the user insists.
func Overdue(ctx context.Context) <-chan struct{} {
	over := make(chan struct{})
	go func() {
		<-ctx.Done()
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for idle := time.Duration(0); idle < grace; idle += lookEvery {
			if <-tick.C; changing.Load() > 0 {
				idle = 0
			}
		}
		close(over)
	}()
	return over
}

// KillAll ends every process that this one has started, at once.
func KillAll() {
	for _, pid := range descendants(os.Getpid()) {
		kill(pid)
	}
}
