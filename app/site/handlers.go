package site

import (
	"net/http"

	"github.com/rung-dev/rung/app/session"
)

// Handler answers or returns why it cannot.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Most handlers have one of these forms. They say what is asked for and what
// comes of it; who asks, how that is read and how it is answered stands here.

// Filled is for a form without a file, which is read first.
func Filled(h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := ReadForm(r, NoFile); err != nil {
			return err
		}
		return h(w, r)
	}
}

// Own is for somebody who is logged in.
func Own(h func(http.ResponseWriter, *http.Request, *session.Session) error) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		who, err := Person(r)
		if err != nil {
			return err
		}
		return h(w, r, who)
	}
}

// ReadPublic shows everybody JSON that caches may keep.
func ReadPublic(of func(*http.Request) ([]byte, error)) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		text, err := of(r)
		if err != nil {
			return err
		}
		return Public(w, r, text)
	}
}

// ReadOwn shows somebody who is logged in what is theirs, as JSON.
func ReadOwn[T any](of func(*http.Request, *session.Session) (T, error)) Handler {
	return Own(func(w http.ResponseWriter, r *http.Request, who *session.Session) error {
		v, err := of(r, who)
		if err != nil {
			return err
		}
		return Private(w, http.StatusOK, v)
	})
}

// Take reads JSON that somebody sends who is logged in, and answers with what has
// become of it. Where says where that is from now on; nil is nowhere.
func Take[In, Out any](status int, do func(*http.Request, *session.Session, In) (Out, error),
	where func(Out) string) Handler {
	return Own(func(w http.ResponseWriter, r *http.Request, who *session.Session) error {
		var in In
		if err := Decode(r, &in); err != nil {
			return err
		}
		out, err := do(r, who, in)
		if err != nil {
			return err
		}
		if where != nil {
			w.Header().Set("Location", where(out))
		}
		return Private(w, status, out)
	})
}

// Do does something for somebody who is logged in, of which there is nothing to show.
func Do(do func(*http.Request, *session.Session) error) Handler {
	return Own(func(w http.ResponseWriter, r *http.Request, who *session.Session) error {
		if err := do(r, who); err != nil {
			return err
		}
		return Done(w)
	})
}

// Then does something for somebody who is logged in, and sends the browser to the
// page that it returns.
func Then(do func(*http.Request, *session.Session) (next string, err error)) Handler {
	return Own(func(w http.ResponseWriter, r *http.Request, who *session.Session) error {
		next, err := do(r, who)
		if err != nil {
			return err
		}
		return SeeOther(w, r, next)
	})
}
