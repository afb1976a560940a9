package engine

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAChangeComesToItsEndFirst(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	done := changes()
	over := Overdue(ctx)
	interrupt()
	select {
	case <-over:
		t.Fatal("a stack is being changed")
	case <-time.After(2 * grace):
	}
	done()
	select {
	case <-over:
	case <-time.After(time.Minute):
		t.Fatal("nothing is being changed any more")
	}
	require.Zero(t, changing.Load())
}

func TestNothingIsOverdueUnasked(t *testing.T) {
	select {
	case <-Overdue(t.Context()):
		t.Fatal("nobody asked it to end")
	case <-time.After(2 * grace):
	}
}
