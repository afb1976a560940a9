package engine

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// ErrInterrupted is the cause of a context that Signals cancelled.
var ErrInterrupted = errors.New("interrupted")

type insistKey struct{}

// Signals returns a context that the first Ctrl-C (or SIGTERM) cancels: the engine
// then finishes what is under way and ends. The second one kills it. Call stop when done.
func Signals(parent context.Context) (ctx context.Context, stop func()) {
	got := make(chan os.Signal, 2)
	signal.Notify(got, os.Interrupt, syscall.SIGTERM)
	ctx, end := interruptible(parent, got)
	return ctx, sync.OnceFunc(func() { signal.Stop(got); end() })
}

func interruptible(parent context.Context, got <-chan os.Signal) (context.Context, func()) {
	twice := make(chan struct{})
	ctx, cancel := context.WithCancelCause(context.WithValue(parent, insistKey{}, twice))
	ended := make(chan struct{})
	go func() {
		for n := 0; n < 2; n++ {
			select {
			case <-got:
			case <-ended:
				return
			}
			if n == 0 {
				cancel(ErrInterrupted)
			} else {
				close(twice)
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
