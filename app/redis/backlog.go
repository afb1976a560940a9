package redis

import (
	"cmp"
	"context"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/redis/rueidis"
	"golang.org/x/sync/errgroup"
)

const (
	// backlogMax bounds what waits for Redis. Beyond it the oldest kind of
	// staleness, the time to live, is the bound.
	backlogMax = 100_000
	// catchUpAtOnce is how much of it is done side by side.
	catchUpAtOnce = 32
)

// Change makes a change in Redis that holds at a position of the database's
// log. Done twice it is done once.
type Change func(ctx context.Context, c rueidis.Client, position uint64) error

// backlog is what could not be changed while Redis was away.
type backlog struct {
	mu      sync.Mutex
	changes map[string]pending
	asked   uint64
	count   atomic.Int64 // how many there are, without the lock
}

type pending struct {
	change          Change
	position, asked uint64
}

// Change makes a change now or, while Redis is away, as soon as it is back. It
// returns ErrAway in the second case; the caller need not try again, and
// [Client.Changing] is true of key until it is done. Of several changes of a
// key the last one is made, at the furthest of their positions.
func (r *Client) Change(ctx context.Context, key string, position uint64, change Change) error {
	err := r.Do(context.WithoutCancel(ctx),
		func(ctx context.Context, c rueidis.Client) error { return change(ctx, c, position) })
	if err != nil {
		r.backlog.add(key, pending{change: change, position: position})
		r.fails()
	}
	return err
}

// Forget deletes a key now or as soon as Redis is back, as Change does.
func (r *Client) Forget(ctx context.Context, key string) error {
	return r.Change(ctx, key, 0, func(ctx context.Context, c rueidis.Client, _ uint64) error {
		return c.Do(ctx, c.B().Del().Key(key).Build()).Error()
	})
}

// Changing says that a change of key waits for Redis. What Redis and this
// process' memory hold of the key is not to be believed meanwhile.
func (r *Client) Changing(key string) bool {
	if r.backlog.count.Load() == 0 {
		return false
	}
	r.backlog.mu.Lock()
	defer r.backlog.mu.Unlock()
	_, is := r.backlog.changes[key]
	return is
}

// Settled sends commands that change keys and returns when this process' memory
// knows of it. Redis sends "forget what you have of it" after the answer to a
// command, so until then the old value may come from memory. What comes back
// later on the same connection has that message before it; in a cluster each
// key may have a connection of its own. The context's errand goes along.
func Settled(ctx context.Context, c rueidis.Client, keys []string, changes ...rueidis.Completed) (err error) {
	for _, key := range keys {
		changes = append(changes, c.B().Exists().Key(key).Build())
	}
	errand, _ := ctx.Value(errandKey{}).(*Errand)
	command, done := errand.take()
	if command != nil {
		changes = append(changes, command(c))
	}
	answers := c.DoMulti(ctx, changes...)
	if last := len(answers) - 1; command != nil {
		done(answers[last].Error())
		answers = answers[:last]
	}
	for _, answer := range answers {
		err = cmp.Or(err, answer.Error())
	}
	return err
}

// catchUp makes the changes that wait, as far as Redis answers.
func (r *Client) catchUp(ctx context.Context) {
	if r.backlog.count.Load() == 0 {
		return
	}
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(catchUpAtOnce)
	for key, d := range r.backlog.all() {
		all.Go(func() error {
			err := r.Do(ctx, func(ctx context.Context, c rueidis.Client) error { return d.change(ctx, c, d.position) })
			if err == nil {
				r.backlog.done(key, d)
			}
			return err
		})
	}
	all.Wait() //nolint:errcheck // what has failed is tried again in a moment
}

func (b *backlog) add(key string, d pending) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before, known := b.changes[key]
	if !known && len(b.changes) >= backlogMax {
		return
	}
	b.asked++
	d.asked, d.position = b.asked, max(d.position, before.position)
	b.changes[key] = d
	b.count.Store(int64(len(b.changes)))
}

func (b *backlog) all() map[string]pending {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.changes)
}

// done takes a change off the list unless it has been asked for again since.
func (b *backlog) done(key string, d pending) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changes[key].asked == d.asked {
		delete(b.changes, key)
	}
	b.count.Store(int64(len(b.changes)))
}
