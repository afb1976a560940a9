package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rung-dev/rung/lab/load/open"
)

// trial measures one thing after another. After its first error it measures
// nothing more: figures are worth reading while err is nil.
type trial struct {
	*place
	err error
}

// fails notes an error, if there is one, and says whether there has been any.
func (t *trial) fails(err error) bool {
	t.err = errors.Join(t.err, err)
	return t.err != nil
}

// exec runs statements on the primary.
func (t *trial) exec(ctx context.Context, sql string, args ...any) {
	if t.err == nil {
		_, err := t.pool.Exec(ctx, sql, args...)
		t.fails(err)
	}
}

// times measures n runs of fn, one after the other.
func (t *trial) times(n int, fn func(i int) error) (out open.Durations) {
	for i := range n {
		begin := time.Now()
		if t.err != nil || t.fails(fn(i)) {
			return nil
		}
		out = append(out, time.Since(begin))
	}
	return out
}

// parallel measures fn for each of the ids, a few at a time.
func (t *trial) parallel(ids []string, fn func(string) error) (out open.Durations) {
	var mu sync.Mutex
	var under errgroup.Group
	under.SetLimit(4)
	for _, id := range ids {
		under.Go(func() error {
			begin := time.Now()
			err := fn(id)
			took := time.Since(begin)
			mu.Lock()
			defer mu.Unlock()
			out = append(out, took)
			return err
		})
	}
	t.fails(under.Wait())
	return out
}

// rate runs fn from many goroutines for a period and returns how many runs
// ended in a second.
func (t *trial) rate(ctx context.Context, parallel int, fn func(ctx context.Context) error) float64 {
	ran := make([]int, parallel)
	var under errgroup.Group
	begin := time.Now()
	for i := range parallel {
		under.Go(func() error {
			for time.Since(begin) < t.period {
				if err := fn(ctx); err != nil {
					return err
				}
				ran[i]++
			}
			return nil
		})
	}
	t.fails(under.Wait())
	all := 0
	for _, n := range ran {
		all += n
	}
	return float64(all) / time.Since(begin).Seconds()
}
