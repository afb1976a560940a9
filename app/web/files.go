package web

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/app/assets"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/uploads"
)

// receiveUpload takes a file with a ticket; only a directory is sent files
// through the app.
func (s *Server) receiveUpload(w http.ResponseWriter, r *http.Request) error {
	dir, ok := s.Uploads.(*uploads.Dir)
	if !ok {
		return uploads.ErrNotFound
	}
	key := r.PathValue("key")
	size, err := dir.CheckTicket(key, r.Header.Get("Content-Type"), r.URL.Query())
	if err != nil {
		return err
	}
	if r.ContentLength != size || size > uploads.MaxSize {
		return problem.New(http.StatusBadRequest, "The body must have the "+strconv.FormatInt(size, 10)+" bytes that the ticket is for.")
	}
	content, err := io.ReadAll(r.Body) // bounded by the ticket
	if err != nil {
		return problem.New(http.StatusBadRequest, "The body ended early.")
	}
	if got := http.DetectContentType(content); got != r.Header.Get("Content-Type") {
		return problem.New(http.StatusUnsupportedMediaType, "The body is not what its type says.")
	}
	if err := dir.Put(r.Context(), key, r.Header.Get("Content-Type"), bytes.NewReader(content)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// serveUpload serves pictures and thumbnails, whose names never mean anything
// else; reports are not public.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("key")
	if strings.HasPrefix(key, uploads.Reports) {
		return uploads.ErrNotFound
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return s.sendFile(w, r, key, assets.CacheControl)
}

func (s *Server) sendFile(w http.ResponseWriter, r *http.Request, key, caching string) error {
	link, err := s.Uploads.Link(r.Context(), key)
	if err != nil {
		return err
	}
	if link != "" {
		w.Header().Set("Cache-Control", cachePrivate) // the link ends before a cache would
		http.Redirect(w, r, link, http.StatusFound)
		return nil
	}
	f, err := s.Uploads.Open(r.Context(), key)
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Cache-Control", caching)
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(key)))
	io.Copy(w, f) //nolint:errcheck // the client went away
	return nil
}
