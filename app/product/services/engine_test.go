package services_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/product/services"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

// domain is as much of OpenSearch as the search service needs here: documents
// by id, and a search that finds what has the query in it. Package search
// tests the rest of what is said to it.
type domain struct {
	mu   sync.Mutex
	docs map[string]map[string]any
	puts int
	away atomic.Bool
	user string
}

func (d *domain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	user, _, _ := r.BasicAuth()
	d.user = user
	if d.away.Load() {
		http.Error(w, "{}", http.StatusServiceUnavailable)
		return
	}
	if parts := strings.Split(r.URL.Path, "/"); len(parts) == 4 && r.Method == http.MethodPut {
		doc := map[string]any{}
		if err := json.NewDecoder(r.Body).Decode(&doc); err != nil {
			http.Error(w, "{}", http.StatusBadRequest)
			return
		}
		d.puts++
		d.docs[parts[3]] = doc
	}
	hits := []any{}
	if strings.HasSuffix(r.URL.Path, "/_search") {
		var in struct {
			Query struct {
				Bool struct {
					Must map[string]struct{ Query string }
				}
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, "{}", http.StatusBadRequest)
			return
		}
		for _, doc := range d.docs {
			title, there := doc["title"].(string)
			if there && strings.Contains(title, in.Query.Bool.Must["simple_query_string"].Query) {
				hits = append(hits, map[string]any{"_source": doc})
			}
		}
	}
	json.NewEncoder(w).Encode(map[string]any{"hits": map[string]any{"hits": hits}}) //nolint:errcheck // the test went away
}

// The search service of stage 4 has an engine and a queue, and no database. It
// waits for its engine, takes events that come twice, and says when the engine
// is away.
func TestSearchOnAnEngineAlone(t *testing.T) {
	cloud := awsapitest.New(t)
	queue, _ := cloud.Queue("search", 100)
	cloud.Secret("arn:engine", `{"username":"finder","password":"secret"}`)
	cloud.Secret("arn:origin", "through the CDN")
	d := &domain{docs: map[string]map[string]any{}}
	d.away.Store(true)
	at := httptest.NewServer(d)
	t.Cleanup(at.Close)
	env := apptest.Env{contract.EnvListen: "127.0.0.1:0", contract.EnvInternalListen: "127.0.0.1:0",
		contract.EnvDrain: "100ms", contract.EnvRegion: awsapitest.Region,
		contract.EnvEngineURL: at.URL, contract.EnvEngineSecret: "arn:engine", contract.EnvOriginSecret: "arn:origin", contract.EnvEventQueueURL: queue}
	s, err := settings.Read(contract.RoleSearch, env.Get)
	require.NoError(t, err)
	config := cloud.Config()
	p, err := services.Start(t.Context(), s, server.Options{AWS: &config})
	require.NoError(t, err)
	stopped := false
	t.Cleanup(func() {
		if !stopped {
			assert.NoError(t, p.Stop())
		}
	})
	get := func(path, origin string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+p.Address+path, nil)
		require.NoError(t, err)
		req.Header.Set(contract.OriginHeader, origin)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		var out json.RawMessage
		require.NoError(t, json.NewDecoder(resp.Body).Decode(&out))
		return resp.StatusCode, string(out)
	}
	require.Eventually(t, func() bool { code, _ := get("/status", ""); return code == 503 }, time.Minute,
		20*time.Millisecond)
	code, text := get("/ready", "")
	assert.Equal(t, 200, code, "no other server has an engine: %s", text)

	event := `{"id":"018f0000-0000-7000-8000-000000000001","topic":"post.created","payload":{"id":"018f0000-0000-7000-8000-000000000002",
		"user_id":"018f0000-0000-7000-8000-000000000003","author":"ada","title":"On engines","body":"b"}}`
	cloud.Send(queue, event)
	cloud.Send(queue, event)
	d.away.Store(false)
	require.Eventually(t, func() bool { code, _ := get("/status", ""); return code == 200 }, time.Minute,
		20*time.Millisecond)
	require.Eventually(t, func() bool {
		code, text := get("/api/search?q=engines", "through the CDN")
		return code == 200 && strings.Contains(text, `"title":"On engines"`)
	}, time.Minute, 50*time.Millisecond)
	require.Eventually(t, func() bool { d.mu.Lock(); defer d.mu.Unlock(); return d.puts == 2 }, time.Minute,
		50*time.Millisecond)
	assert.Len(t, d.docs, 1)
	assert.Equal(t, "finder", d.user)

	change := strings.NewReplacer("post.created", "post.updated", "On engines", "On looms", `"body":"b"`,
		`"body":"b","version":2`, "8000-000000000001", "8000-000000000004").Replace(event)
	cloud.Send(queue, change)
	require.Eventually(t, func() bool {
		_, text := get("/api/search?q=looms", "through the CDN")
		return strings.Contains(text, `"title":"On looms"`)
	},
		time.Minute, 50*time.Millisecond)
	cloud.Send(queue, `{"id":"018f0000-0000-7000-8000-000000000005","topic":"post.deleted","payload":{"id":"018f0000-0000-7000-8000-000000000002"}}`)
	require.Eventually(t, func() bool {
		_, text := get("/api/search?q=looms", "through the CDN")
		return strings.Contains(text, `"posts":[]`)
	},
		time.Minute, 50*time.Millisecond)
	assert.Len(t, d.docs, 1)

	code, _ = get("/api/search?q=engines", "another way")
	assert.Equal(t, 403, code)
	code, text = get("/api/search?q=", "through the CDN")
	assert.Equal(t, 422, code, text)
	code, _ = get("/api/posts", "through the CDN")
	assert.Equal(t, 404, code)
	d.away.Store(true)
	code, text = get("/api/search?q=engines", "through the CDN")
	assert.Equal(t, 503, code, text)
	assert.NotContains(t, text, at.URL)
	require.Eventually(t, func() bool { code, _ := get("/status", ""); return code == 503 }, time.Minute,
		20*time.Millisecond)
	stopped = true
	require.NoError(t, p.Stop())
}

func TestSearchNeedsASecretThatIsThere(t *testing.T) {
	cloud := awsapitest.New(t)
	cloud.Secret("arn:engine", `not JSON`)
	env := apptest.Env{contract.EnvListen: "127.0.0.1:0", contract.EnvInternalListen: "127.0.0.1:0",
		contract.EnvEngineURL:    "http://127.0.0.1:1",
		contract.EnvEngineSecret: "arn:engine", contract.EnvOriginSecret: "arn:none"}
	s, err := settings.Read(contract.RoleSearch, env.Get)
	require.NoError(t, err)
	config := cloud.Config()
	_, err = services.Start(t.Context(), s, server.Options{AWS: &config})
	require.Error(t, err)
	assert.ErrorContains(t, err, contract.EnvEngineSecret)
	assert.ErrorContains(t, err, contract.EnvOriginSecret)
	assert.NotContains(t, err.Error(), "not JSON")
}
