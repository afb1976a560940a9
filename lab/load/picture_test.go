package load

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A picture is seen where the app leads to the bucket that has it; other ways elsewhere are
// answers, and nobody goes there.
func TestPicturesInABucket(t *testing.T) {
	seen := 0
	bucket := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			seen++
		}
	}))
	defer bucket.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/uploads", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"key": "pictures/a.png", "method": "PUT", "url": "%s/incoming/a.png"}`, bucket.URL)
	})
	mux.HandleFunc("POST /api/posts", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"id": "1"}`) })
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, bucket.URL+"/elsewhere", http.StatusFound)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	via, err := newClients(t.Context(), Plan{Target: server.URL, Rate: 1, Timeout: time.Minute})
	require.NoError(t, err)
	defer via.close()
	s := &site{target: server.URL, people: []person{{}}}
	assert.Equal(t, "/uploads/pictures/a.png", s.sendPicture(t.Context(), via))
	assert.Equal(t, 1, seen)
	status, _ := s.get(t.Context(), via, "/me")
	assert.Equal(t, http.StatusFound, status)
	assert.Equal(t, 1, seen)
}
