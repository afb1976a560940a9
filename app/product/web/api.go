package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/uploads"
)

func (s *Server) routesAPI() map[string]site.Handler {
	return map[string]site.Handler{
		"POST /api/users":                 begin(s.signUp),
		"GET /api/users/{name}":           site.ReadPublic(s.apiUser),
		"GET /api/users/{name}/posts":     site.ReadPublic(s.byUser),
		"PUT /api/users/{name}/follow":    site.Do(s.follow),
		"DELETE /api/users/{name}/follow": site.Do(s.unfollow),
		"POST /api/sessions":              begin(s.logIn),
		"DELETE /api/sessions":            site.Do(s.endSession),
		"GET /api/me":                     site.ReadOwn(s.apiMe),
		"DELETE /api/me":                  s.apiLeave,
		"GET /api/posts":                  site.ReadPublic(s.newest),
		"POST /api/posts":                 site.Take(http.StatusCreated, s.publish, postPath),
		"GET /api/posts/{id}":             site.ReadPublic(s.apiPost),
		"PUT /api/posts/{id}":             site.Take(http.StatusOK, s.edit, nil),
		"DELETE /api/posts/{id}":          site.Do(s.remove),
		"GET /api/feed":                   site.ReadOwn(s.apiFeed),
		"GET /api/search":                 site.ReadPublic(s.search),
		"POST /api/uploads":               site.Take(http.StatusCreated, s.apiTicket, nil),
		"POST /api/jobs":                  site.Take(http.StatusAccepted, s.apiExport, jobPath),
		"GET /api/jobs":                   site.ReadOwn(s.apiJobs),
		"GET /api/jobs/{id}":              site.ReadOwn(s.jobOf),
		"GET /api/jobs/{id}/result":       site.Own(s.apiResult),
		"PUT /uploads/{key...}":           s.receiveUpload,
		"GET /uploads/{key...}":           s.serveUpload,
	}
}

func postPath(p posts.Post) string { return "/api/posts/" + p.ID.String() }
func jobPath(j store.Job) string   { return "/api/jobs/" + j.ID.String() }

// loggedIn is what somebody has who was let in; who logs in knows who they are.
type loggedIn struct {
	User  *account.User `json:"user,omitempty"`
	Token string        `json:"token"`
}

// begin lets somebody in who sends what do wants of them.
func begin[In any](do func(http.ResponseWriter, *http.Request, In) (loggedIn, error)) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		var in In
		if err := site.Decode(r, &in); err != nil {
			return err
		}
		out, err := do(w, r, in)
		if err != nil {
			return err
		}
		return site.Private(w, http.StatusCreated, out)
	}
}

func (s *Server) endSession(r *http.Request, _ *session.Session) error {
	return s.Sessions.End(r.Context(), site.Of(r).Token)
}

// ownAccount is what somebody sees of themselves, and nobody else.
type ownAccount struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	Email     string    `json:"email"`
	CreatedAt time.Time `json:"created_at"`
}

func (s *Server) apiMe(r *http.Request, who *session.Session) (ownAccount, error) {
	u, err := s.Store.User(r.Context(), who.UserID)
	return ownAccount{u.ID, u.Name, u.Email, u.CreatedAt}, err
}

func (s *Server) apiUser(r *http.Request) ([]byte, error) {
	return s.userJSON(r.Context(), r.PathValue("name"))
}

func (s *Server) apiPost(r *http.Request) ([]byte, error) {
	id, err := site.PathID(r)
	if err != nil {
		return nil, err
	}
	text, err := s.postJSON(r.Context(), id)
	if err != nil {
		return nil, err
	}
	return text, s.Views.Add(r.Context(), id)
}

func (s *Server) apiFeed(r *http.Request, _ *session.Session) (json.RawMessage, error) {
	return s.feed(r)
}

// ticketFor is a picture that somebody wants to send.
type ticketFor struct {
	ContentType string `json:"content_type"`
	Size        int64  `json:"size"`
}

func (s *Server) apiTicket(r *http.Request, who *session.Session, in ticketFor) (t uploads.Ticket, err error) {
	var c site.Check
	if in.Size < 1 || in.Size > uploads.MaxSize {
		c.Wrong("size", "must be 1 to %d bytes", uploads.MaxSize)
	}
	key, err := pictureKey(who, in.ContentType)
	var p *problem.Problem
	if errors.As(err, &p) {
		c.Fields = append(c.Fields, p.Errors...)
	}
	if err = c.Err(); err == nil {
		err = s.count(r.Context(), who, key, in.Size)
	}
	if err != nil {
		return t, err
	}
	return s.Uploads.Ticket(r.Context(), key, in.ContentType, in.Size)
}

// wanted is the job that somebody asks for.
type wanted struct {
	Kind string `json:"kind"`
}

func (s *Server) apiExport(r *http.Request, who *session.Session, in wanted) (store.Job, error) {
	if in.Kind != "report" {
		return store.Job{}, problem.Invalid(problem.Field{Field: "kind", Detail: `must be "report"`})
	}
	return s.export(r.Context(), who)
}

func (s *Server) apiJobs(r *http.Request, who *session.Session) (map[string][]store.Job, error) {
	found, err := s.Store.JobsOf(r.Context(), who.UserID, defaultPage)
	return map[string][]store.Job{"jobs": found}, err
}

// apiResult serves the file that a report has made.
func (s *Server) apiResult(w http.ResponseWriter, r *http.Request, who *session.Session) error {
	j, err := s.jobOf(r, who)
	if err != nil {
		return err
	}
	if j.Kind != "report" || j.State != store.JobDone {
		return problem.New(http.StatusConflict, "The report is not done.")
	}
	w.Header().Set("Content-Disposition", `attachment; filename="posts.csv"`)
	return s.sendFile(w, r, j.Result, site.CachePrivate)
}
