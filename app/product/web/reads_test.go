package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/site"
)

// A CDN sends these paths to another region while one does not answer, which
// must not happen to a write.
func TestReadPathsTakeNoWrites(t *testing.T) {
	mux := http.NewServeMux()
	s := &Server{}
	for _, routes := range []map[string]site.Handler{s.routesAPI(), s.routesPages()} {
		for pattern := range routes {
			mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
			method, at, _ := strings.Cut(pattern, " ")
			for _, path := range contract.ReadPaths() {
				below, all := strings.CutSuffix(path, "*")
				assert.False(t, method != http.MethodGet && all && strings.HasPrefix(at, below), "%s is below %s", pattern, path)
			}
		}
	}
	for _, path := range contract.ReadPaths() {
		path = strings.ReplaceAll(path, "*", "")
		if strings.HasSuffix(path, "/posts/") {
			path += "7"
		}
		_, read := mux.Handler(httptest.NewRequest(http.MethodGet, path, nil))
		assert.True(t, strings.HasPrefix(read, "GET /"), "%s: %s", path, read)
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			_, write := mux.Handler(httptest.NewRequest(method, path, nil))
			assert.Empty(t, write, "%s %s must lead nowhere", method, path)
		}
	}
}
