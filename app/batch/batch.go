// Package batch turns many small writes into few large ones: items wait until
// there are enough or until the oldest has waited long enough. What is added again
// meanwhile is counted, and is one item of the write. A batch that
// cannot be written is kept and tried again, so items survive an outage of the
// database; while it lasts, memory is bounded and who adds must wait.
//
// A crash loses what waits, at most [Config.Every] old. What cannot bear that
// must not go through a batch.
package batch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrClosed is returned for an item that comes after Close.
var ErrClosed = errors.New("the batch is closed")

// Config says when to write.
type Config[T comparable] struct {
	// Size and Every are how many different items, or how long the oldest, to wait for.
	Size  int
	Every time.Duration
	// Capacity is how many items may wait in all.
	Capacity int
	// Flush writes a batch: how often each item was added. The attempt after a failed
	// one gets the same id: it must not count the items twice.
	Flush func(ctx context.Context, id string, items map[T]int64) error
	// NewID names batches.
	NewID func() string
	// Done is called after each attempt with how often anything was added; may be nil.
	Done func(n int64, err error)
}

const (
	flushTimeout = 10 * time.Second
	retryFirst   = 100 * time.Millisecond
	retryMost    = 5 * time.Second
)

// Batch takes items from any goroutine.
type Batch[T comparable] struct {
	config Config[T]
	items  chan T
	closed chan struct{} // told to end
	done   chan struct{} // has ended
	end    context.Context
	err    error
}

// New starts a batch. Close it to write what waits.
func New[T comparable](c Config[T]) *Batch[T] {
	b := &Batch[T]{config: c, items: make(chan T, max(c.Capacity-c.Size, 0)), closed: make(chan struct{}),
		done: make(chan struct{})}
	go b.run()
	return b
}

// Add hands over an item. It waits while as many items wait as may; the error
// says that the item was not taken.
func (b *Batch[T]) Add(ctx context.Context, item T) error {
	select {
	case <-b.closed:
		return ErrClosed
	default:
	}
	select {
	case b.items <- item:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("add to a batch: %w", ctx.Err())
	case <-b.closed:
		return ErrClosed
	}
}

// Close writes what waits, trying until ctx ends. Nobody may call Add at the
// same time: what is taken before Close is written by it.
func (b *Batch[T]) Close(ctx context.Context) error {
	b.end = ctx
	close(b.closed)
	<-b.done
	return b.err
}

func (b *Batch[T]) run() {
	defer close(b.done)
	for {
		items, more := b.collect()
		if len(items) > 0 {
			b.write(items)
		}
		if !more {
			return
		}
	}
}

// collect waits for a batch; false means that there will be no other.
func (b *Batch[T]) collect() (map[T]int64, bool) {
	items := make(map[T]int64, b.config.Size)
	var late <-chan time.Time
	for {
		select {
		case item := <-b.items:
			if items[item]++; len(items) == b.config.Size {
				return items, true
			}
			if late == nil {
				timer := time.NewTimer(b.config.Every)
				defer timer.Stop()
				late = timer.C
			}
		case <-late:
			return items, true
		case <-b.closed:
			return b.rest(items)
		}
	}
}

func (b *Batch[T]) rest(items map[T]int64) (map[T]int64, bool) {
	for len(items) < b.config.Size {
		select {
		case item := <-b.items:
			items[item]++
		default:
			return items, false
		}
	}
	return items, true
}

// write tries until the batch is written or, after Close, until its context ends.
func (b *Batch[T]) write(items map[T]int64) {
	id, added := b.config.NewID(), int64(0)
	for _, n := range items {
		added += n
	}
	for wait := retryFirst; ; wait = min(wait*2, retryMost) {
		ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
		err := b.config.Flush(ctx, id, items)
		cancel()
		if b.config.Done != nil {
			b.config.Done(added, err)
		}
		if err == nil {
			return
		}
		if b.ended(wait) {
			b.err = errors.Join(b.err, fmt.Errorf("write a batch of %d: %w", added, err))
			return
		}
	}
}

// ended waits before the next attempt, and says whether there may be none.
func (b *Batch[T]) ended(wait time.Duration) bool {
	closed := b.closed
	var end <-chan struct{}
	select {
	case <-b.closed:
		closed, end, wait = nil, b.end.Done(), min(wait, retryFirst)
	default:
	}
	select {
	case <-time.After(wait):
		return false
	case <-closed:
		return false
	case <-end:
		return true
	}
}
