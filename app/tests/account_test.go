package tests

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/store"
)

// mails waits until there are n mails to an address and returns their texts, with
// soft line breaks undone.
func mails(t *testing.T, env apptest.Env, to string, n int) (texts []string) {
	t.Helper()
	require.Eventually(t, func() bool {
		texts = nil
		found, err := filepath.Glob(filepath.Join(env[contract.EnvUploadsDir], "mail", "*.eml"))
		require.NoError(t, err)
		for _, path := range found { // their names are in the order in which they were asked for
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			if strings.Contains(string(text), "To: <"+to+">") {
				texts = append(texts, strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(text)))
			}
		}
		return len(texts) >= n
	}, time.Minute, 50*time.Millisecond, "mails to %s", to)
	return texts
}

var codeForm = regexp.MustCompile(`(?m)^[0-9a-f-]{36}\.\d+\.[0-9a-f]{64}`)

// filled sends a form and returns the page that it ends at.
func filled(t *testing.T, b *http.Client, at string, fields ...string) got {
	t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	resp, err := b.PostForm(at, form)
	return sent(t, resp, err)
}

// member is a browser of somebody who has just signed up, with their name.
func member(t *testing.T, app *product.App) (*http.Client, string) {
	t.Helper()
	b := browser(t, app)
	resp, err := b.Get("http://" + app.Address + "/account")
	page := sent(t, resp, err)
	name := regexp.MustCompile(`href="/people/([a-z0-9-]+)"`).FindStringSubmatch(page.text)
	require.NotNil(t, name, page.text)
	return b, name[1]
}

// The address is confirmed by what a mail brings, and by nothing else; the profile
// is everybody's to see.
func TestProfilesAndAddresses(t *testing.T) {
	t.Parallel()
	env := apptest.NewEnv(t)
	env[contract.EnvPublicURL] = "http://site.example"
	app := start(t, contract.RoleAll, env, server.Options{})
	site := "http://" + app.Address
	b, name := member(t, app)
	welcome := mails(t, env, name+"@example.com", 1)[0]
	code := codeForm.FindString(welcome)
	require.NotEmpty(t, code, welcome)
	assert.Contains(t, welcome, "http://site.example/confirm?token="+code)
	for _, bad := range []string{"", "x", code + "0", strings.Replace(code, ".", ".9", 1),
		uuid.NewString() + code[36:]} {
		page := filled(t, b, site+"/confirm", "token", bad)
		assert.Equal(t, 422, page.status, bad)
		assert.Contains(t, page.text, "is not valid (any more)")
	}
	assert.Equal(t, 422, filled(t, b, site+"/reset", "token", code, "new", "purple monkey dishwasher").status,
		"it is for one purpose")
	page := filled(t, b, site+"/confirm", "token", code)
	assert.Equal(t, "/account?confirmed", page.at)
	assert.Contains(t, page.text, `id="confirmed"`)

	page = filled(t, b, site+"/account/profile", "about", strings.Repeat("x", 501))
	assert.Equal(t, 422, page.status)
	assert.Contains(t, page.text, `aria-invalid="true"`)
	resp, err := b.Get(site + "/people/" + name)
	assert.NotContains(t, sent(t, resp, err).text, "I climb")
	assert.Contains(t, filled(t, b, site+"/account/profile", "about", "I climb <ladders>").text, "Your profile is saved.")
	resp, err = http.Get(site + "/people/" + name)
	assert.Contains(t, sent(t, resp, err).text, "I climb &lt;ladders&gt;", "also to strangers, at once")
	var shown struct{ About string }
	newClient(t, app).do(200, "GET", "/api/users/"+name, nil).into(t, &shown)
	assert.Equal(t, "I climb <ladders>", shown.About)
}

// Who has forgotten the password chooses another with what a mail brings, once; who
// was logged in is not any more, and nobody learns who has an account.
func TestPasswordsAreResetByMail(t *testing.T) {
	t.Parallel()
	env := apptest.NewEnv(t) // no public URL: the code alone
	app := start(t, contract.RoleAll, env, server.Options{})
	site := "http://" + app.Address
	other, name := member(t, app)
	b := &http.Client{Timeout: time.Minute, Jar: other.Jar}
	stranger := browser(t, app)
	nobody := filled(t, stranger, site+"/forgot", "email", "nobody@example.com")
	known := filled(t, stranger, site+"/forgot", "email", name+"@example.com")
	require.Equal(t, 200, known.status)
	assert.Equal(t, nobody.text, known.text)
	filled(t, stranger, site+"/forgot", "email", name+"@example.com")
	code := codeForm.FindString(mails(t, env, name+"@example.com", 3)[2])
	require.NotEmpty(t, code)
	const chosen = "purple monkey dishwasher"
	assert.Contains(t, filled(t, stranger, site+"/reset", "token", code, "new", "qwertyuiop").text,
		"first that anybody would try")
	page := filled(t, stranger, site+"/reset", "token", code, "new", chosen)
	assert.Equal(t, "/account?changed", page.at)
	assert.Contains(t, page.text, `id="confirmed"`, "who has the code reads the mails")
	assert.Equal(t, 422, filled(t, stranger, site+"/reset", "token", code, "new", chosen+"!").status, "once")
	resp, err := b.Get(site + "/account")
	assert.Contains(t, sent(t, resp, err).at, "/login", "everybody else is logged out")
	c := newClient(t, app)
	c.do(401, "POST", "/api/sessions", map[string]string{"email": name + "@example.com", "password": password})
	c.do(201, "POST", "/api/sessions", map[string]string{"email": name + "@example.com", "password": chosen})
	filled(t, stranger, site+"/forgot", "email", name+"@example.com")
	assert.Equal(t, 429, filled(t, stranger, site+"/forgot", "email", name+"@example.com").status)
}

// everything is where somebody's id, name or address still is, over all tables of
// some databases, but for events that were told and what only says that they are gone.
func everything(t *testing.T, urls []string, about ...string) (found []string) {
	t.Helper()
	for _, at := range urls {
		conn, err := pgx.Connect(t.Context(), at)
		require.NoError(t, err)
		rows, err := conn.Query(t.Context(), `SELECT tablename FROM pg_tables
			WHERE schemaname = 'public' AND tablename NOT IN ('outbox', 'removed')`)
		require.NoError(t, err)
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		for _, table := range tables {
			for _, text := range about {
				var n int
				require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM "+pgx.Identifier{table}.Sanitize()+
					" AS one WHERE one::text ~ ('\\m' || $1 || '\\M')", text).Scan(&n))
				if n > 0 {
					found = append(found, table+" has "+text)
				}
			}
		}
		require.NoError(t, conn.Close(t.Context()))
	}
	return found
}

// Who deletes the account is out at once, and nothing of theirs is left a moment
// later: rows in every shard, files, lists, and what a CDN has.
func TestAccountsAreDeleted(t *testing.T) {
	t.Parallel()
	env := apptest.NewEnv(t)
	cluster, further := apptest.Database(t)
	env[contract.EnvShards] = cluster.Primary.URL(further)
	app := start(t, contract.RoleAll, env, server.Options{})
	out, err := command(t, env, "shards", "balance")
	require.NoError(t, err, out)
	site := "http://" + app.Address
	fan := newClient(t, app)
	fan.signUp()
	for range 3 { // with one of each shard, more or less
		b, name := member(t, app)
		body, kind := form(t, phone(t, 64, 32, 0))
		resp, err := b.Post(site+"/write", kind, body)
		shown := sent(t, resp, err)
		require.True(t, strings.HasPrefix(shown.at, "/posts/"), shown.text)
		picture := regexp.MustCompile(`/uploads/pictures/[^"]+`).FindString(shown.text)
		require.NotEmpty(t, picture)
		fan.do(204, "PUT", "/api/users/"+name+"/follow", nil)
		filled(t, b, site+"/exports")
		mails(t, env, name+"@example.com", 2) // the welcome, and that the report is there
		fan.do(200, "GET", "/api/users/"+name, nil)
		require.Eventually(t, func() bool { return len(fan.list("/api/feed").Posts) == 1 }, time.Minute, 20*time.Millisecond)
		u, err := app.UserByName(t.Context(), name)
		require.NoError(t, err)

		page := filled(t, b, site+"/account/delete", "sure", "not this one")
		assert.Contains(t, page.text, `id="sure-wrong"`)
		fan.do(200, "GET", "/api/users/"+name, nil)
		page = filled(t, b, site+"/account/delete", "sure", password)
		assert.Equal(t, "/", page.at)
		fan.do(401, "POST", "/api/sessions", map[string]string{"email": u.Email, "password": password})
		resp, err = b.Get(site + "/account")
		assert.Contains(t, sent(t, resp, err).at, "/login")
		urls := []string{env[contract.EnvDatabaseURL], env[contract.EnvShards]}
		assert.Eventually(t, func() bool {
			a, err := fan.try("GET", picture, nil)
			return err == nil && a.status == 404 && len(everything(t, urls, u.ID.String(), name)) == 0
		}, time.Minute, 200*time.Millisecond)
		assert.Empty(t, everything(t, urls, u.ID.String(), name))
		fan.do(404, "GET", "/api/users/"+name, nil)
		fan.do(404, "GET", "/api"+shown.at, nil)
		require.Eventually(t, func() bool { return len(fan.list("/api/feed").Posts) == 0 }, time.Minute, 20*time.Millisecond)
	}
	for _, kind := range []string{"pictures/*/*", "thumbnails/*", "reports/*"} {
		left, err := filepath.Glob(filepath.Join(env[contract.EnvUploadsDir], kind))
		require.NoError(t, err)
		assert.Empty(t, left)
	}
}

// Deleting an account again, or after a crash, ends as once.
func TestErasingTwiceIsOnce(t *testing.T) {
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleWeb, env, server.Options{})
	c := newClient(t, app)
	c.signUp()
	c.publish("Mine", "x")
	id := mustUser(t, app, c)
	var posts int
	for range 2 {
		require.NoError(t, app.Posts.Erase(t.Context(), id, func(ids []uuid.UUID) { posts += len(ids) }))
	}
	assert.Equal(t, 1, posts)
	_, err := app.Store.User(t.Context(), id)
	assert.ErrorIs(t, err, store.ErrNotFound)
}

// A picture says what it shows, in lists as well, and after a change.
func TestPicturesSayWhatTheyShow(t *testing.T) {
	t.Parallel()
	app := start(t, contract.RoleAll, apptest.NewEnv(t), server.Options{})
	b, _ := member(t, app)
	site := "http://" + app.Address
	body, kind := form(t, phone(t, 64, 32, 0))
	resp, err := b.Post(site+"/write", kind, body)
	at := sent(t, resp, err).at
	edit := site + "/edit/" + strings.TrimPrefix(at, "/posts/")
	page := filled(t, b, edit, "title", "A picture", "body", "text", "alt", strings.Repeat("x", 301))
	assert.Equal(t, 422, page.status)
	assert.Contains(t, page.text, `id="alt-wrong"`)
	page = filled(t, b, edit, "title", "A picture", "body", "text", "alt", `A "ladder"`)
	assert.Contains(t, page.text, `alt="A &#34;ladder&#34;"`)
	require.Eventually(t, func() bool {
		resp, err := http.Get(site + "/")
		return strings.Contains(sent(t, resp, err).text, `alt="A &#34;ladder&#34;"`)
	}, time.Minute, 100*time.Millisecond, "when there is a thumbnail")
}
