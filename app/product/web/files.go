package web

import (
	"context"
	_ "embed" // the API's description
	"io"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/site"
	"github.com/rung-dev/rung/app/store"
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

// removeFiles takes what a post has shown from who looks there next. That it
// is also gone from the CDN, and if this fails, is up to [Server.Drop].
func (s *Server) removeFiles(ctx context.Context, user uuid.UUID, keys []string) {
	for _, key := range keys {
		shown, err := s.Store.Shows(ctx, user, key)
		if err == nil && !shown {
			err = s.Uploads.Delete(ctx, key)
		}
		if err != nil {
			s.Log.WarnContext(ctx, "remove a file: trying again", "key", key, "err", err)
		}
	}
}

// Drop removes a file that was discarded, unless another post shows it, also
// from the CDN and from what the person keeps.
func (s *Server) Drop(ctx context.Context, u store.Upload) error {
	shown, err := s.Store.Shows(ctx, u.User, u.Key)
	if err != nil || shown {
		return err
	}
	keys := []string{u.Key}
	if strings.HasPrefix(u.Key, uploads.Pictures) {
		keys = append(keys, uploads.Incoming(u.Key))
	}
	for _, key := range keys {
		if err := s.Uploads.Delete(ctx, key); err != nil {
			return err
		}
	}
	if uploads.Public(u.Key) {
		if err := s.Purger.Now(ctx, "/uploads/"+u.Key); err != nil {
			return err
		}
	}
	return s.Store.DropUpload(ctx, u.Key)
}
