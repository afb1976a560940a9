package redis

import (
	"context"
	"sync"

	"github.com/redis/rueidis"
)

// Errand is a command that may wait until something else goes to Redis in its context,
// which takes it along. Of several the last one counts.
type Errand struct {
	mu      sync.Mutex
	command func(rueidis.Client) rueidis.Completed
	done    func(error)
}

type errandKey struct{}

// WithErrand is a context with an errand of its own, and none to do yet. Whoever makes
// it does in the end what nobody has taken along: [Client.Run].
func WithErrand(ctx context.Context) (context.Context, *Errand) {
	e := &Errand{}
	return context.WithValue(ctx, errandKey{}, e), e
}

// Put gives it a command; done hears how it went.
func (e *Errand) Put(command func(rueidis.Client) rueidis.Completed, done func(error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.command, e.done = command, done
}

// take is what is to be done; nil where there is nothing, or somebody else has it.
func (e *Errand) take() (command func(rueidis.Client) rueidis.Completed, done func(error)) {
	if e == nil {
		return nil, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	command, done = e.command, e.done
	e.command = nil
	return command, done
}

// Run does what is still to be done.
func (r *Client) Run(ctx context.Context, e *Errand) {
	command, done := e.take()
	if command == nil {
		return
	}
	done(r.Do(context.WithoutCancel(ctx), func(ctx context.Context, c rueidis.Client) error {
		return c.Do(ctx, command(c)).Error()
	}))
}
