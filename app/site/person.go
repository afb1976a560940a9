package site

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/limit"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/redis"
	"github.com/rung-dev/rung/app/session"
)

const (
	// SessionCookie holds the session's token, and DeviceCookie shows that
	// somebody has logged in from this browser before.
	SessionCookie = "session"
	DeviceCookie  = "device"
	// CookieAge is how long a browser keeps the cookie of a session. Whether there
	// still is one is known here alone: it lives for session.TTL after its last use.
	CookieAge = 30 * 24 * time.Hour
)

// identify finds who sends a request. A token that stands for nobody is no
// error: some handlers do not care.
func (s *Site) identify(r *http.Request) error {
	q := Of(r)
	q.Token = s.tokenOf(r)
	if q.Token == "" {
		return nil
	}
	found, err := s.Sessions.Find(r.Context(), q.Token)
	if errors.Is(err, session.ErrNone) {
		_, err := r.Cookie(s.CookieName(SessionCookie))
		q.Ended = err == nil
		return nil
	}
	if err != nil {
		return err
	}
	q.Session = found
	if p := s.Limited("user", found.UserID.String(), limit.PerMinute(s.Settings.Rate.User)); p != nil {
		return p
	}
	seen := database.Resume(found.Seen)
	ctx, errand := redis.WithErrand(r.Context())
	seen.Wrote = func(ctx context.Context) { s.Sessions.Wrote(ctx, errand, found, seen.Seen()) }
	q.answer.Before = func() { s.Sessions.Keep(ctx, errand) }
	*r = *r.WithContext(database.WithSession(ctx, seen))
	return nil
}

func (s *Site) tokenOf(r *http.Request) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	if c, err := r.Cookie(s.CookieName(SessionCookie)); err == nil {
		return c.Value
	}
	return ""
}

// CookieName is the name, with https with the prefix that makes browsers refuse
// the cookie from anywhere else.
func (s *Site) CookieName(name string) string {
	if s.Settings.Secure() {
		return "__Host-" + name
	}
	return name
}

// SetCookie sets a cookie that no script reads; a negative age removes it.
func (s *Site) SetCookie(w http.ResponseWriter, name, value string, age time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(age / time.Second),
		HttpOnly: true,
		Secure:   s.Settings.Secure(), SameSite: http.SameSiteLaxMode})
}

// Person is who sends the request, or the problem that it is nobody.
func Person(r *http.Request) (*session.Session, error) {
	if p := Of(r).Session; p != nil {
		return p, nil
	}
	return nil, problem.New(http.StatusUnauthorized, "Log in first.")
}
