package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/limit"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/product/work"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/uploads"
)

// What people do, whether by the API or by a form.

// writing is what a person writes.
type writing struct {
	Title   string `json:"title"`
	Body    string `json:"body"`
	Picture string `json:"picture"`
	// Alt says what the picture shows.
	Alt string `json:"alt"`
}

func (in writing) check(who *session.Session) error {
	var c site.Check
	c.Text("title", in.Title, 1, maxTitle)
	c.Text("body", in.Body, 1, maxText)
	c.Text("alt", in.Alt, 0, maxAlt)
	if in.Picture != "" &&
		(uploads.CheckKey(in.Picture) != nil || !strings.HasPrefix(in.Picture, uploads.Pictures+who.UserID.String()+"/")) {
		c.Wrong("picture", "must be the key of a picture that you have sent")
	}
	return c.Err()
}

func (s *Server) publish(r *http.Request, who *session.Session, in writing) (posts.Post, error) {
	ctx := r.Context()
	if err := in.check(who); err != nil {
		return posts.Post{}, err
	}
	if err := s.arrived(r, in.Picture); err != nil {
		return posts.Post{}, err
	}
	p := posts.Post{ID: store.NewID(), UserID: who.UserID, Author: who.Name, Title: in.Title, Body: in.Body,
		Picture: in.Picture, Alt: in.Alt}
	var err error
	if p.CreatedAt, err = s.Store.CreatePost(ctx, p); err != nil {
		return p, err
	}
	s.forgetPost(ctx, p)
	if p.Picture == "" {
		return p, nil
	}
	if err := s.Store.ShowUpload(ctx, p.Picture, p.ID); err != nil { // it is found when loose files are collected
		s.Log.WarnContext(ctx, "note which post shows a picture", "post", p.ID, "err", err)
	}
	job, err := work.New(who.UserID, work.Thumbnail, work.ThumbnailArgs{Post: p.ID, Picture: p.Picture})
	if err == nil {
		err = s.Queue.Enqueue(ctx, job)
	}
	if err != nil { // the post is there; without a thumbnail the picture itself is shown
		s.Log.ErrorContext(ctx, "queue a thumbnail", "post", p.ID, "err", err)
	}
	return p, nil
}

// edit changes the text of a post of who's, which the path names.
func (s *Server) edit(r *http.Request, who *session.Session, in writing) (p posts.Post, err error) {
	id, err := site.PathID(r)
	if err == nil {
		err = in.check(who)
	}
	if err != nil {
		return p, err
	}
	p, err = s.Store.UpdatePost(r.Context(),
		posts.Post{ID: id, UserID: who.UserID, Title: in.Title, Body: in.Body, Alt: in.Alt})
	if err == nil {
		s.keepPost(r.Context(), p)
	}
	return p, err
}

// remove deletes a post of who's, which the path names, with its files.
func (s *Server) remove(r *http.Request, who *session.Session) error {
	id, err := site.PathID(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	files, err := s.Store.DeletePost(ctx, id, who.UserID)
	if err != nil {
		return err
	}
	s.removeFiles(ctx, who.UserID, files)
	s.forgetPost(ctx, posts.Post{ID: id, UserID: who.UserID, Author: who.Name})
	return nil
}

// export notes a report of all that a person has written.
func (s *Server) export(ctx context.Context, who *session.Session) (store.Job, error) {
	rate := limit.Rate{Most: s.Settings.Rate.Reports, In: time.Hour}
	if p := s.Limited("export", who.UserID.String(), rate); p != nil {
		return store.Job{}, p
	}
	u, err := s.Store.User(ctx, who.UserID)
	if err != nil {
		return store.Job{}, err
	}
	job, err := work.New(who.UserID, work.Report, work.ReportArgs{Name: u.Name, Email: u.Email})
	if err != nil {
		return job, err
	}
	return job, s.Queue.Enqueue(ctx, job)
}

func (s *Server) follow(r *http.Request, who *session.Session) error {
	return s.following(r, who, s.Store.Follow)
}

func (s *Server) unfollow(r *http.Request, who *session.Session) error {
	return s.following(r, who, s.Store.Unfollow)
}

// following has who follow, or no longer follow, whom the path names.
func (s *Server) following(r *http.Request, who *session.Session,
	do func(ctx context.Context, follower, followee uuid.UUID) error) error {
	u, err := s.user(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	return do(r.Context(), who.UserID, u.ID)
}

// jobOf finds a job of who's, which the path names; those of others do not exist.
func (s *Server) jobOf(r *http.Request, who *session.Session) (j store.Job, err error) {
	id, err := site.PathID(r)
	if err != nil {
		return j, err
	}
	j, err = s.Store.Job(r.Context(), id)
	if err == nil && j.UserID != who.UserID {
		err = store.ErrNotFound
	}
	return j, err
}
