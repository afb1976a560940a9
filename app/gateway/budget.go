package gateway

import "sync"

const (
	// retryShare is how many retries a request pays for.
	retryShare = 0.2
	// retryReserve lets retries happen while there is little traffic, and
	// bounds how many come at once.
	retryReserve = 20
)

// budget bounds retries to a share of the requests, so that a service in
// trouble gets a fifth more work at most instead of three times as much.
type budget struct {
	mu   sync.Mutex
	left float64
}

func newBudget() *budget { return &budget{left: retryReserve} }

func (b *budget) request() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = min(b.left+retryShare, retryReserve)
}

func (b *budget) retry() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
