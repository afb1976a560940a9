package sim_test

import (
	"context"
	"testing"
)

// failing is the part of testing.TB that simtest needs, for use outside of a test.
type failing struct {
	testing.TB
	status *int
}

func (f *failing) Helper()                  {}
func (f *failing) Errorf(string, ...any)    { *f.status = 1 }
func (f *failing) FailNow()                 { panic("the child failed") }
func (f *failing) Context() context.Context { return context.Background() }
