package tests

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/server"
)

// A person signs up, writes with a picture, finds it, exports it and leaves,
// with nothing but a browser.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	app := start(t, contract.RoleAll, apptest.NewEnv(t), server.Options{})
	site := "http://" + app.Address
	file := filepath.Join(t.TempDir(), "picture.png")
	require.NoError(t, os.WriteFile(file, picture(t), 0o600))
	ctx := apptest.Browser(t, 2*time.Minute)
	step := stepper(t, ctx)

	step("send a form that is wrong", chromedp.Navigate(site+"/signup"), chromedp.WaitVisible(`[name=name]`))
	ask(t, ctx, chromedp.Evaluate[bool](`document.querySelector("form.wide").noValidate = true`))
	step("send it", chromedp.SendKeys(`[name=name]`, "Ann!"), chromedp.SendKeys(`[name=email]`, "ann@example.com"),
		chromedp.Submit(`[name=email]`),
		chromedp.WaitVisible(`ul.wrong`))
	text := ask(t, ctx, chromedp.Text(`ul.wrong`))
	assert.Contains(t, text, "name")
	assert.Contains(t, text, "password")
	assert.Equal(t, "ann@example.com", ask(t, ctx, chromedp.Value(`[name=email]`)), "what was right stays")

	step("sign up", chromedp.SetValue(`[name=name]`, "ann"), chromedp.SendKeys(`[name=password]`, password),
		chromedp.Click(`main button`),
		chromedp.WaitVisible(`#logout`))
	assert.Equal(t, site+"/feed", ask(t, ctx, chromedp.Location()))
	assert.NotEqual(t, "none", ask(t, ctx, chromedp.Evaluate[string](`getComputedStyle(document.body).maxWidth`)),
		"the style sheet is there")

	step("write", chromedp.Click(`a[href="/write"]`), chromedp.WaitVisible(`[name=title]`),
		chromedp.SendKeys(`[name=title]`, "My <b>first</b> post"),
		chromedp.SendKeys(`[name=body]`, "About climbing ladders."), chromedp.SendKeys(`[name=picture]`, file),
		chromedp.Click(`main button`),
		chromedp.WaitVisible(`.body`))
	assert.Equal(t, "My <b>first</b> post", ask(t, ctx, chromedp.Text(`h1`)), "text is text")
	assert.True(t, ask(t, ctx, chromedp.Poll[bool](`document.querySelector("article img").naturalWidth === 800`)),
		"the picture is shown")

	step("search", chromedp.Click(`a[href="/search"]`), chromedp.WaitVisible(`[name=q]`),
		chromedp.SendKeys(`[name=q]`, "climb ladder"), chromedp.Click(`main button`),
		chromedp.WaitVisible(`article h2`))
	assert.Equal(t, "My <b>first</b> post", ask(t, ctx, chromedp.Text(`article h2`)))
	step("read the feed", chromedp.Click(`a[href="/feed"]`), chromedp.WaitVisible(`article h2`))
	assert.Equal(t, "My <b>first</b> post", ask(t, ctx, chromedp.Text(`article h2`)))

	step("export", chromedp.Click(`a[href="/exports"]`), chromedp.WaitVisible(`#export`), chromedp.Click(`#export`),
		chromedp.WaitReady(`progress`),
		chromedp.WaitVisible(`.result a`))
	assert.Equal(t, "done", ask(t, ctx, chromedp.Text(`.state`)))
	assert.True(t, ask(t, ctx, chromedp.Evaluate[bool](`document.querySelector("progress").value === 100`)))

	step("log out", chromedp.Click(`#logout`), chromedp.WaitVisible(`a[href="/login"]`), chromedp.Navigate(site+"/feed"))
	assert.Equal(t, site+"/login?next=%2Ffeed", ask(t, ctx, chromedp.Location()))
	step("log in", chromedp.SendKeys(`[name=email]`, "ann@example.com"), chromedp.SendKeys(`[name=password]`, password),
		chromedp.Click(`main button`),
		chromedp.WaitVisible(`#logout`))
	assert.Equal(t, site+"/feed", ask(t, ctx, chromedp.Location()), "and back")
	assert.Equal(t, "About climbing ladders.", ask(t, ctx, chromedp.Text(`article .body`)), "how it begins")
}

// stepper does what a person does, one thing after another.
func stepper(t *testing.T, ctx context.Context) func(what string, actions ...chromedp.Action[chromedp.Void]) {
	return func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		for i, a := range actions {
			bounded, cancel := context.WithTimeout(ctx, 20*time.Second)
			err := chromedp.Do(bounded, a)
			cancel()
			if err != nil {
				page, _ := chromedp.Run(ctx, chromedp.OuterHTML(`html`)) // only for the message
				require.NoError(t, err, "%s, action %d, at: %s", what, i, page)
			}
		}
	}
}

// A person mends a post and deletes it, and follows somebody and no longer.
func TestSecondThoughtsInABrowser(t *testing.T) {
	t.Parallel()
	app := start(t, contract.RoleAll, apptest.NewEnv(t), server.Options{})
	site := "http://" + app.Address
	other := newClient(t, app)
	name := other.signUp()
	theirs := other.publish("Theirs", "not to be touched")
	me := newClient(t, app)
	mine := me.signUp()
	ctx := apptest.Browser(t, 2*time.Minute)
	step := stepper(t, ctx)
	step("come back to what was wanted", chromedp.Navigate(site+"/people/"+name), chromedp.Click(`main a[href^="/login"]`),
		chromedp.WaitVisible(`[name=password]`), chromedp.SendKeys(`[name=email]`, mine+"@example.com"),
		chromedp.SendKeys(`[name=password]`, password), chromedp.Click(`main button`), chromedp.WaitVisible(`#follow`))
	step("follow", chromedp.Click(`#follow`), chromedp.WaitVisible(`#unfollow`))
	assert.Equal(t, []string{"Theirs"}, titles(me.list("/api/feed")))
	step("unfollow", chromedp.Click(`#unfollow`), chromedp.WaitVisible(`#follow`))
	assert.Empty(t, titles(me.list("/api/feed")))
	me.do(404, "GET", "/edit/"+theirs.ID, nil)
	me.do(404, "POST", "/edit/"+theirs.ID+"/delete", nil)

	p := me.publish("Frist", "text")
	step("edit", chromedp.Navigate(site+"/posts/"+p.ID), chromedp.Click(`#edit`), chromedp.WaitVisible(`[name=title]`),
		chromedp.SetValue(`[name=title]`, " "), chromedp.Click(`main button`), chromedp.WaitVisible(`.wrong`),
		chromedp.SetValue(`[name=title]`, "First"), chromedp.Click(`main button`), chromedp.WaitVisible(`#edit`))
	assert.Equal(t, "First", ask(t, ctx, chromedp.Text(`h1`)))
	step("delete", chromedp.Click(`#edit`), chromedp.WaitVisible(`summary`), chromedp.Click(`summary`),
		chromedp.WaitVisible(`#delete`), chromedp.Click(`#delete`), chromedp.WaitVisible(`main a[href="/write"]`))
	assert.Equal(t, site+"/people/"+mine, ask(t, ctx, chromedp.Location()))
	me.do(404, "GET", "/api/posts/"+p.ID, nil)
}

// A person changes the password, which ends what others have begun, and logs out
// everywhere.
func TestAccountInABrowser(t *testing.T) {
	t.Parallel()
	app := start(t, contract.RoleAll, apptest.NewEnv(t), server.Options{})
	site := "http://" + app.Address
	other := newClient(t, app) // somebody who has the token
	name := other.signUp()
	ctx := apptest.Browser(t, 2*time.Minute)
	step := stepper(t, ctx)
	const changed = "another horse, much better"
	login := func(with string) {
		step("log in", chromedp.Navigate(site+"/login?next=/account"), chromedp.WaitVisible(`[name=password]`),
			chromedp.SendKeys(`[name=email]`, name+"@example.com"), chromedp.SendKeys(`[name=password]`, with),
			chromedp.Click(`main button`), chromedp.WaitVisible(`#change`))
	}
	change := func(old, new, then string) {
		step("change the password", chromedp.SendKeys(`[name=password]`, old), chromedp.SendKeys(`[name=new]`, new))
		leaves(t, ctx, func() { step("send it", chromedp.Click(`#change`)) })
		step("see the answer", chromedp.WaitVisible(then))
	}
	login(password)
	change("not this one", changed, `.wrong`)
	assert.Contains(t, ask(t, ctx, chromedp.Text(`ul.wrong`)), "not the one that you have")
	change(password, "qwertyuiop", `.wrong`)
	other.do(200, "GET", "/api/me", nil)
	step("begin anew", chromedp.Navigate(site+"/account"), chromedp.WaitVisible(`#change`))
	change(password, changed, `#everywhere`)
	require.Eventually(t, func() bool { return ask(t, ctx, chromedp.Location()) == site+"/account?changed" }, time.Minute,
		50*time.Millisecond)
	other.do(401, "GET", "/api/me", nil)
	other.do(401, "POST", "/api/sessions", map[string]string{"email": name + "@example.com", "password": password})
	var in struct{ Token string }
	other.do(201, "POST", "/api/sessions",
		map[string]string{"email": name + "@example.com", "password": changed}).into(t, &in)
	other.token = in.Token
	other.do(200, "GET", "/api/me", nil)
	step("log out everywhere", chromedp.Click(`#everywhere`), chromedp.WaitVisible(`header a[href="/login"]`))
	other.do(401, "GET", "/api/me", nil)
	login(changed)
}

// leaves waits until what is done has led to another page, and that is there: what a
// page shows may be on the one before it, too.
func leaves(t *testing.T, ctx context.Context, do func()) {
	t.Helper()
	ask(t, ctx, chromedp.Evaluate[bool](`window.before = true`))
	do()
	require.Eventually(t, func() bool {
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!window.before && document.readyState === "complete"`))
		return err == nil && there // between two pages there is nobody to ask
	}, time.Minute, 20*time.Millisecond)
}

func ask[T any](t *testing.T, ctx context.Context, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, a)
	require.NoError(t, err)
	return v
}
