package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/uploads"
)

type loggedIn struct {
	User  *account.User `json:"user,omitempty"`
	Token string        `json:"token"`
}

func (s *Server) apiSignUp(w http.ResponseWriter, r *http.Request) error {
	var in signUp
	if err := site.Decode(r, &in); err != nil {
		return err
	}
	u, token, err := s.signUp(w, r, in)
	if err != nil {
		return err
	}
	return site.Private(w, http.StatusCreated, loggedIn{User: &u, Token: token})
}

func (s *Server) apiLogIn(w http.ResponseWriter, r *http.Request) error {
	var in logIn
	if err := site.Decode(r, &in); err != nil {
		return err
	}
	token, err := s.logIn(w, r, in)
	if err != nil {
		return err
	}
	return site.Private(w, http.StatusCreated, loggedIn{Token: token})
}

func (s *Server) apiLogOut(w http.ResponseWriter, r *http.Request) error {
	if _, err := site.Person(r); err != nil {
		return err
	}
	if err := s.Sessions.End(r.Context(), site.Of(r).Token); err != nil {
		return err
	}
	return site.Done(w)
}

func (s *Server) apiMe(w http.ResponseWriter, r *http.Request) error {
	who, err := site.Person(r)
	if err != nil {
		return err
	}
	u, err := s.Store.User(r.Context(), who.UserID)
	if err != nil {
		return err
	}
	return site.Private(w, http.StatusOK,
		map[string]any{"id": u.ID, "name": u.Name, "email": u.Email, "created_at": u.CreatedAt})
}

func (s *Server) apiUser(w http.ResponseWriter, r *http.Request) error {
	text, err := s.userJSON(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	return site.Public(w, r, text)
}

func (s *Server) apiUserPosts(w http.ResponseWriter, r *http.Request) error {
	part, err := parseWindow(r.URL.Query())
	if err != nil {
		return err
	}
	u, err := s.user(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	text, err := s.byUserJSON(r.Context(), u.ID, part)
	if err != nil {
		return err
	}
	return site.Public(w, r, text)
}

func (s *Server) apiFollow(w http.ResponseWriter, r *http.Request) error {
	return s.apiFollowing(w, r, s.Store.Follow)
}

func (s *Server) apiUnfollow(w http.ResponseWriter, r *http.Request) error {
	return s.apiFollowing(w, r, s.Store.Unfollow)
}

func (s *Server) apiFollowing(w http.ResponseWriter, r *http.Request, do following) error {
	if err := s.follow(r, do); err != nil {
		return err
	}
	return site.Done(w)
}

// following is following or no longer following.
type following func(ctx context.Context, follower, followee uuid.UUID) error

// follow does so with the person that the path names.
func (s *Server) follow(r *http.Request, do following) error {
	who, err := site.Person(r)
	if err != nil {
		return err
	}
	u, err := s.user(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	return do(r.Context(), who.UserID, u.ID)
}

func (s *Server) apiPosts(w http.ResponseWriter, r *http.Request) error {
	part, err := parseWindow(r.URL.Query())
	if err != nil {
		return err
	}
	text, err := s.newestJSON(r.Context(), part)
	if err != nil {
		return err
	}
	return site.Public(w, r, text)
}

func (s *Server) apiPost(w http.ResponseWriter, r *http.Request) error {
	id, err := site.PathID(r)
	if err != nil {
		return err
	}
	text, err := s.postJSON(r.Context(), id)
	if err != nil {
		return err
	}
	if err := s.Views.Add(r.Context(), id); err != nil {
		return err
	}
	return site.Public(w, r, text)
}

func (s *Server) apiPublish(w http.ResponseWriter, r *http.Request) error {
	who, err := site.Person(r)
	if err != nil {
		return err
	}
	var in writing
	if err := site.Decode(r, &in); err != nil {
		return err
	}
	p, err := s.publish(r, who, in)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/posts/"+p.ID.String())
	return site.Private(w, http.StatusCreated, p)
}

// currentUser is who asks for what to do with which post.
func currentUser(r *http.Request) (*session.Session, uuid.UUID, error) {
	who, err := site.Person(r)
	if err != nil {
		return nil, uuid.Nil, err
	}
	id, err := site.PathID(r)
	return who, id, err
}

func (s *Server) apiEdit(w http.ResponseWriter, r *http.Request) error {
	who, id, err := currentUser(r)
	if err != nil {
		return err
	}
	var in writing
	if err := site.Decode(r, &in); err != nil {
		return err
	}
	p, err := s.edit(r.Context(), who, id, in)
	if err != nil {
		return err
	}
	return site.Private(w, http.StatusOK, p)
}

func (s *Server) apiDelete(w http.ResponseWriter, r *http.Request) error {
	who, id, err := currentUser(r)
	if err != nil {
		return err
	}
	if err := s.remove(r.Context(), who, id); err != nil {
		return err
	}
	return site.Done(w)
}

func (s *Server) apiFeed(w http.ResponseWriter, r *http.Request) error {
	who, err := site.Person(r)
	if err != nil {
		return err
	}
	part, err := parseWindow(r.URL.Query())
	if err != nil {
		return err
	}
	list, err := s.Store.Feed(r.Context(), who.UserID, part.before, part.limit)
	if err != nil {
		return err
	}
	return site.Private(w, http.StatusOK, listOf(list, part.limit))
}

func (s *Server) apiSearch(w http.ResponseWriter, r *http.Request) error {
	text, part, err := parseSearch(r.URL.Query())
	if err != nil {
		return err
	}
	list, err := s.Search.Search(r.Context(), text, part.before, part.limit)
	found, err := marshal(listOf(list, part.limit), err)
	if err != nil {
		return err
	}
	return site.Public(w, r, found)
}

// ticketFor is a picture that somebody wants to send.
type ticketFor struct {
	ContentType string `json:"content_type"`
	Size        int64  `json:"size"`
}

func (s *Server) apiTicket(w http.ResponseWriter, r *http.Request) error {
	who, err := site.Person(r)
	if err != nil {
		return err
	}
	var in ticketFor
	if err := site.Decode(r, &in); err != nil {
		return err
	}
	var c site.Check
	if in.Size < 1 || in.Size > uploads.MaxSize {
		c.Wrong("size", "must be 1 to %d bytes", uploads.MaxSize)
	}
	key, err := pictureKey(who, in.ContentType)
	if err != nil {
		var p *problem.Problem
		if errors.As(err, &p) {
			c.Fields = append(c.Fields, p.Errors...)
		}
	}
	if err := c.Err(); err != nil {
		return err
	}
	if err := s.count(r.Context(), who, key, in.Size); err != nil {
		return err
	}
	ticket, err := s.Uploads.Ticket(r.Context(), key, in.ContentType, in.Size)
	if err != nil {
		return err
	}
	return site.Private(w, http.StatusCreated, ticket)
}

// wanted is the job that somebody asks for.
type wanted struct {
	Kind string `json:"kind"`
}

func (s *Server) apiExport(w http.ResponseWriter, r *http.Request) error {
	who, err := site.Person(r)
	if err != nil {
		return err
	}
	var in wanted
	if err := site.Decode(r, &in); err != nil {
		return err
	}
	if in.Kind != "report" {
		return problem.Invalid(problem.Field{Field: "kind", Detail: `must be "report"`})
	}
	j, err := s.export(r.Context(), who)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/jobs/"+j.ID.String())
	return site.Private(w, http.StatusAccepted, j)
}

func (s *Server) apiJobs(w http.ResponseWriter, r *http.Request) error {
	who, err := site.Person(r)
	if err != nil {
		return err
	}
	found, err := s.Store.JobsOf(r.Context(), who.UserID, defaultPage)
	if err != nil {
		return err
	}
	return site.Private(w, http.StatusOK, map[string]any{"jobs": found})
}

func (s *Server) apiJob(w http.ResponseWriter, r *http.Request) error {
	who, id, err := currentUser(r)
	if err != nil {
		return err
	}
	j, err := s.jobOf(r.Context(), who, id)
	if err != nil {
		return err
	}
	return site.Private(w, http.StatusOK, j)
}

// apiResult serves the file that a report has made.
func (s *Server) apiResult(w http.ResponseWriter, r *http.Request) error {
	who, id, err := currentUser(r)
	if err != nil {
		return err
	}
	j, err := s.jobOf(r.Context(), who, id)
	if err != nil {
		return err
	}
	if j.Kind != "report" || j.State != store.JobDone {
		return problem.New(http.StatusConflict, "The report is not done.")
	}
	w.Header().Set("Content-Disposition", `attachment; filename="posts.csv"`)
	return s.sendFile(w, r, j.Result, site.CachePrivate)
}
