package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/product/work"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/site"
)

// What people do with their own account.

// me is who asks, as the primary knows them.
func (s *Server) me(r *http.Request) (account.User, error) {
	who, err := site.Person(r)
	if err != nil {
		return account.User{}, err
	}
	return s.Store.User(database.AtLeast(r.Context(), database.Latest), who.UserID)
}

// done are what the account's page says after something was done.
var done = map[string]string{"changed": "The password is changed.", "saved": "Your profile is saved.",
	"sent": "A mail is on its way.", "confirmed": "The address is confirmed."}

func (s *Server) pageAccount(w http.ResponseWriter, r *http.Request) error {
	u, err := s.me(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "account", page{Title: "Account", User: &u, Done: done[r.URL.RawQuery],
		Form: map[string]string{"about": u.About}})
}

func (s *Server) formProfile(r *http.Request, who *session.Session) (next string, err error) {
	var c site.Check
	about := strings.TrimSpace(site.Typed(r, "about"))
	c.Text("about", about, 0, maxAbout)
	if err = c.Err(); err == nil {
		err = s.Store.ChangeUser(r.Context(), who.UserID, account.About(about))
	}
	if err == nil {
		s.UserChanged(r.Context(), who.UserID, who.Name)
	}
	return "/account?saved", err
}

// UserChanged forgets what is kept of a person everywhere.
func (s *Server) UserChanged(ctx context.Context, id uuid.UUID, name string) {
	s.Cache.Invalidate(ctx, userFamily, name, position(ctx))
	s.Cache.Invalidate(ctx, byUserFamily, id.String(), position(ctx))
	at := contract.APIPrefix + "users/" + name
	s.Purger.Changed(ctx, at, at+"/posts", "/people/"+name)
}

// UserCopied forgets that a person was not known here: the services of stage 4
// hear of people some time after others may have asked for them.
func (s *Server) UserCopied(ctx context.Context, name string) error {
	s.Cache.Invalidate(ctx, userFamily, name, s.Store.Pools().Wrote(ctx))
	return nil
}

// rightful says whether who is logged in also knows the password, as a field says.
func (s *Server) rightful(r *http.Request, u account.User, field, password string) error {
	if p := s.Limited("account", device(u), accountRate); p != nil {
		return p
	}
	ok, err := s.Hasher.Check(r.Context(), password, u.Hash)
	if err == nil && !ok {
		return problem.Invalid(problem.Field{Field: field, Detail: "is not the one that you have"})
	}
	return err
}

// formPassword changes a password. Whoever else was logged in is not any more:
// it is what one does when somebody else is.
func (s *Server) formPassword(w http.ResponseWriter, r *http.Request) error {
	u, err := s.me(r)
	if err != nil {
		return err
	}
	if err := newPassword(r, u); err != nil {
		return err
	}
	if err := s.rightful(r, u, "password", site.Typed(r, "password")); err != nil {
		return err
	}
	return s.choosePassword(w, r, u, "/account?changed")
}

// newPassword says what is wrong with the one that u has chosen.
func newPassword(r *http.Request, u account.User) error {
	var c site.Check
	c.Password("new", site.Typed(r, "new"), u.Name, u.Email)
	return c.Err()
}

// choosePassword ends every session of u, and begins one here.
func (s *Server) choosePassword(w http.ResponseWriter, r *http.Request, u account.User, next string) (err error) {
	ctx := r.Context()
	if database.SessionOf(ctx) == nil {
		ctx = database.WithSession(ctx, database.NewSession(0))
	}
	if u.Hash, err = s.Hasher.Hash(ctx, site.Typed(r, "new")); err != nil {
		return err
	}
	if err := s.Store.ChangeUser(ctx, u.ID, account.Password(u.Hash)); err != nil {
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
	s.SetCookie(w, s.CookieName(site.SessionCookie), token, site.CookieAge)
	return site.SeeOther(w, r, next)
}

func (s *Server) formLogOutEverywhere(w http.ResponseWriter, r *http.Request) error {
	if who := site.Of(r).Session; who != nil {
		if err := s.Sessions.EndAll(r.Context(), who.UserID); err != nil {
			return err
		}
	}
	return s.formLogOut(w, r)
}

func (s *Server) formDeleteAccount(w http.ResponseWriter, r *http.Request) error {
	if err := s.leave(r, "sure", site.Typed(r, "sure")); err != nil {
		return err
	}
	s.SetCookie(w, s.CookieName(site.DeviceCookie), "", -time.Second)
	return s.formLogOut(w, r)
}

func (s *Server) apiLeave(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Password string `json:"password"`
	}
	_, err := site.Person(r)
	if err == nil {
		err = site.Decode(r, &in)
	}
	if err == nil {
		err = s.leave(r, "password", in.Password)
	}
	if err != nil {
		return err
	}
	return site.Done(w)
}

// leave lets nobody in any more at once; what there is of who asks goes by a job,
// which is noted first.
func (s *Server) leave(r *http.Request, field, password string) error {
	u, err := s.me(r)
	if err == nil {
		err = s.rightful(r, u, field, password)
	}
	if err != nil {
		return err
	}
	job, err := work.NewErase(u.ID, u.Name)
	if err == nil {
		err = s.Queue.Enqueue(r.Context(), job)
	}
	if err != nil {
		return err
	}
	err = s.Store.ChangeUser(r.Context(), u.ID, account.Password(""))
	if err != nil && site.Known(err) == nil { // the job may have been faster
		return err
	}
	return s.Sessions.EndAll(r.Context(), u.ID)
}
