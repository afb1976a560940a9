package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/rung-dev/rung/app/apptest"
)

// run is what servers for tests want of a test, outside of one.
type run struct {
	ctx  context.Context
	undo []func()
}

var _ apptest.T = (*run)(nil)

// failed is what Fatal ends a run with.
type failed struct{ error }

// attempt does something that may end by Fatal, and undoes what it left behind.
func attempt(ctx context.Context, do func(*run)) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	r := &run{ctx: ctx}
	defer r.end()
	defer cancel()
	defer func() {
		if got := recover(); got != nil {
			why, ours := got.(failed)
			if !ours {
				panic(got)
			}
			err = why.error
		}
	}()
	do(r)
	return nil
}

func (r *run) end() {
	for _, undo := range slices.Backward(r.undo) {
		undo()
	}
}

// Helper is of no use here.
func (r *run) Helper() {}

// Context ends with the run.
func (r *run) Context() context.Context { return r.ctx }

// Cleanup is done at the end, what was named last first.
func (r *run) Cleanup(undo func()) { r.undo = append(r.undo, undo) }

// TempDir goes at the end.
func (r *run) TempDir() string {
	dir, err := os.MkdirTemp("", "app-faults-")
	r.must(err)
	r.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// Log says nothing: what failed is counted.
func (r *run) Log(...any) {}

// Error is about the end of a server, which nobody waits for.
func (r *run) Error(...any) {}

// Fatal ends the run.
func (r *run) Fatal(args ...any) { panic(failed{errors.New(fmt.Sprint(args...))}) }

// Fatalf ends the run.
func (r *run) Fatalf(format string, args ...any) { panic(failed{fmt.Errorf(format, args...)}) }

// must ends the run after an error.
func (r *run) must(err error) {
	if err != nil {
		panic(failed{err})
	}
}

// pause waits, and ends the run with its context.
func (r *run) pause(d time.Duration) {
	select {
	case <-r.ctx.Done():
		r.must(context.Cause(r.ctx))
	case <-time.After(d):
	}
}
