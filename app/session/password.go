package session

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a password: OWASP's recommendation for argon2id, about 30 ms
// and 19 MiB on one core.
const (
	hashTime    = 2
	hashMemory  = 19 * 1024 // KiB
	hashThreads = 1
	hashLength  = 32
	saltLength  = 16
)

// Hasher hashes passwords, no more at a time than there are cores, so that
// many log-ins at once cannot exhaust memory.
type Hasher struct {
	slots chan struct{}
	dummy string
}

// NewHasher is a hasher for this machine.
func NewHasher() *Hasher {
	h := &Hasher{slots: make(chan struct{}, runtime.NumCPU())}
	h.dummy = encode(make([]byte, saltLength), make([]byte, hashLength))
	return h
}

// Hash is the text to keep in place of a password.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	rand.Read(salt) //nolint:errcheck // never fails
	sum, err := h.sum(ctx, password, salt, hashTime, hashMemory)
	if err != nil {
		return "", err
	}
	return encode(salt, sum), nil
}

// Check says whether hash is of password. An empty hash takes as long and is
// of nothing, so that nobody learns from the time who has an account.
func (h *Hasher) Check(ctx context.Context, password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = h.dummy
	}
	memory, time, salt, want, err := decode(hash)
	if err != nil {
		return false, err
	}
	got, err := h.sum(ctx, password, salt, time, memory)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func (h *Hasher) sum(ctx context.Context, password string, salt []byte, time, memory uint32) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
		return argon2.IDKey([]byte(password), salt, time, memory, hashThreads, hashLength), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("hash a password: %w", ctx.Err())
	}
}

var b64 = base64.RawStdEncoding

// encode writes the form that argon2's own tools write.
func encode(salt, sum []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashThreads,
		b64.EncodeToString(salt), b64.EncodeToString(sum))
}

func decode(hash string) (memory, time uint32, salt, sum []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return 0, 0, nil, nil, errors.New("read a password's hash: not one of argon2id")
	}
	var threads uint32
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil {
		return 0, 0, nil, nil, fmt.Errorf("read a password's hash: %w", err)
	}
	salt, errSalt := b64.DecodeString(parts[4])
	sum, errSum := b64.DecodeString(parts[5])
	return memory, time, salt, sum, errors.Join(errSalt, errSum)
}
