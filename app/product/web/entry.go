package web

import (
	"context"
	"crypto/hmac"
	"errors"
	"net/http"
	"time"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/limit"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/store"
)

// signUp is what a new person sends.
type signUp struct {
	Email    string `json:"email"`
	Name     string `json:"name"`
	Password string `json:"password"`
}

// The limits of what is dear or what may be guessed.
var (
	// addressRate is how often one address may try one account's password.
	addressRate = limit.PerMinute(10)
	// accountRate is how often a wrong one may be tried for one account, over
	// all addresses; browsers in which its owner has logged in before have one
	// each.
	accountRate = limit.Rate{Most: 10, In: time.Hour}
)

func (s *Server) signUp(w http.ResponseWriter, r *http.Request, in signUp) (out loggedIn, err error) {
	var c site.Check
	in.Email = c.Email("email", in.Email)
	c.Name("name", in.Name)
	c.Password("password", in.Password, in.Name, in.Email)
	if err := c.Err(); err != nil {
		return out, err
	}
	seen := database.NewSession(0)
	ctx := database.WithSession(r.Context(), seen)
	hash, err := s.Hasher.Hash(ctx, in.Password)
	if err != nil {
		return out, err
	}
	u := account.User{ID: store.NewID(), Email: in.Email, Name: in.Name, Hash: hash, CreatedAt: time.Now().UTC()}
	err = s.Store.CreateUser(ctx, u)
	var taken account.ErrTaken
	if errors.As(err, &taken) {
		return out, problem.Invalid(problem.Field{Field: taken.Field, Detail: "is taken"})
	}
	if err != nil {
		return out, err
	}
	s.Cache.Invalidate(ctx, userFamily, u.Name, position(ctx)) // somebody may have asked before there was one
	s.welcome(ctx, u)
	s.remember(w, u)
	out.User = &u
	out.Token, _, err = s.Sessions.Begin(ctx, u.ID, u.Name, seen.Seen())
	return out, err
}

// welcome is no reason to refuse somebody who has signed up.
func (s *Server) welcome(ctx context.Context, u account.User) {
	if err := s.sendProof(ctx, u, toConfirm, "Welcome, "+u.Name); err != nil {
		s.Log.ErrorContext(ctx, "welcome", "user", u.ID, "err", err)
	}
}

// logIn is what a person sends to come back.
type logIn struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

func (s *Server) logIn(w http.ResponseWriter, r *http.Request, in logIn) (out loggedIn, err error) {
	var c site.Check
	email := c.Email("email", in.Email)
	if p := s.Limited("login", edge.Key(edge.AddressKey(site.Of(r).Address)+":"+email), addressRate); p != nil {
		return out, p
	}
	u, err := account.User{}, error(store.ErrNotFound)
	if c.Err() == nil { // nobody has what is no address
		u, err = s.Store.UserByEmail(r.Context(), email)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return out, err
	}
	tries := email
	if s.knows(r, u) {
		tries = device(u)
	}
	if p := s.Limited("account", tries, accountRate); p != nil {
		p.Detail = "Wrong passwords were tried for this account too often. Log in from a browser in which you have " +
			"logged in before, or try again later."
		return out, p
	}
	ok, err := s.Hasher.Check(r.Context(), in.Password, u.Hash)
	if err != nil {
		return out, err
	}
	if !ok {
		s.Metrics.Logins.WithLabelValues("refused").Inc()
		return out, problem.New(http.StatusUnauthorized, "The e-mail address and the password do not belong together.")
	}
	s.Limiter.GiveBack("account:" + tries)
	s.Metrics.Logins.WithLabelValues("ok").Inc()
	s.remember(w, u)
	out.Token, _, err = s.Sessions.Begin(r.Context(), u.ID, u.Name, database.Seen{})
	return out, err
}

// device shows that somebody has logged in as u.
func device(u account.User) string { return sign(u, "device") }

// deviceAge is how long a browser is known.
const deviceAge = 365 * 24 * time.Hour

// remember makes a browser known: somebody who tries passwords elsewhere does
// not keep the owner out.
func (s *Server) remember(w http.ResponseWriter, u account.User) {
	s.SetCookie(w, s.CookieName(site.DeviceCookie), device(u), deviceAge)
}

func (s *Server) knows(r *http.Request, u account.User) bool {
	c, err := r.Cookie(s.CookieName(site.DeviceCookie))
	return err == nil && u.Hash != "" && hmac.Equal([]byte(c.Value), []byte(device(u)))
}
