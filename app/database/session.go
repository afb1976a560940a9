package database

import (
	"context"
	"maps"
	"sync"
)

// Seen is what one person has written, as it is kept from request to request.
type Seen struct {
	// After is the position in the log of the database that has no name, and
	// Elsewhere those in the logs of others by their names: positions in the
	// logs of two servers cannot be compared.
	After     Position            `json:"a,omitempty"`
	Elsewhere map[string]Position `json:"e,omitempty"`
	// Map is the version of the slot map by which the last write was made,
	// where several databases have parts of the users.
	Map int64 `json:"m,omitempty"`
}

// Session is what one person's requests have seen: reads must not go back
// behind it. It travels in a context and may be used from several goroutines.
type Session struct {
	mu   sync.Mutex
	seen Seen
	// unknown is the position for databases of which nothing was noted.
	unknown Position
	// Wrote is called when there is something new to keep; nil when nobody
	// keeps it.
	Wrote func(context.Context)
}

// NewSession starts at a position in the log of the database without a name.
func NewSession(after Position) *Session { return Resume(Seen{After: after}) }

// Resume starts at what an earlier request has left.
func Resume(seen Seen) *Session {
	seen.Elsewhere = maps.Clone(seen.Elsewhere)
	return &Session{seen: seen}
}

// Seen is what to keep.
func (s *Session) Seen() Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.seen
	out.Elsewhere = maps.Clone(out.Elsewhere)
	return out
}

// After is the position that reads of the database without a name must have
// passed.
func (s *Session) After() Position { return s.at("") }

// Advance moves the session forward there, never back.
func (s *Session) Advance(p Position) { s.advance("", p) }

func (s *Session) at(name string) Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name == "" {
		return s.seen.After
	}
	return max(s.seen.Elsewhere[name], s.unknown)
}

func (s *Session) advance(name string, p Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name == "" {
		s.seen.After = max(s.seen.After, p)
		return
	}
	if s.seen.Elsewhere == nil {
		s.seen.Elsewhere = map[string]Position{}
	}
	s.seen.Elsewhere[name] = max(s.seen.Elsewhere[name], p)
}

// SawMap notes the slot map by which a write is made.
func (s *Session) SawMap(version int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen.Map = max(s.seen.Map, version)
}

// Map is the slot map that reads must not be older than.
func (s *Session) Map() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.Map
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

// AtLeast makes reads in ctx see at least position p of the database without a
// name, and everything of others: what a reader of theirs must see is not known.
func AtLeast(ctx context.Context, p Position) context.Context {
	s := NewSession(p)
	if old := SessionOf(ctx); old != nil {
		s = Resume(old.Seen())
		s.Advance(p)
	}
	s.unknown = Latest
	return WithSession(ctx, s)
}
