// Package session keeps people logged in on stateless servers: a bearer token
// stands for a session in Redis, which any server finds. A session lives for
// an hour after its last use and ends at logout.
//
// A copy in the database, written at login and seldom after, keeps people
// logged in while Redis is away or has lost its memory. Tokens themselves are
// kept nowhere, only their hashes.
package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/redis/rueidis"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/redis"
	"github.com/rung-dev/rung/app/store"
)

// TTL is how long a session lives after its last use.
const TTL = 3600 * time.Second

// saveEvery is how much older the copy in the database may be.
const saveEvery = 5 * time.Minute

// ErrNone is returned for a token that stands for no session.
var ErrNone = errors.New("not logged in")

// Session is a person who is logged in.
type Session struct {
	UserID uuid.UUID `json:"u"`
	Name   string    `json:"n"`
	// Seen is what the person has written.
	database.Seen
	Saved time.Time `json:"s"` // when the database last heard
	hash  []byte
}

// Store is where the copies are.
type Store interface {
	SaveSession(ctx context.Context, hash []byte, s store.Session) error
	ProlongSession(ctx context.Context, hash []byte, until time.Time) error
	Session(ctx context.Context, hash []byte) (store.Session, error)
	DeleteSessions(ctx context.Context, user uuid.UUID) ([][]byte, error)
	DeleteSession(ctx context.Context, hash []byte) error
}

// Sessions begins, finds and ends sessions.
type Sessions struct {
	redis *redis.Client
	store Store
	log   *slog.Logger
	now   func() time.Time
	// Elsewhere says where the logs of further databases are now, by name; nil
	// where there are none. Set it before the first session.
	Elsewhere func(context.Context) map[string]database.Position
}

// New keeps sessions in Redis with copies in a store.
func New(r *redis.Client, s Store, log *slog.Logger) *Sessions {
	return &Sessions{redis: r, store: s, log: log, now: time.Now}
}

// tokenForm is that of what Begin makes. Nobody is asked about anything else.
var tokenForm = regexp.MustCompile(`^[A-Z2-7]{52}$`)

func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

func key(hash []byte) string { return contract.SessionPrefix + hex.EncodeToString(hash) }

// Begin logs a person in and returns the token. After is what the person must
// see: the sign-up.
func (s *Sessions) Begin(ctx context.Context, user uuid.UUID, name string, after database.Seen) (string, *Session,
	error) {
	token := rand.Text() + rand.Text()
	v := &Session{UserID: user, Name: name, Seen: after, Saved: s.now(), hash: hashOf(token)}
	if err := s.store.SaveSession(ctx, v.hash,
		store.Session{UserID: user, UserName: name, ExpiresAt: s.now().Add(TTL)}); err != nil {
		return "", nil, fmt.Errorf("begin a session: %w", err)
	}
	s.put(ctx, v, false)
	return token, v, nil
}

// Find is the session for which token stands, refreshed.
func (s *Sessions) Find(ctx context.Context, token string) (*Session, error) {
	if !tokenForm.MatchString(token) {
		return nil, ErrNone
	}
	hash := hashOf(token)
	if s.redis.Changing(key(hash)) {
		return s.recall(ctx, hash)
	}
	var text []byte
	err := s.redis.Do(ctx, func(ctx context.Context, r rueidis.Client) error {
		var err error
		text, err = r.Do(ctx, r.B().Getex().Key(key(hash)).ExSeconds(int64(TTL/time.Second)).Build()).AsBytes()
		return err
	})
	v := &Session{hash: hash}
	if err != nil || json.Unmarshal(text, v) != nil {
		return s.recall(ctx, hash)
	}
	if s.now().Sub(v.Saved) > saveEvery {
		if err := s.save(ctx, v); errors.Is(err, ErrNone) {
			return nil, err
		}
		s.exchange(ctx, string(text), v)
	}
	return v, nil
}

// recall finds the copy. What the person has written is not in it; where the
// log is now is as far as that can be.
func (s *Sessions) recall(ctx context.Context, hash []byte) (*Session, error) {
	copied, err := s.store.Session(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("find a session: %w", err)
	}
	v := &Session{UserID: copied.UserID, Name: copied.UserName, Saved: copied.ExpiresAt.Add(-TTL), hash: hash}
	if v.After = copied.Seen; s.Elsewhere != nil {
		v.Elsewhere = s.Elsewhere(ctx)
	}
	old := s.now().Sub(v.Saved) > saveEvery
	if old {
		v.Saved = s.now()
	}
	if kept := s.put(ctx, v, true); kept || old {
		// It may have ended since it was read, which took it from Redis before
		// it was put there.
		if err := s.save(ctx, v); errors.Is(err, ErrNone) {
			s.redis.Forget(ctx, key(hash)) //nolint:errcheck // as in End
			return nil, err
		}
	}
	return v, nil
}

// save brings the copy up to date; it is no harm when it is late. The error is
// ErrNone when the session has ended.
func (s *Sessions) save(ctx context.Context, v *Session) error {
	v.Saved = s.now()
	err := s.store.ProlongSession(ctx, v.hash, v.Saved.Add(TTL))
	if errors.Is(err, store.ErrNotFound) {
		return ErrNone
	}
	if err != nil {
		s.log.WarnContext(ctx, "save a session", "err", err)
	}
	return err
}

// put writes the session to Redis, if new only where there is none, and says
// whether it did.
func (s *Sessions) put(ctx context.Context, v *Session, new bool) bool {
	text, err := json.Marshal(v)
	if err != nil {
		s.log.ErrorContext(ctx, "write a session", "err", err)
		return false
	}
	err = s.redis.Do(ctx, func(ctx context.Context, r rueidis.Client) error { // while Redis is away the copy answers
		set := r.B().Set().Key(key(v.hash)).Value(string(text))
		if new {
			return r.Do(ctx, set.Nx().ExSeconds(int64(TTL/time.Second)).Build()).Error()
		}
		return r.Do(ctx, set.ExSeconds(int64(TTL/time.Second)).Build()).Error()
	})
	return err == nil
}

// exchangeScript writes a session that is still what it was.
var exchangeScript = rueidis.NewLuaScript(`if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1`)

// exchange notes that the session was saved, unless somebody has noted
// meanwhile that more was written, or that it has ended.
func (s *Sessions) exchange(ctx context.Context, old string, v *Session) {
	text, err := json.Marshal(v)
	if err != nil {
		s.log.ErrorContext(ctx, "write a session", "err", err)
		return
	}
	s.redis.Do(ctx, func(ctx context.Context, r rueidis.Client) error { //nolint:errcheck // then it is saved once more
		return exchangeScript.Exec(ctx, r, []string{key(v.hash)},
			[]string{old, string(text), strconv.Itoa(int(TTL / time.Second))}).Error()
	})
}

// Wrote notes what the person has written, so that any server's reads see it, by an errand
// that is [Sessions.Keep]'s in the end. A session that has ended meanwhile stays ended.
func (s *Sessions) Wrote(ctx context.Context, e *redis.Errand, v *Session, seen database.Seen) {
	kept := *v
	kept.Seen = seen
	text, err := json.Marshal(kept)
	if err != nil {
		s.log.ErrorContext(ctx, "write a session", "err", err)
		return
	}
	e.Put(func(r rueidis.Client) rueidis.Completed {
		return r.B().Set().Key(key(v.hash)).Value(string(text)).Xx().ExSeconds(int64(TTL / time.Second)).Build()
	}, func(err error) {
		if err != nil && !rueidis.IsRedisNil(err) {
			s.redis.Forget(ctx, key(v.hash)) //nolint:errcheck // then the copy answers, and says where the log is
		}
	})
}

// Keep has the errand done by when it returns; nothing is answered before that.
func (s *Sessions) Keep(ctx context.Context, e *redis.Errand) { s.redis.Run(ctx, e) }

// End logs out. The token stands for nothing afterwards, on any server.
func (s *Sessions) End(ctx context.Context, token string) error {
	hash := hashOf(token)
	if err := s.store.DeleteSession(ctx, hash); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	if err := s.redis.Forget(ctx, key(hash)); err != nil && !errors.Is(err, redis.ErrAway) {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// EndAll logs a person out everywhere.
func (s *Sessions) EndAll(ctx context.Context, user uuid.UUID) error {
	hashes, err := s.store.DeleteSessions(ctx, user)
	if err != nil {
		return fmt.Errorf("end all sessions: %w", err)
	}
	for _, hash := range hashes {
		if err := s.redis.Forget(ctx, key(hash)); err != nil && !errors.Is(err, redis.ErrAway) {
			return fmt.Errorf("end all sessions: %w", err)
		}
	}
	return nil
}
