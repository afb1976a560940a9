package database

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
)

// Position is a place in the primary's write-ahead log, in bytes. The zero
// value is the beginning, which every replica has passed.
type Position uint64

// Latest is past every position that there will be: only the primary has it.
const Latest = Position(1<<64 - 1)

// ParsePosition reads PostgreSQL's form of a log position, such as 0/16B3748.
func ParsePosition(s string) (Position, error) {
	high, low, ok := strings.Cut(s, "/")
	h, errHigh := strconv.ParseUint(high, 16, 32)
	l, errLow := strconv.ParseUint(low, 16, 32)
	if !ok || errHigh != nil || errLow != nil {
		return 0, fmt.Errorf("read log position: got %q, want hex/hex", s)
	}
	return Position(h<<32 | l), nil
}

func (p Position) String() string { return fmt.Sprintf("%X/%X", uint64(p)>>32, uint32(p)) }

// Session is what one person's requests have seen: reads must not go back
// behind it. It travels in a context and may be used from several goroutines.
type Session struct {
	after atomic.Uint64
	// Wrote is called after each write with the position to keep; nil when
	// nobody keeps it.
	Wrote func(context.Context, Position)
}

// NewSession starts at a position that an earlier request has left.
func NewSession(after Position) *Session {
	s := &Session{}
	s.after.Store(uint64(after))
	return s
}

// After is the position that reads must have passed.
func (s *Session) After() Position { return Position(s.after.Load()) }

// Advance moves the session forward, never back.
func (s *Session) Advance(p Position) {
	for {
		old := s.after.Load()
		if uint64(p) <= old || s.after.CompareAndSwap(old, uint64(p)) {
			return
		}
	}
}

type sessionKey struct{}

// WithSession makes reads in ctx see at least what s has seen.
func WithSession(ctx context.Context, s *Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// SessionOf is the session of ctx, nil when there is none.
func SessionOf(ctx context.Context) *Session {
	s, _ := ctx.Value(sessionKey{}).(*Session)
	return s
}

// AtLeast makes reads in ctx see at least position p.
func AtLeast(ctx context.Context, p Position) context.Context {
	s := NewSession(p)
	if old := SessionOf(ctx); old != nil {
		s.Advance(old.After())
	}
	return WithSession(ctx, s)
}
