// Package service answers an unchanged Pulumi CLI as Pulumi Cloud would, for a stack whose
// state lies in a file backend or a bucket.
//
// A CLI that works on a file or a bucket itself writes the whole state before and after each
// step, which takes longer than the steps of a large stack. The same CLI sends Pulumi Cloud
// notes of its steps instead. Here those notes go into the journal of a store.Stack, and the
// state is written once, at the end, in the place and the form in which the CLI's own backend
// has it: whoever works without rung the next time finds it there.
//
// It listens on this machine alone and answers whoever knows its token, which is drawn anew
// for each server. It keeps no history of a stack's updates, no tags, and no secrets: a stack
// has a passphrase or a key of a cloud's in its file, as with those backends. A step is
// answered when its note is kept, never before.
package service

import (
	"compress/gzip"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/engine/store"
)

// mostBody bounds a request: notes of one moment, or a whole state, in bytes.
const mostBody = 1 << 30

// leaseLasts is how long a CLI may go without asking for its lease anew.
const leaseLasts = time.Hour

// Options say whose state is served.
type Options struct {
	// Stack is where a stack lies.
	Stack func(project, name string) store.Stack
	// Gone reports whether who holds a lock is no more, so that it is taken over; nil lets
	// every lock stand.
	Gone func(store.Holder) bool
	// Say takes sentences for the user; nil drops them.
	Say func(string)
}

// Server is one that runs. Close it.
type Server struct {
	options Options
	http    *http.Server
	url     string
	token   string

	mu      sync.Mutex
	updates map[string]*update
}

// update is one operation of a CLI.
type update struct {
	stack   store.Stack
	journal *store.Journal // nil in a preview
	unlock  func() error
}

// Start serves on a port of this machine that is free.
func Start(o Options) (*Server, error) {
	if o.Say == nil {
		o.Say = func(string) {}
	}
	if o.Gone == nil {
		o.Gone = func(store.Holder) bool { return false }
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serve the state to the CLI: %w", err)
	}
	s := &Server{options: o, url: "http://" + l.Addr().String(), token: "rung-" + rand.Text(),
		updates: map[string]*update{}}
	s.http = &http.Server{Handler: s.handler(), ReadHeaderTimeout: time.Minute}
	go func() { _ = s.http.Serve(l) }() // it ends when it is closed
	return s, nil
}

// Environment is what leads a CLI here: variables as "NAME=value". The folder takes the CLI's
// notes of where it is logged in, which else would be the user's own.
func (s *Server) Environment(folder string) []string {
	return []string{"PULUMI_BACKEND_URL=" + s.url, "PULUMI_ACCESS_TOKEN=" + s.token, "PULUMI_CREDENTIALS_PATH=" + folder,
		"PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_SUPPRESS_NEO_LINK=true", "PULUMI_DISABLE_JOURNALING=false"}
}

// Close ends the server. An update that nobody ended, because its CLI is gone, is kept as far
// as it came.
func (s *Server) Close() error {
	err := s.http.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, u := range s.updates {
		err = errors.Join(err, u.end())
		delete(s.updates, id)
	}
	return err
}

func (u *update) end() error {
	var err error
	if u.journal != nil {
		err = u.journal.Close()
	}
	if u.unlock != nil {
		err = errors.Join(err, u.unlock())
	}
	return err
}

// handler has the routes. A kind is update, preview, refresh or destroy.
func (s *Server) handler() http.Handler {
	const stack = "/api/stacks/{org}/{project}/{stack}"
	const run = stack + "/{kind}/{id}"
	mux := http.NewServeMux()
	for route, answer := range map[string]func(*http.Request) (any, error){
		"GET /api/user":                       user,
		"GET /api/user/organizations/default": organization,
		"GET /api/capabilities":               nothing,
		"HEAD /api/stacks/{org}/{project}":    nothing,
		"POST /api/stacks/{org}/{project}":    s.create,
		"GET " + stack:                        s.get,
		"PATCH " + stack + "/tags":            nothing,
		"GET " + stack + "/export":            s.export,
		"GET " + stack + "/updates":           history,
		"POST " + stack + "/import":           s.replace,
		"POST " + stack + "/{kind}":           s.request,
		"POST " + run:                         s.begin,
		"GET " + run:                          succeeded,
		"PATCH " + run + "/journalentries":    s.note,
		"POST " + run + "/events":             nothing,
		"POST " + run + "/events/batch":       nothing,
		"POST " + run + "/renew_lease":        s.renew,
		"POST " + run + "/complete":           s.complete,
	} {
		mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, answer) })
	}
	return mux
}

// answer lets in whoever knows the token, and writes an answer or what was wrong.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, do func(*http.Request) (any, error)) {
	w.Header().Set("Content-Type", "application/json")
	given := r.Header.Get("Authorization")
	known := false
	for _, scheme := range []string{"token ", "update-token "} {
		known = known || subtle.ConstantTimeCompare([]byte(given), []byte(scheme+s.token)) == 1
	}
	var body any
	err := error(failure{http.StatusUnauthorized, "whoever asks is not the CLI that rung has started"})
	if known {
		body, err = do(r)
	}
	if err != nil {
		var f failure
		if !errors.As(err, &f) {
			f = failure{http.StatusUnprocessableEntity, err.Error()} // which no CLI asks again
		}
		w.WriteHeader(f.code)
		body = apitype.ErrorResponse{Code: f.code, Message: f.text}
	}
	_ = json.NewEncoder(w).Encode(body) // whoever has gone is not told
}

// failure is an answer that is none.
type failure struct {
	code int
	text string
}

func (f failure) Error() string { return f.text }

// read takes a request's body, which may be compressed.
func read(r *http.Request, v any) error {
	var body io.Reader = http.MaxBytesReader(nil, r.Body, mostBody)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			return failure{http.StatusBadRequest, "unpack the request: " + err.Error()}
		}
		body = io.LimitReader(unpacked, mostBody)
	}
	if err := json.NewDecoder(body).Decode(v); err != nil && !errors.Is(err, io.EOF) {
		return failure{http.StatusBadRequest, "read the request: " + err.Error()}
	}
	return nil
}

// nothing is the answer to what is of no use here, events for one.
func nothing(r *http.Request) (any, error) {
	_, err := io.Copy(io.Discard, http.MaxBytesReader(nil, r.Body, mostBody))
	return struct{}{}, err
}

func user(*http.Request) (any, error) {
	type named struct {
		GitHubLogin string `json:"githubLogin"`
		Name        string `json:"name"`
	}
	return struct {
		named
		Organizations []named `json:"organizations"`
	}{named{store.Organization, store.Organization}, []named{{store.Organization, store.Organization}}}, nil
}

func organization(*http.Request) (any, error) {
	return map[string]string{"GitHubLogin": store.Organization}, nil
}

func succeeded(*http.Request) (any, error) {
	return apitype.UpdateResults{Status: apitype.UpdateStatusSucceeded}, nil
}

// history is that of a stack whose updates nobody keeps.
func history(*http.Request) (any, error) {
	return apitype.GetHistoryResponse{Updates: []apitype.UpdateInfo{}}, nil
}

// of is the stack that a request is about.
func (s *Server) of(r *http.Request) store.Stack {
	return s.options.Stack(r.PathValue("project"), r.PathValue("stack"))
}

// missing turns a state that is not there into the answer that a CLI knows.
func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return failure{http.StatusNotFound, "the stack does not exist"}
	}
	return err
}

// id names an operation.
func id() string { return uuid.NewString() }
