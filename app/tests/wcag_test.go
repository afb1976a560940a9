package tests

import (
	"context"
	_ "embed"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/server"
)

//go:embed testdata/wcag.js
var wcag string

// look sets how somebody sees pages.
func look(width int64, scheme string) []chromedp.Action[chromedp.Void] {
	return []chromedp.Action[chromedp.Void]{chromedp.EmulateViewport(width, 900),
		chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
			return err
		})}
}

// Every page is one that everybody can use: what can be measured of WCAG 2.2 AA, on
// narrow and wide windows, light and dark.
func TestEverybodyCanUseThePages(t *testing.T) {
	t.Parallel()
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleAll, env, server.Options{})
	site := "http://" + app.Address
	me := newClient(t, app)
	name := me.signUp()
	p := me.publish(strings.Repeat("Donaudampfschifffahrt", 8), "Text "+strings.Repeat("x", 300))
	u, err := app.UserByName(t.Context(), name)
	require.NoError(t, err)
	require.NoError(t, app.Store.ChangeUser(t.Context(), u.ID, account.Operator(true)))
	bad, err := newJob("no-such-kind")
	require.NoError(t, err)
	require.NoError(t, app.Queue.Enqueue(t.Context(), bad))

	ctx := apptest.Browser(t, 4*time.Minute)
	step := stepper(t, ctx)
	judge := func(what string) {
		t.Helper()
		for _, width := range []int64{320, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				step(what, look(width, scheme)...)
				assert.Empty(t, ask(t, ctx, chromedp.Evaluate[[]string](wcag)), "%s, %d px, %s", what, width, scheme)
			}
		}
	}
	visit := func(paths ...string) {
		t.Helper()
		for _, path := range paths {
			step(path, chromedp.Navigate(site+path), chromedp.WaitVisible(`main`))
			judge(path)
		}
	}
	visit("/", "/search?q=nothing", "/signup", "/login", "/forgot", "/reset", "/confirm", "/posts/"+p.ID, "/people/"+name,
		"/nowhere")
	step("send what is wrong", chromedp.Navigate(site+"/signup"), chromedp.WaitVisible(`form.wide`))
	ask(t, ctx, chromedp.Evaluate[bool](`document.querySelector("form.wide").noValidate = true`))
	step("send it", chromedp.Submit(`[name=email]`), chromedp.WaitVisible(`#name-wrong`))
	judge("a form with errors")
	step("a wide window", look(1280, "light")...)
	step("log in by keys alone", chromedp.Navigate(site+"/login?next=/write"), chromedp.WaitVisible(`#email`))
	ask(t, ctx, chromedp.Evaluate[bool](`document.querySelector("nav a:last-child").focus() === undefined`))
	step("from field to field", chromedp.KeyEvent("\t"), chromedp.KeyEvent(name+"@example.com"), chromedp.KeyEvent("\t"),
		chromedp.KeyEvent(password),
		chromedp.KeyEvent("\r"), chromedp.WaitVisible(`#title`))
	visit("/write", "/edit/"+p.ID, "/feed", "/account", "/exports", "/people/"+name, "/operator")
}
