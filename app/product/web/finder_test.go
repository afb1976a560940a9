package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/site"
)

type findsMany struct{}

func (findsMany) Search(context.Context, string, uuid.UUID, int) ([]posts.Post, error) {
	out := make([]posts.Post, 20)
	for i := range out {
		out[i].Body = strings.Repeat("ladder ", 1000)
	}
	return out, nil
}

// An engine alone answers as the app does: with excerpts, compressed.
func TestFinderAnswersAreSmall(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/api/search?q=ladder", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	Finder(findsMany{}, slog.New(slog.DiscardHandler)).ServeHTTP(w, r)
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	assert.Equal(t, site.CacheBrief, w.Header().Get("Cache-Control"))
	assert.Less(t, w.Body.Len(), 2000)
}
