package session

import (
	"context"
	"fmt"
	"runtime"

	"github.com/alexedwards/argon2id"
)

// The cost of a password: OWASP's recommendation for argon2id, about 30 ms
// and 19 MiB on one core.
var cost = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobodys is a hash of that cost of which nobody knows the password.
const nobodys = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Hasher hashes passwords, no more at a time than there are cores, so that
// many log-ins at once cannot exhaust memory.
type Hasher struct{ slots chan struct{} }

// NewHasher is a hasher for this machine.
func NewHasher() *Hasher { return &Hasher{slots: make(chan struct{}, runtime.NumCPU())} }

// Hash is the text to keep in place of a password.
func (h *Hasher) Hash(ctx context.Context, password string) (hash string, err error) {
	err = h.run(ctx, func() error {
		hash, err = argon2id.CreateHash(password, &cost)
		return err
	})
	return hash, err
}

// Check says whether hash is of password. An empty hash takes as long and is
// of nothing, so that nobody learns from the time who has an account.
func (h *Hasher) Check(ctx context.Context, password, hash string) (right bool, err error) {
	known := hash != ""
	if !known {
		hash = nobodys
	}
	err = h.run(ctx, func() error {
		right, err = argon2id.ComparePasswordAndHash(password, hash)
		return err
	})
	return right && known, err
}

// run waits for a core.
func (h *Hasher) run(ctx context.Context, do func() error) error {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return fmt.Errorf("hash a password: %w", ctx.Err())
	}
	if err := do(); err != nil {
		return fmt.Errorf("hash a password: %w", err)
	}
	return nil
}
