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

// Batch takes items from any goroutine. Whoever adds one wakes nobody but with the one
// that makes a batch full.
type Batch[T comparable] struct {
	config Config[T]
	lock   chan struct{} // who has put something in has open
	open   map[T]int64
	late   *time.Timer // when open is due although it is not full
	full   chan map[T]int64
	closed chan struct{} // told to end
	done   chan struct{} // has ended
	end    context.Context
	err    error
}

// New starts a batch. Close it to write what waits. One full batch is being written and
// one is filled; of the capacity the rest waits between.
func New[T comparable](c Config[T]) *Batch[T] {
	b := &Batch[T]{config: c, lock: make(chan struct{}, 1), open: map[T]int64{}, late: time.NewTimer(c.Every),
		full: make(chan map[T]int64, max(c.Capacity/c.Size-2, 0)), closed: make(chan struct{}), done: make(chan struct{})}
	b.late.Stop()
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
	case b.lock <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("add to a batch: %w", ctx.Err())
	case <-b.closed:
		return ErrClosed
	}
	defer func() { <-b.lock }()
	if b.open[item] == 0 && len(b.open) == b.config.Size {
		select {
		case b.full <- b.open:
			b.begin()
		case <-ctx.Done():
			return fmt.Errorf("add to a batch: %w", ctx.Err())
		case <-b.closed:
			return ErrClosed
		}
	}
	b.put(item)
	return nil
}

// put counts an item, and hands the batch on if it is full and there is room.
func (b *Batch[T]) put(item T) {
	if len(b.open) == 0 {
		b.late.Reset(b.config.Every)
	}
	if b.open[item]++; len(b.open) < b.config.Size {
		return
	}
	select {
	case b.full <- b.open:
		b.begin()
	default:
	}
}

func (b *Batch[T]) begin() {
	b.late.Stop()
	b.open = make(map[T]int64, b.config.Size)
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
		select {
		case items := <-b.full:
			b.write(items)
		case <-b.late.C:
			b.write(b.due())
		case <-b.closed:
			b.rest()
			return
		}
	}
}

// due is what has waited long enough, or what must go before it: then somebody has it
// and waits for room.
func (b *Batch[T]) due() map[T]int64 {
	select {
	case items := <-b.full:
		return items
	case b.lock <- struct{}{}:
	}
	defer func() { <-b.lock }()
	items := b.open
	b.begin()
	return items
}

// rest writes all that waits.
func (b *Batch[T]) rest() {
	for {
		select {
		case items := <-b.full:
			b.write(items)
			continue
		default:
		}
		b.write(b.open)
		return
	}
}

// write tries until the batch is written or, after Close, until its context ends.
func (b *Batch[T]) write(items map[T]int64) {
	if len(items) == 0 {
		return
	}
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
