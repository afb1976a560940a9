package tests

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/session"
)

// got is a page that a browser has got in the end.
type got struct {
	status int
	at     string
	header http.Header
	text   string
}

func sent(t *testing.T, resp *http.Response, err error) got {
	t.Helper()
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return got{status: resp.StatusCode, at: resp.Request.URL.RequestURI(), header: resp.Header, text: string(text)}
}

// emptyRedis ends every session but for its copy.
func emptyRedis(t *testing.T, env apptest.Env) {
	t.Helper()
	option, err := rueidis.ParseURL(env[contract.EnvRedisURL])
	require.NoError(t, err)
	r, err := rueidis.NewClient(option)
	require.NoError(t, err)
	defer r.Close()
	require.NoError(t, r.Do(t.Context(), r.B().Flushall().Build()).Error())
}

// endSessions ends all of them, as an hour does.
func endSessions(t *testing.T, env apptest.Env, app *product.App) {
	t.Helper()
	_, err := app.Store.Pools().Primary().Exec(t.Context(), "DELETE FROM sessions")
	require.NoError(t, err)
	emptyRedis(t, env)
}

// What somebody has typed survives whatever goes wrong: a session that has
// ended leads to the log-in and back, a picture too large and a wrong field
// show the form again.
func TestTypedTextIsKept(t *testing.T) {
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleWeb, env, server.Options{})
	site := "http://" + app.Address
	b := browser(t, app)
	who := fmt.Sprintf("browser-%d", people.Load())
	text := "First line <&\">\n" + strings.Repeat("ladder ", 500) + "👩‍💻 end"

	endSessions(t, env, app)
	resp, err := b.PostForm(site+"/write", url.Values{"title": {"Mine"}, "body": {text}})
	page := sent(t, resp, err)
	assert.Equal(t, 401, page.status)
	assert.Contains(t, page.text, `action="/login"`)
	kept := hidden(page.text)
	assert.Equal(t, "/write", kept.Get("next"))
	assert.Equal(t, text, kept.Get("body"))
	kept.Set("email", who+"@example.com")
	kept.Set("password", "not the one that it is")
	resp, err = b.PostForm(site+"/login", kept)
	page = sent(t, resp, err)
	assert.Equal(t, text, hidden(page.text).Get("body"), "a wrong password costs nothing either")
	kept.Set("password", password)
	resp, err = b.PostForm(site+"/login", kept)
	page = sent(t, resp, err)
	require.Equal(t, 200, page.status, page.text)
	assert.Contains(t, page.text, `action="/write"`)
	assert.Contains(t, page.text, `id="logout"`)
	assert.Contains(t, page.text, `value="Mine"`)
	assert.Contains(t, page.text, "👩‍💻 end</textarea>")

	body, kind := form(t, bytes.Repeat([]byte("x"), 12<<20))
	resp, err = b.Post(site+"/write", kind, body)
	page = sent(t, resp, err)
	assert.Equal(t, 422, page.status)
	assert.Contains(t, page.text, "is larger than 5 MB")
	assert.Contains(t, page.text, `value="A picture"`)
	resp, err = b.PostForm(site+"/write", url.Values{"title": {" "}, "body": {text}})
	assert.Contains(t, sent(t, resp, err).text, "👩‍💻 end</textarea>")
	resp, err = b.PostForm(site+"/write", url.Values{"title": {"Long"}, "body": {strings.Repeat("👩", 20_000)}})
	page = sent(t, resp, err)
	assert.Equal(t, 200, page.status, "as long as it may be")
	assert.True(t, strings.HasPrefix(page.at, "/posts/"), page.at)
}

// hidden are the fields of a form that nobody sees.
func hidden(page string) url.Values {
	out := url.Values{}
	for _, m := range regexp.MustCompile(`(?s)type="hidden" name="(\w+)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		out.Set(m[1], html.UnescapeString(m[2]))
	}
	return out
}

// A disk that is full costs the picture and not the text.
func TestFullDisksKeepTheText(t *testing.T) {
	t.Parallel()
	env := apptest.NewEnv(t)
	dir := env[contract.EnvUploadsDir]
	env["TMPDIR"] = dir
	app, _ := startOnSmallDisk(t, env, dir, "web")
	b := browser(t, &product.App{App: &server.App{Address: app.Address}})
	body, kind := form(t, phone(t, 64, 32, 300_000))
	resp, err := b.Post("http://"+app.Address+"/write", kind, body)
	page := sent(t, resp, err)
	assert.Equal(t, 507, page.status)
	assert.Contains(t, page.text, "no room")
	assert.Contains(t, page.text, `value="A picture"`)
	assert.Contains(t, page.text, ">text</textarea>")
}

// Whoever is sent to the log-in comes back to where that was, and never to
// another site.
func TestLogInLeadsBack(t *testing.T) {
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleWeb, env, server.Options{})
	site := "http://" + app.Address
	c := newClient(t, app)
	name := c.signUp()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	b := &http.Client{Jar: jar, Timeout: time.Minute}
	login := func(next string) got {
		resp, err := b.PostForm(site+"/login",
			url.Values{"email": {name + "@example.com"}, "password": {password}, "next": {next}})
		return sent(t, resp, err)
	}
	for path, want := range map[string]string{"/feed?limit=5": "/feed?limit=5", "/exports": "/exports",
		"/write": "/write"} {
		endSessions(t, env, app)
		resp, err := b.Get(site + path)
		page := sent(t, resp, err)
		assert.Equal(t, "/login?"+url.Values{"next": {want}}.Encode(), page.at)
		assert.Equal(t, want, hidden(page.text).Get("next"))
		assert.Equal(t, want, login(want).at)
	}
	endSessions(t, env, app)
	resp, err := b.PostForm(site+"/people/"+name+"/follow", nil)
	assert.Equal(t, "/login?next=%2Fpeople%2F"+name, sent(t, resp, err).at)
	for _, evil := range []string{"https://example.com/", "//example.com", `/\example.com`, "javascript:alert(1)",
		"/\t/example.com", "feed", ""} {
		assert.Equal(t, "/feed", login(evil).at, "%q", evil)
	}
}

// A browser keeps its cookie for longer than a session lives after its last
// use, which the server alone knows; one that has ended is taken back.
func TestBrowsersStayLoggedIn(t *testing.T) {
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleWeb, env, server.Options{})
	site := "http://" + app.Address
	name := newClient(t, app).signUp()
	b := &http.Client{Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := b.PostForm(site+"/login", url.Values{"email": {name + "@example.com"}, "password": {password}})
	require.NoError(t, err)
	resp.Body.Close()
	find := func(r *http.Response) *http.Cookie {
		for _, c := range r.Cookies() {
			if c.Name == "session" {
				return c
			}
		}
		return nil
	}
	cookie := find(resp)
	require.NotNil(t, cookie)
	assert.Greater(t, cookie.MaxAge, 24*int(session.TTL/time.Second))
	endSessions(t, env, app)
	r, err := http.NewRequest("GET", site+"/", nil)
	require.NoError(t, err)
	r.AddCookie(cookie)
	resp, err = b.Do(r)
	require.NoError(t, err)
	resp.Body.Close()
	require.NotNil(t, find(resp), "it is taken back")
	assert.Negative(t, find(resp).MaxAge)
}

// Who tries passwords for one account from many addresses is stopped, and the
// owner comes in from a browser that was there before.
func TestPasswordsAreTriedInVain(t *testing.T) {
	env := apptest.NewEnv(t)
	env[contract.EnvProxies] = "1"
	app := start(t, contract.RoleWeb, env, server.Options{})
	c := newClient(t, app)
	name := c.signUp()
	address := 0
	try := func(want int, pass string, headers ...string) answer {
		address++
		return c.do(want, "POST", "/api/sessions", map[string]string{"email": name + "@example.com", "password": pass},
			append(headers, "X-Forwarded-For", fmt.Sprintf("192.0.2.%d", address))...)
	}
	var known string
	for range 30 {
		for _, cookie := range (&http.Response{Header: try(201, password).header}).Cookies() {
			if cookie.Name == "device" {
				known = "device=" + cookie.Value
			}
		}
	}
	require.NotEmpty(t, known, "what is right does not count")
	for range 10 {
		try(401, "a guess")
	}
	blocked := try(429, "a guess")
	assert.NotEmpty(t, blocked.header.Get("Retry-After"))
	try(429, password)
	try(201, password, "Cookie", known)
	try(429, password, "Cookie", "device=0000")
	for range 10 {
		try(401, "a guess", "Cookie", known)
	}
	try(429, password, "Cookie", known)
	c.do(422, "POST", "/api/users",
		map[string]string{"email": "x@example.com", "name": "somebody", "password": "qwertyuiop"})
}

// Reports and follows have bounds.
func TestLimitsOfOnePerson(t *testing.T) {
	env := apptest.NewEnv(t)
	delete(env, contract.EnvRateReports)
	app := start(t, contract.RoleWeb, env, server.Options{})
	c, other := newClient(t, app), newClient(t, app)
	name, followed := c.signUp(), other.signUp()
	for range 5 {
		c.do(202, "POST", "/api/jobs", map[string]string{"kind": "report"})
	}
	c.do(429, "POST", "/api/jobs", map[string]string{"kind": "report"})
	other.do(202, "POST", "/api/jobs", map[string]string{"kind": "report"})
	c.do(204, "PUT", "/api/users/"+followed+"/follow", nil)
	_, err := app.Store.Pools().Primary().Exec(t.Context(), "INSERT INTO follows (follower_id, followee_id, slot) "+
		"SELECT $1, gen_random_uuid(), 1 FROM generate_series(2, 1000)", mustUser(t, app, c))
	require.NoError(t, err)
	c.do(204, "PUT", "/api/users/"+followed+"/follow", nil)
	a := c.do(409, "PUT", "/api/users/"+name+"/follow", nil)
	assert.Contains(t, string(a.body), "1000 people")
	c.do(204, "DELETE", "/api/users/"+followed+"/follow", nil)
	c.do(204, "PUT", "/api/users/"+name+"/follow", nil)
}

// Lists carry how a text begins; they are compressed for whoever takes that,
// and their tag is the same.
func TestListsAreSmall(t *testing.T) {
	app := start(t, contract.RoleWeb, apptest.NewEnv(t), server.Options{})
	c := newClient(t, app)
	name := c.signUp()
	text := strings.Repeat("ladder ", 1000)
	p := c.publish("Long", text)
	c.publish("Short", "ladder, and no more")
	for _, path := range []string{"/api/posts", "/api/feed", "/api/users/" + name + "/posts", "/api/search?q=ladder",
		"/api/posts?limit=50"} {
		var l struct {
			Posts []struct{ Body, Excerpt string }
		}
		c.do(200, "GET", path, nil).into(t, &l)
		require.Len(t, l.Posts, 2, path)
		assert.Equal(t, "ladder, and no more", l.Posts[0].Excerpt)
		assert.True(t, strings.HasSuffix(l.Posts[1].Excerpt, "ladder…"), l.Posts[1].Excerpt)
		assert.Less(t, len(l.Posts[1].Excerpt), 300)
		assert.Empty(t, l.Posts[0].Body+l.Posts[1].Body, path)
	}
	var whole post
	c.do(200, "GET", "/api/posts/"+p.ID, nil).into(t, &whole)
	assert.Equal(t, text, whole.Body)

	plain := c.do(200, "GET", "/api/posts/"+p.ID, nil, "Accept-Encoding", "identity")
	packed := c.do(200, "GET", "/api/posts/"+p.ID, nil, "Accept-Encoding", "gzip, br")
	assert.Empty(t, plain.header.Get("Content-Encoding"))
	assert.Equal(t, "gzip", packed.header.Get("Content-Encoding"))
	assert.Contains(t, packed.header.Get("Vary"), "Accept-Encoding")
	assert.Less(t, len(packed.body)*10, len(plain.body))
	assert.Equal(t, plain.header.Get("ETag"), packed.header.Get("ETag"))
	assert.True(t, strings.HasPrefix(packed.header.Get("ETag"), "W/"), "it is of both")
	for _, encoding := range []string{"identity", "gzip"} {
		c.do(304, "GET", "/api/posts/"+p.ID, nil, "Accept-Encoding", encoding, "If-None-Match", packed.header.Get("ETag"))
	}
	page := c.do(200, "GET", "/posts/"+p.ID, nil, "Accept-Encoding", "gzip")
	assert.Equal(t, "gzip", page.header.Get("Content-Encoding"))
}
