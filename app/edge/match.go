package edge

import (
	"net/http"
	"path"
	"strings"
)

// Match is the pattern that answers a request, and where there is none the
// methods that its path has; empty where there is no such path either.
func Match(mux *http.ServeMux, r *http.Request) (pattern, allow string) {
	if p := r.URL.Path; path.Clean(p) != p && path.Clean(p) != strings.TrimSuffix(p, "/") {
		return "", "" // the library would answer with another address
	}
	answer, pattern := mux.Handler(r)
	if pattern != "" {
		return pattern, ""
	}
	said := &unsent{header: http.Header{}}
	answer.ServeHTTP(said, r)
	return "", said.header.Get("Allow")
}

// unsent is an answer that nobody gets.
type unsent struct{ header http.Header }

func (u *unsent) Header() http.Header         { return u.header }
func (u *unsent) Write(b []byte) (int, error) { return len(b), nil }
func (u *unsent) WriteHeader(int)             {}
