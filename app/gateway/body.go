package gateway

import (
	"errors"
	"io"
	"sync/atomic"
)

// body is what a caller sends. It knows whether it is the caller who is waited
// for.
type body struct {
	from    io.ReadCloser
	waiting atomic.Bool
	failed  atomic.Bool
}

// Read waits for the caller.
func (b *body) Read(p []byte) (int, error) {
	b.waiting.Store(true)
	n, err := b.from.Read(p)
	b.waiting.Store(false)
	if err != nil && !errors.Is(err, io.EOF) {
		b.failed.Store(true)
	}
	return n, err
}

// Close leaves the body to the next attempt.
func (b *body) Close() error { return nil }

// late says that the caller has not sent all.
func (b *body) late() bool { return b.waiting.Load() || b.failed.Load() }
