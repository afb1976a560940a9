package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/limit"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/product/work"
	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/store"
)

// What a mail brings shows that somebody reads the mails to an address.

// mailRate is how often somebody may be sent mails that they, or others in their
// name, have asked for.
var mailRate = limit.Rate{Most: 3, In: time.Hour}

// proofTime is how long what a mail brings is good for.
const proofTime = time.Hour

const (
	// toReset and toConfirm are what a proof is for.
	toReset   = "reset"
	toConfirm = "confirm"
)

// sign makes what nobody can make who does not know the password's hash, and which
// ends with the password.
func sign(u account.User, text string) string {
	mac := hmac.New(sha256.New, []byte(u.Hash))
	mac.Write([]byte(text + " of " + u.ID.String()))
	return hex.EncodeToString(mac.Sum(nil))
}

// proof is what only who reads u's mails has. It needs no table: it ends at a time,
// with the password, and with the address.
func proof(u account.User, to string, until time.Time) string {
	end := strconv.FormatInt(until.Unix(), 10)
	return u.ID.String() + "." + end + "." + sign(u, to+" "+end+" "+u.Email)
}

var errProof = problem.Field{Field: "token", Detail: "is not valid (any more): ask for another mail"}

// proven is whose proof it is.
func (s *Server) proven(ctx context.Context, text, to string) (account.User, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return account.User{}, problem.Invalid(errProof)
	}
	id, errID := uuid.Parse(parts[0])
	end, errEnd := strconv.ParseInt(parts[1], 10, 64)
	if errID != nil || errEnd != nil || time.Now().Unix() > end {
		return account.User{}, problem.Invalid(errProof)
	}
	u, err := s.Store.User(database.AtLeast(ctx, database.Latest), id)
	if err == nil && (u.Hash == "" || !hmac.Equal([]byte(text), []byte(proof(u, to, time.Unix(end, 0))))) {
		err = store.ErrNotFound
	}
	if site.Known(err) != nil { // nobody learns who has an account
		err = problem.Invalid(errProof)
	}
	return u, err
}

// sendProof mails a proof as a link, where the site knows its address, and as a code.
func (s *Server) sendProof(ctx context.Context, u account.User, to, subject string) error {
	code := proof(u, to, time.Now().Add(proofTime))
	text := "Hello " + u.Name + ",\n\n"
	if at := s.Settings.PublicURL; at != nil {
		text += "open this page within an hour:\n" + at.JoinPath("/"+to).String() + "?" +
			url.Values{"token": {code}}.Encode() + "\n\n"
	}
	text += "This is the code for the page /" + to + " of the site:\n" + code +
		"\n\nIf you have not asked for it, do nothing.\n"
	job, err := work.New(u.ID, work.Mail, work.MailArgs{To: u.Email, Subject: subject, Text: text})
	if err != nil {
		return err
	}
	return s.Queue.Enqueue(ctx, job)
}

// show is a page that is the same for everybody, but for what the address brings.
func (s *Server) show(name, title string) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		form := map[string]string{"next": r.URL.Query().Get("next"), "token": r.URL.Query().Get("token")}
		return s.render(w, r, http.StatusOK, name, page{Title: title, Form: form})
	}
}

// formForgot says the same whether or not there is such an account.
func (s *Server) formForgot(w http.ResponseWriter, r *http.Request) error {
	var c site.Check
	email := c.Email("email", site.Typed(r, "email"))
	if err := c.Err(); err != nil {
		return err
	}
	if p := s.Limited("mail", email, mailRate); p != nil {
		return p
	}
	u, err := s.Store.UserByEmail(r.Context(), email)
	if err == nil && u.Hash != "" {
		err = s.sendProof(r.Context(), u, toReset, "Choose a new password")
	}
	if err != nil && site.Known(err) == nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "reset", page{Title: "Choose a new password",
		Done: "If there is an account with that address, a mail with a code is on its way."})
}

func (s *Server) formReset(w http.ResponseWriter, r *http.Request) error {
	u, err := s.proven(r.Context(), strings.TrimSpace(site.Typed(r, "token")), toReset)
	if err != nil {
		return err
	}
	if err := newPassword(r, u); err != nil {
		return err
	}
	if err := s.Store.ChangeUser(r.Context(), u.ID, account.Confirm()); err != nil { // who has the code reads the mails
		return err
	}
	return s.choosePassword(w, r, u, "/account?changed")
}

func (s *Server) formSendConfirm(w http.ResponseWriter, r *http.Request) error {
	u, err := s.me(r)
	if err != nil {
		return err
	}
	if p := s.Limited("mail", u.Email, mailRate); p != nil {
		return p
	}
	if err := s.sendProof(r.Context(), u, toConfirm, "Confirm your address"); err != nil {
		return err
	}
	return site.SeeOther(w, r, "/account?sent")
}

func (s *Server) formConfirm(w http.ResponseWriter, r *http.Request) error {
	u, err := s.proven(r.Context(), strings.TrimSpace(site.Typed(r, "token")), toConfirm)
	if err == nil {
		err = s.Store.ChangeUser(r.Context(), u.ID, account.Confirm())
	}
	if err != nil {
		return err
	}
	return site.SeeOther(w, r, "/account?confirmed")
}
