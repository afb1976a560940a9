package web

import (
	_ "embed" // the API's description
	"io"
	"mime"
	"net/http"
	"path"

	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/uploads"
)

// description says what the API takes and gives, in the form of OpenAPI.
//
//go:embed openapi.yaml
var description []byte

func (s *Server) openAPI(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/yaml")
	w.Header().Set("Cache-Control", site.CacheBrief)
	w.Write(description) //nolint:errcheck // the client went away
	return nil
}

// cacheUploads lets browsers keep a picture for an hour, for they cannot be
// told that it is deleted, and CDNs, which can, for a month.
const cacheUploads = "public, max-age=3600, s-maxage=2592000"

// serveUpload serves pictures and thumbnails, whose names never mean anything
// else; reports are not public, nor is what was sent and not seen yet.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("key")
	if !uploads.Public(key) {
		return uploads.ErrNotFound
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return s.sendFile(w, r, key, cacheUploads)
}

func (s *Server) sendFile(w http.ResponseWriter, r *http.Request, key, caching string) error {
	link, err := s.Uploads.Link(r.Context(), key)
	if err != nil {
		return err
	}
	if link != "" {
		w.Header().Set("Cache-Control", site.CachePrivate) // the link ends before a cache would
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
