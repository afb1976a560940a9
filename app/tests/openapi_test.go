package tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/product/web"
	"github.com/rung-dev/rung/app/server"
)

// described is the API as its own description has it.
type described struct {
	t        *testing.T
	document map[string]any
	compiler *jsonschema.Compiler
	called   map[string]bool
}

const apiURL = "https://app.example/openapi.json"

// describe reads what the app serves.
func describe(t *testing.T, site string) *described {
	t.Helper()
	resp, err := http.Get(site + "/openapi.yaml")
	page := sent(t, resp, err)
	require.Equal(t, 200, page.status)
	d := &described{t: t, compiler: jsonschema.NewCompiler(), called: map[string]bool{}}
	require.NoError(t, yaml.Unmarshal([]byte(page.text), &d.document))
	text, err := json.Marshal(d.document)
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	require.NoError(t, d.compiler.AddResource(apiURL, document))
	return d
}

// at follows keys, and references on the way.
func (d *described) at(v any, keys ...string) any {
	for _, key := range keys {
		m, _ := v.(map[string]any)
		if v = m[key]; v == nil {
			return nil
		}
		if m, is := v.(map[string]any); is && m["$ref"] != nil {
			v = d.at(d.document, strings.Split(strings.TrimPrefix(fmt.Sprint(m["$ref"]), "#/"), "/")...)
		}
	}
	return v
}

// operations are the patterns of the description, as the router has them.
func (d *described) operations() (all []string) {
	for path, item := range d.document["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			if method != "parameters" {
				all = append(all, strings.ToUpper(method)+" "+strings.Replace(path, "{key}", "{key...}", 1))
			}
		}
	}
	slices.Sort(all)
	return all
}

// valid judges JSON by the schema of a name in the description.
func (d *described) valid(content any, what string, text []byte) {
	d.t.Helper()
	ref, _ := d.raw(content)["schema"].(map[string]any)
	if ref["$ref"] == nil {
		return
	}
	schema, err := d.compiler.Compile(apiURL + fmt.Sprint(ref["$ref"]))
	require.NoError(d.t, err)
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(d.t, err, "%s: %s", what, text)
	assert.NoError(d.t, schema.Validate(v), "%s: %s", what, text)
}

func (d *described) raw(v any) map[string]any { m, _ := v.(map[string]any); return m }

// call makes a request of an operation, and holds it and its answer against the
// description.
func (d *described) call(c *client, want int, operation, path string, body any, headers ...string) answer {
	d.t.Helper()
	method, pattern, _ := strings.Cut(operation, " ")
	op := d.at(d.document, "paths", strings.Replace(pattern, "{key...}", "{key}", 1), strings.ToLower(method))
	require.NotNil(d.t, op, operation)
	d.called[operation] = true
	if body != nil && want < 400 {
		text, err := json.Marshal(body)
		require.NoError(d.t, err)
		d.valid(d.at(op, "requestBody", "content", "application/json"), operation+" asks", text)
	}
	a := c.do(want, method, path, body, headers...)
	answers := d.at(op, "responses", fmt.Sprint(want))
	if answers == nil && want >= 400 {
		answers = d.at(op, "responses", "default")
	}
	require.NotNil(d.t, answers, "%s answers %d, which is not described", operation, want)
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	if len(a.body) > 0 {
		content := d.at(answers, "content", kind)
		require.NotNil(d.t, content, "%s answers with %s, which is not described", operation, kind)
		if strings.HasSuffix(kind, "json") {
			d.valid(content, operation+" answers", a.body)
		}
	}
	return a
}

// Every operation of the API is described, and every one that is described does what
// its description says.
func TestTheAPIIsAsDescribed(t *testing.T) {
	t.Parallel()
	app := start(t, contract.RoleAll, apptest.NewEnv(t), server.Options{})
	d := describe(t, "http://"+app.Address)
	require.Equal(t, web.Routes(), d.operations())

	c, other := newClient(t, app), newClient(t, app)
	theirs := other.signUp()
	in := map[string]string{"email": "described@example.com", "name": "described", "password": password}
	var who struct{ Token string }
	d.call(c, 422, "POST /api/users", "/api/users", map[string]string{"name": "!"})
	d.call(c, 401, "GET /api/me", "/api/me", nil)
	d.call(c, 201, "POST /api/users", "/api/users", in)
	d.call(c, 201, "POST /api/sessions", "/api/sessions", map[string]string{"email": in["email"],
		"password": password}).into(t, &who)
	c.token = who.Token
	d.call(c, 200, "GET /api/me", "/api/me", nil)
	d.call(c, 200, "GET /api/users/{name}", "/api/users/"+theirs, nil)
	d.call(c, 204, "PUT /api/users/{name}/follow", "/api/users/"+theirs+"/follow", nil)
	d.call(c, 204, "DELETE /api/users/{name}/follow", "/api/users/"+theirs+"/follow", nil)

	content := picture(t)
	var ticket struct {
		Key, URL string
		Headers  map[string]string
	}
	d.call(c, 201, "POST /api/uploads", "/api/uploads", map[string]any{"content_type": "image/png",
		"size": len(content)}).into(t, &ticket)
	link, err := url.Parse(ticket.URL)
	require.NoError(t, err)
	d.called["PUT /uploads/{key...}"] = true
	r, err := http.NewRequest("PUT", c.base+link.RequestURI(), bytes.NewReader(content))
	require.NoError(t, err)
	for k, v := range ticket.Headers {
		r.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	text, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode, string(text))

	var p post
	d.call(c, 201, "POST /api/posts", "/api/posts", map[string]string{
		"title": "Described", "body": "ladders", "picture": ticket.Key,
		"alt": "A ladder"}).into(t, &p)
	d.call(c, 200, "GET /uploads/{key...}", "/uploads/"+ticket.Key, nil)
	d.call(c, 200, "GET /api/posts/{id}", "/api/posts/"+p.ID, nil)
	d.call(c, 200, "PUT /api/posts/{id}", "/api/posts/"+p.ID, map[string]string{"title": "Described", "body": "climbing"})
	for operation, path := range map[string]string{"GET /api/posts": "/api/posts?limit=1", "GET /api/feed": "/api/feed",
		"GET /api/users/{name}/posts": "/api/users/described/posts", "GET /api/search": "/api/search?q=climb"} {
		a := d.call(c, 200, operation, path, nil)
		assert.Contains(t, string(a.body), p.ID, operation)
	}
	d.call(c, 422, "GET /api/search", "/api/search", nil)

	var j job
	d.call(c, 202, "POST /api/jobs", "/api/jobs", map[string]string{"kind": "report"}).into(t, &j)
	require.Equal(t, "done", c.finished(j.ID, time.Minute).State)
	d.call(c, 200, "GET /api/jobs", "/api/jobs", nil)
	d.call(c, 200, "GET /api/jobs/{id}", "/api/jobs/"+j.ID, nil)
	d.call(c, 200, "GET /api/jobs/{id}/result", "/api/jobs/"+j.ID+"/result", nil)
	d.call(c, 204, "DELETE /api/posts/{id}", "/api/posts/"+p.ID, nil)
	d.call(c, 404, "GET /api/posts/{id}", "/api/posts/"+p.ID, nil)
	d.call(other, 204, "DELETE /api/me", "/api/me", map[string]string{"password": password})
	d.call(c, 204, "DELETE /api/sessions", "/api/sessions", nil)
	for _, operation := range d.operations() {
		assert.True(t, d.called[operation], "%s is not called", operation)
	}
}
