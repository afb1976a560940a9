package edge

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// built is the code that rung puts at the edge, as it is deployed.
func built(t *testing.T, last string) string {
	t.Helper()
	var b strings.Builder
	for _, name := range []string{"cloudfront", "core", last} {
		text, err := os.ReadFile(filepath.Join("..", "..", "components", "edge", "code", name+".js"))
		require.NoError(t, err)
		b.Write(text)
	}
	return b.String()
}

// at serves the edge before an app that says what it was asked.
func at(t *testing.T, rules string) *httptest.Server {
	t.Helper()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("X-Seen", fmt.Sprintf("%s|%s|%s|%s", r.URL.RequestURI(), r.Header.Get("X-Edge-Cohort"),
			r.Header.Get("X-Edge-Country"), r.Header.Get("X-Forwarded-For")))
		http.SetCookie(w, &http.Cookie{Name: "own", Value: "kept"})
		fmt.Fprint(w, "page")
	}))
	t.Cleanup(app.Close)
	store := map[string]string{"rules": rules, "key:shop": "secret"}
	var log bytes.Buffer
	s, err := newServer(Plan{Upstream: app.URL, Behaviours: []Behaviour{{Pattern: "^/static/.*$"}, {Request: "in",
		Response: "out"}},
		Functions: map[string]Function{"in": {built(t, "request"), store}, "out": {built(t, "response"), store}}}, &log)
	require.NoError(t, err)
	front := httptest.NewServer(s)
	t.Cleanup(func() { front.Close(); assert.Empty(t, log.String()) })
	return front
}

const rules = `{"blocked":["KP"],"vary":["DE"],"redirects":{"/old":"/new"},"keyPaths":["/api/partners"],` +
	`"experiment":{"name":"prices","percent":100}}`

func TestWhatIsDeployedRuns(t *testing.T) {
	front := at(t, rules)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, one := range []struct {
		path, country, key string
		status             int
		seen, location     string
	}{
		{path: "/", status: 200, seen: "/|prices.b||127.0.0.1"},
		{path: "/a%20b?q=1&utm_source=x", country: "DE", status: 200, seen: "/a%20b?q=1|prices.b|DE|127.0.0.1"},
		{path: "/", country: "KP", status: 451},
		{path: "/old", status: 308, location: "/new"},
		{path: "/api/partners", status: 401},
		{path: "/api/partners", key: "shop.9999999999.f2a48a9ddb9a9ed8bbe1a5ad61f7e0a8e4f2a7de9b0b8f0bfb4e9bd9b1a5d3c0", status: 401},
		{path: "/static/a.css?utm_source=x", status: 200, seen: "/static/a.css?utm_source=x|||127.0.0.1"},
	} {
		r, err := http.NewRequest(http.MethodGet, front.URL+one.path, nil)
		require.NoError(t, err)
		if one.country != "" {
			r.Header.Set("CloudFront-Viewer-Country", one.country)
		}
		if one.key != "" {
			r.Header.Set("X-Api-Key", one.key)
		}
		answer, err := client.Do(r)
		require.NoError(t, err)
		answer.Body.Close()
		assert.Equal(t, one.status, answer.StatusCode, "%+v", one)
		assert.Equal(t, one.seen, answer.Header.Get("X-Seen"), "%+v", one)
		assert.Equal(t, one.location, answer.Header.Get("Location"), "%+v", one)
	}
}

func TestAnAnswerGetsItsCookieBesideTheAppsOwn(t *testing.T) {
	answer, err := http.Get(at(t, rules).URL + "/")
	require.NoError(t, err)
	answer.Body.Close()
	cookies := answer.Header["Set-Cookie"]
	require.Len(t, cookies, 2)
	assert.Equal(t, "own=kept", cookies[0])
	assert.Regexp(t, `^edge-cohort=prices\.b; Max-Age=2592000; Path=/; Secure`, cookies[1])
}

// What the Lambda@Edge says is what the cache gets: nothing of one visitor is kept.
func TestTheLambdaThatIsDeployedGuardsTheCache(t *testing.T) {
	var code strings.Builder
	for _, name := range []string{"core", "caching", "lambda"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "components", "edge", "code", name+".js"))
		require.NoError(t, err)
		code.WriteString(strings.ReplaceAll(string(text), "__PRIVATE_PATHS__", `["/me"]`))
	}
	app := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=5")
		w.Header().Set("Expires", "Thu, 01 Jan 2099 00:00:00 GMT")
		w.Header().Set("X-Host", r.Host+" "+r.Header.Get("X-Forwarded-For"))
		switch r.URL.Path {
		case "/cookie":
			http.SetCookie(w, &http.Cookie{Name: "own", Value: "kept"})
		case "/kept":
			w.Header().Set("CDN-Cache-Control", "max-age=60")
		case "/error":
			w.WriteHeader(http.StatusBadGateway)
		}
		fmt.Fprint(w, "page")
	}))
	t.Cleanup(app.Close)
	var log bytes.Buffer
	made, err := newGuard(Guard{Upstream: app.URL, Function: Function{Code: code.String()}}, Plan{Domain: "d"}, &log)
	require.NoError(t, err)
	front := httptest.NewServer(made)
	t.Cleanup(front.Close)
	for path, want := range map[string]string{"/": "max-age=5", "/cookie": "private, no-store", "/me": "private, no-store",
		"/error": "private, no-store", "/kept": "max-age=5, s-maxage=60"} {
		r, err := http.NewRequest(http.MethodGet, front.URL+path, nil)
		require.NoError(t, err)
		r.Host = "site.example"
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		answer.Body.Close()
		assert.Equal(t, "page", string(body), path)
		assert.Equal(t, want, answer.Header.Get("Cache-Control"), path)
		assert.Equal(t, "site.example 192.0.2.1", answer.Header.Get("X-Host"), path)
		assert.Equal(t, want == "max-age=5", answer.Header.Get("Expires") != "", path)
		assert.Equal(t, path == "/cookie", answer.Header.Get("Set-Cookie") != "", path)
		assert.Equal(t, map[bool]int{true: 502, false: 200}[path == "/error"], answer.StatusCode, path)
	}
	assert.Empty(t, log.String())
}

func TestFunctionsThatFail(t *testing.T) {
	for about, code := range map[string]string{
		"a store without rules": "import cf from 'cloudfront'; async function handler(e) { return await cf.kvs().get('x'); }",
		"an endless loop":       "function handler(e) { for (;;) {} }",
		"a promise for ever":    "function handler(e) { return new Promise(function () {}); }",
		"a module of elsewhere": "function handler(e) { return require('fs'); }",
	} {
		f, err := compile("f", Function{Code: code})
		require.NoError(t, err)
		_, err = f.call(event{})
		assert.ErrorContains(t, err, "call the function", about)
	}
	_, err := compile("f", Function{Code: "function ("})
	assert.Error(t, err)
}
