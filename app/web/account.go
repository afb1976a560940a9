package web

import (
	"net/http"

	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/problem"
)

// What people do with their own account.

func (s *Server) pageAccount(w http.ResponseWriter, r *http.Request) error {
	if _, err := person(r); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "account", page{Title: "Account"})
}

// formPassword changes a password. Whoever else was logged in is not any more:
// it is what one does when somebody else is.
func (s *Server) formPassword(w http.ResponseWriter, r *http.Request) error {
	who, err := person(r)
	if err == nil {
		err = readForm(r, noFile)
	}
	if err != nil {
		return err
	}
	ctx := r.Context()
	u, err := s.Store.User(database.AtLeast(ctx, database.Latest), who.UserID)
	if err != nil {
		return err
	}
	var c check
	c.password("new", typed(r, "new"), u.Name, u.Email)
	if err := c.err(); err != nil {
		return err
	}
	if p := s.limited("account", device(u), accountRate); p != nil {
		return p
	}
	switch ok, err := s.Hasher.Check(ctx, typed(r, "password"), u.Hash); {
	case err != nil:
		return err
	case !ok:
		return problem.Invalid(problem.Field{Field: "password", Detail: "is not the one that you have"})
	}
	if u.Hash, err = s.Hasher.Hash(ctx, typed(r, "new")); err != nil {
		return err
	}
	if err := s.Store.SetPassword(ctx, u.ID, u.Hash); err != nil {
		return err
	}
	if err := s.Sessions.EndAll(ctx, u.ID); err != nil {
		return err
	}
	s.remember(w, u)
	token, _, err := s.Sessions.Begin(ctx, u.ID, u.Name, database.SessionOf(ctx).Seen())
	if err != nil {
		return err
	}
	s.setCookie(w, s.cookieName(sessionCookie), token, cookieAge)
	return seeOther(w, r, "/account?changed")
}

func (s *Server) formLogOutEverywhere(w http.ResponseWriter, r *http.Request) error {
	if who := of(r).session; who != nil {
		if err := s.Sessions.EndAll(r.Context(), who.UserID); err != nil {
			return err
		}
	}
	return s.formLogOut(w, r)
}
