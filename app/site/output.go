package site

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// The caching rules of the ladder.
const (
	CachePublic  = "public, max-age=300"
	CacheCDN     = "max-age=3600"
	CachePrivate = "private, no-store"
	// CacheBrief and CacheBriefCDN are for what a CDN is not told of when it
	// changes.
	CacheBrief    = "public, max-age=60"
	CacheBriefCDN = "max-age=60"
)

// Public answers with JSON that any cache may keep, or says that what the
// caller has is still good. A CDN is told of changed paths, not of each of
// their queries: searches and further pages are kept for a minute. The tag is a
// weak one, because it is the same for the compressed answer.
func Public(w http.ResponseWriter, r *http.Request, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", CachePublic)
	h.Set("CDN-Cache-Control", CacheCDN)
	if r.URL.RawQuery != "" {
		h.Set("Cache-Control", CacheBrief)
		h.Set("CDN-Cache-Control", CacheBriefCDN)
	}
	etag := `"` + strconv.FormatUint(xxhash.Sum64(body), 36) + `"`
	h.Set("ETag", "W/"+etag)
	if match := r.Header.Get("If-None-Match"); match != "" && strings.Contains(match, etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body) //nolint:errcheck // the client went away
	return nil
}

// Private answers one person.
func Private(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", CachePrivate)
	w.WriteHeader(status)
	w.Write(body) //nolint:errcheck // the client went away
	return nil
}

// Done answers one person that it is done, with nothing to show.
func Done(w http.ResponseWriter) error {
	w.Header().Set("Cache-Control", CachePrivate)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// SeeOther sends the browser on, so that reloading sends no form again.
func SeeOther(w http.ResponseWriter, r *http.Request, to string) error {
	w.Header().Set("Cache-Control", CachePrivate)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
