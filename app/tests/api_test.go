package tests

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/server"
)

// One walk through all that a person does, with two servers in turn: what one
// has taken the other knows at once.
func TestPeopleUseAnyServer(t *testing.T) {
	walk(t, apptest.NewEnv(t))
}

func walk(t *testing.T, env apptest.Env) {
	t.Helper()
	one, two := start(t, contract.RoleAll, env, server.Options{}), start(t, contract.RoleWeb, env, server.Options{})
	ann := newClient(t, one)
	annName := ann.signUp()
	ben := newClient(t, two)
	benName := ben.signUp()

	first := ann.publish("On ladders", "The first stage is the lowest.")
	assert.Equal(t, annName, first.Author)
	for _, at := range []*product.App{two, one} {
		assert.Equal(t, "On ladders", ann.at(at).list("/api/posts").Posts[0].Title)
	}
	ann.at(two).publish("On mountains", "Higher than ladders.")
	for i := range 20 { // a reader who has read before sees each change at once
		title := strings.Repeat("x", i+1)
		ann.at([]*product.App{one, two}[i%2]).do(200, "PUT", "/api/posts/"+first.ID,
			map[string]string{"title": title, "body": "changed"})
		for _, at := range []*product.App{one, two} {
			var p post
			ann.at(at).do(200, "GET", "/api/posts/"+first.ID, nil).into(t, &p)
			require.Equal(t, title, p.Title)
		}
	}
	ben.do(404, "PUT", "/api/posts/"+first.ID, map[string]string{"title": "mine", "body": "now"})

	assert.Empty(t, ben.list("/api/feed").Posts)
	ben.do(204, "PUT", "/api/users/"+annName+"/follow", nil)
	ben.publish("Hello", "I am "+benName)
	assert.Equal(t, []string{"Hello", "On mountains", strings.Repeat("x", 20)}, titles(ben.at(one).list("/api/feed")))
	ben.do(204, "DELETE", "/api/users/"+annName+"/follow", nil)
	assert.Equal(t, []string{"Hello"}, titles(ben.list("/api/feed")))

	assert.Equal(t, []string{"On mountains"}, titles(ann.list("/api/search?q=higher+ladder")))
	ann.do(204, "DELETE", "/api/posts/"+first.ID, nil)
	ann.at(two).do(404, "GET", "/api/posts/"+first.ID, nil)
	assert.Equal(t, []string{"On mountains"}, titles(ann.at(two).list("/api/users/"+annName+"/posts")))

	ann.do(200, "GET", "/api/me", nil)
	ann.do(204, "DELETE", "/api/sessions", nil)
	ann.at(two).do(401, "GET", "/api/me", nil)
	var in struct{ Token string }
	ann.do(201, "POST", "/api/sessions",
		map[string]string{"email": annName + "@example.com", "password": password}).into(t, &in)
	ann.token = in.Token
	ann.at(two).do(200, "GET", "/api/me", nil)
}

// What has just been made says when: no answer has a time before there was one.
func TestTimesAreTrue(t *testing.T) {
	app := start(t, contract.RoleWeb, apptest.NewEnv(t), server.Options{})
	c := newClient(t, app)
	a := c.do(201, "POST", "/api/users",
		map[string]string{"email": "times@example.com", "name": "times", "password": password})
	assert.NotContains(t, string(a.body), "0001-01-01")
	var in struct{ Token string }
	a.into(t, &in)
	c.token = in.Token
	for path, body := range map[string]map[string]string{"/api/posts": {"title": "a", "body": "b"},
		"/api/jobs": {"kind": "report"}} {
		a, err := c.try("POST", path, body)
		require.NoError(t, err)
		assert.Less(t, a.status, 300)
		assert.NotContains(t, string(a.body), "0001-01-01", path)
	}
}

func TestListsGoOn(t *testing.T) {
	app := start(t, contract.RoleWeb, apptest.NewEnv(t), server.Options{})
	c := newClient(t, app)
	c.signUp()
	want := []string{}
	for i := range 25 {
		title := string(rune('a' + i))
		c.publish(title, "text")
		want = append([]string{title}, want...)
	}
	got := []string{}
	for path := "/api/posts"; ; {
		l := c.list(path)
		got = append(got, titles(l)...)
		if l.Next == "" {
			break
		}
		path = "/api/posts?before=" + l.Next
	}
	assert.Equal(t, want, got)
}

func TestCachingHeaders(t *testing.T) {
	app := start(t, contract.RoleWeb, apptest.NewEnv(t), server.Options{})
	c := newClient(t, app)
	c.signUp()
	p := c.publish("A", "b")
	for path, want := range map[string][2]string{
		"/api/posts":         {"public, max-age=300", "max-age=3600"},
		"/api/posts/" + p.ID: {"public, max-age=300", "max-age=3600"},
		// A CDN is told of paths, not of their queries.
		"/api/posts?limit=5": {"public, max-age=60", "max-age=60"},
		"/api/search?q=a":    {"public, max-age=60", "max-age=60"},
		"/api/feed":          {"private, no-store", ""},
		"/api/me":            {"private, no-store", ""},
		"/api/jobs":          {"private, no-store", ""},
		"/feed":              {"private, no-store", ""},
	} {
		a := c.do(200, "GET", path, nil)
		assert.Equal(t, want, [2]string{a.header.Get("Cache-Control"), a.header.Get("CDN-Cache-Control")}, path)
	}
	a := newClient(t, app).do(200, "GET", "/", nil)
	assert.Equal(t, "no-cache", a.header.Get("Cache-Control"))
	assert.Contains(t, a.header.Get("Content-Security-Policy"), "default-src 'self'")
	a = c.do(200, "GET", "/api/posts", nil)
	c.do(304, "GET", "/api/posts", nil, "If-None-Match", a.header.Get("ETag"))
	a = c.do(404, "GET", "/api/posts/no", nil)
	assert.Equal(t, "no-store", a.header.Get("Cache-Control"))
}

func TestProblems(t *testing.T) {
	env := apptest.NewEnv(t)
	env[contract.EnvRateUser] = "200"
	app := start(t, contract.RoleWeb, env, server.Options{})
	c := newClient(t, app)
	name := c.signUp()
	long := strings.Repeat("x", 300_000)
	tests := map[string]struct {
		method, path string
		body         any
		header       []string
		status       int
		fields       []string
	}{
		"all fields at once":     {method: "POST", path: "/api/users", body: map[string]string{"email": "nobody", "name": "!", "password": "short"}, status: 422, fields: []string{"email", "name", "password"}},
		"a name that is taken":   {method: "POST", path: "/api/users", body: map[string]string{"email": "x@example.com", "name": name, "password": password}, status: 422, fields: []string{"name"}},
		"an address taken":       {method: "POST", path: "/api/users", body: map[string]string{"email": name + "@example.com", "name": "other", "password": password}, status: 422, fields: []string{"email"}},
		"an unknown field":       {method: "POST", path: "/api/posts", body: map[string]string{"colour": "red"}, status: 422, fields: []string{"colour"}},
		"a field of other kind":  {method: "POST", path: "/api/posts", body: map[string]int{"title": 1}, status: 422, fields: []string{"title"}},
		"text that cannot be":    {method: "POST", path: "/api/posts", body: map[string]string{"title": "a\x00b", "body": "x"}, status: 422, fields: []string{"title"}},
		"a picture of another's": {method: "POST", path: "/api/posts", body: map[string]string{"title": "a", "body": "x", "picture": "pictures/../../etc/passwd"}, status: 422, fields: []string{"picture"}},
		"too large":              {method: "POST", path: "/api/posts", body: map[string]string{"title": "a", "body": long}, status: 413},
		"not JSON":               {method: "POST", path: "/api/posts", body: "x", header: []string{"Content-Type", "text/plain"}, status: 415},
		"bad parameters":         {method: "GET", path: "/api/search?limit=1000&before=x", status: 422, fields: []string{"q", "before", "limit"}},
		"nothing there":          {method: "GET", path: "/api/nothing", status: 404},
		"another site's form":    {method: "POST", path: "/logout", header: []string{"Sec-Fetch-Site", "cross-site"}, status: 403},
		"a job of no kind":       {method: "POST", path: "/api/jobs", body: map[string]string{"kind": "dig"}, status: 422, fields: []string{"kind"}},
		"a wrong password":       {method: "POST", path: "/api/sessions", body: map[string]string{"email": name + "@example.com", "password": "wrong"}, status: 401},
		"nobody's password":      {method: "POST", path: "/api/sessions", body: map[string]string{"email": "no@example.com", "password": "wrong"}, status: 401},
	}
	for what, tt := range tests {
		t.Run(what, func(t *testing.T) {
			a := c.do(tt.status, tt.method, tt.path, tt.body, tt.header...)
			assert.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
			var p struct {
				Status int
				Errors []struct{ Field string }
			}
			require.NoError(t, json.Unmarshal(a.body, &p))
			got := []string{}
			for _, f := range p.Errors {
				got = append(got, f.Field)
			}
			assert.Equal(t, tt.status, p.Status)
			assert.ElementsMatch(t, tt.fields, got, string(a.body))
		})
	}
	for i := 0; ; i++ {
		a, err := c.try("GET", "/api/me", nil)
		require.NoError(t, err)
		if a.status == 429 {
			assert.NotEmpty(t, a.header.Get("Retry-After"))
			break
		}
		require.Less(t, i, 401, "200 at once, and three more each second")
	}
}

// The limit holds over servers: they share what they count.
func TestRateLimitIsShared(t *testing.T) {
	env := apptest.NewEnv(t)
	env[contract.EnvRateIP] = "60"
	one, two := start(t, contract.RoleWeb, env, server.Options{}), start(t, contract.RoleWeb, env, server.Options{})
	a, b := newClient(t, one), newClient(t, two)
	for range 60 {
		a.do(401, "GET", "/api/me", nil)
	}
	require.Eventually(t, func() bool {
		got, err := b.try("GET", "/api/me", nil)
		return err == nil && got.status == 429
	}, time.Minute, 20*time.Millisecond)
	a.do(200, "GET", contract.HealthPath, nil)
}

// A request that asks for a report gets its answer at once; the report comes.
func TestReport(t *testing.T) {
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleAll, env, server.Options{})
	c := newClient(t, app)
	name := c.signUp()
	c.publish("=1+1", "a formula")
	c.publish("Two", "with, a comma")
	a := c.do(202, "POST", "/api/jobs", map[string]string{"kind": "report"})
	var j job
	a.into(t, &j)
	assert.NotEqual(t, "done", j.State, "the answer does not wait for the work; app/bench measures how long it takes")
	j = c.finished(j.ID, time.Minute)
	assert.Equal(t, "done", j.State, j.Error)
	assert.Equal(t, 100, j.Progress)
	text := string(c.do(200, "GET", "/api/jobs/"+j.ID+"/result", nil).body)
	assert.Contains(t, text, "'=1+1,a formula")
	assert.Contains(t, text, `Two,"with, a comma"`)

	stranger := newClient(t, app)
	stranger.signUp()
	stranger.do(404, "GET", "/api/jobs/"+j.ID, nil)
	stranger.do(404, "GET", "/api/jobs/"+j.ID+"/result", nil)
	stranger.do(404, "GET", "/uploads/"+j.Result, nil)

	require.Eventually(t, func() bool { // welcome, and the report
		mails, _ := filepath.Glob(filepath.Join(env[contract.EnvUploadsDir], "mail", "*.eml"))
		n := 0
		for _, m := range mails {
			text, _ := os.ReadFile(m)
			if strings.Contains(string(text), name+"@example.com") {
				n++
			}
		}
		return n == 2
	}, time.Minute, 50*time.Millisecond)
}

func TestHealthAndMetrics(t *testing.T) {
	app := start(t, contract.RoleAll, apptest.NewEnv(t), server.Options{})
	c := newClient(t, app)
	c.do(200, "GET", contract.HealthPath, nil)
	require.Eventually(t, func() bool {
		var detail map[string]any
		a := c.do(200, "GET", contract.ReadyPath, nil)
		a.into(t, &detail)
		replicas, _ := detail["replicas"].(map[string]any)
		healthy := len(replicas) == 2
		for _, v := range replicas {
			healthy = healthy && v == "ok"
		}
		return healthy && detail["database"] == "ok" && detail["redis"] == "ok"
	}, time.Minute, 50*time.Millisecond)
	c.do(404, "GET", contract.MetricsPath, nil)
	c.list("/api/posts")
	inside := &client{t: t, base: "http://" + app.Internal, http: http.DefaultClient}
	text := string(inside.do(200, "GET", contract.MetricsPath, nil).body)
	for _, name := range []string{contract.MetricRequests,
		contract.MetricDuration + `_bucket{method="get",route="GET /api/posts",le="0.01"}`, contract.MetricConnections,
		contract.MetricQueue, contract.MetricPool +
			`{server="primary",state="idle"}`, contract.MetricLag, contract.MetricCache + `{family="newest"`, "redis_up 1"} {
		assert.Contains(t, text, name)
	}
	inside.do(200, "GET", contract.ProfilePath, nil)
}
