package search_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/product/search"
	"github.com/rung-dev/rung/app/store"
)

var _ search.Index = (*search.OpenSearch)(nil)

func start(t *testing.T) (*domain, *search.OpenSearch) {
	t.Helper()
	d := &domain{documents: map[string]map[string]any{}, versions: map[string]int64{}}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	o := &search.OpenSearch{URL: server.URL, Client: &http.Client{Timeout: 5 * time.Second}}
	require.NoError(t, o.Prepare(t.Context()))
	require.NoError(t, o.Prepare(t.Context()), "twice is once")
	return d, o
}

func titles(t *testing.T, o search.Finder, query string, before uuid.UUID, limit int) []string {
	t.Helper()
	posts, err := o.Search(t.Context(), query, before, limit)
	require.NoError(t, err)
	out := []string{}
	for _, p := range posts {
		out = append(out, p.Title)
	}
	return out
}

func TestSearch(t *testing.T) {
	_, o := start(t)
	var ids []uuid.UUID
	for _, title := range []string{"on ladders", "on tall ladders", "on mountains"} {
		p := posts.Post{ID: store.NewID(), Title: title, Body: "to climb", Author: "ann", CreatedAt: time.Now().UTC(),
			Version: 1}
		ids = append(ids, p.ID)
		require.NoError(t, o.Put(t.Context(), p))
	}
	assert.Equal(t, []string{"on mountains", "on tall ladders", "on ladders"}, titles(t, o, "climb", uuid.Nil, 10),
		"newest first")
	assert.Equal(t, []string{"on tall ladders"}, titles(t, o, `"tall ladders"`, uuid.Nil, 10))
	assert.Equal(t, []string{"on mountains"}, titles(t, o, "climb -ladders", uuid.Nil, 10))
	assert.Equal(t, []string{"on tall ladders"}, titles(t, o, "climb", ids[2], 1), "goes on where a page ended")
}

// Events come twice and out of order.
func TestOlderStatesChangeNothing(t *testing.T) {
	_, o := start(t)
	p := posts.Post{ID: store.NewID(), Title: "first", Body: "x", Version: 1}
	second := p
	second.Title, second.Version = "second", 2
	require.NoError(t, o.Put(t.Context(), second))
	require.NoError(t, o.Put(t.Context(), p))
	assert.Equal(t, []string{"second"}, titles(t, o, "x", uuid.Nil, 10))
	require.NoError(t, o.Remove(t.Context(), p.ID))
	require.NoError(t, o.Remove(t.Context(), p.ID))
	require.NoError(t, o.Put(t.Context(), second))
	assert.Empty(t, titles(t, o, "x", uuid.Nil, 10))
	assert.Empty(t, titles(t, o, "-y", uuid.Nil, 10), "what is left of it is not found by what it lacks")
	late := posts.Post{ID: store.NewID(), Title: "late", Body: "x", Version: 1}
	require.NoError(t, o.Remove(t.Context(), late.ID))
	require.NoError(t, o.Put(t.Context(), late))
	assert.Empty(t, titles(t, o, "x", uuid.Nil, 10), "deleted before it came")
}

func TestSaysWhoAsks(t *testing.T) {
	d, o := start(t)
	o.Username, o.Password = "app", "secret"
	titles(t, o, "x", uuid.Nil, 1)
	o.Username = ""
	o.AWS = &aws.Config{Region: "eu-central-1",
		Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")}
	titles(t, o, "x", uuid.Nil, 1)
	n := len(d.seen)
	assert.Equal(t, "Basic YXBwOnNlY3JldA==", d.seen[n-2])
	assert.Contains(t, d.seen[n-1], "eu-central-1/es/aws4_request")
}

func TestAwayIsAnError(t *testing.T) {
	o := &search.OpenSearch{URL: "http://127.0.0.1:1", Client: &http.Client{Timeout: time.Second}}
	_, err := o.Search(t.Context(), "x", uuid.Nil, 1)
	assert.ErrorContains(t, err, "ask opensearch")
}
