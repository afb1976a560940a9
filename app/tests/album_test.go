package tests

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
)

var update = flag.Bool("update", false, "take the pictures of the README anew (scripts/draw-app.sh)")

// shot is a picture of the README: a page as somebody sees it.
type shot struct {
	name, who, path, scheme string
	then                    []chromedp.Action[chromedp.Void]
}

// album are the pictures, those of one person together.
var album = []shot{
	{name: "feed", who: "demo", path: "/feed", scheme: "light"},
	{name: "post", who: "demo", path: "/feed", scheme: "light", then: []chromedp.Action[chromedp.Void]{
		chromedp.Click(`article h2 a`), chromedp.WaitVisible(`h1`)}},
	{name: "write", who: "demo", path: "/write", scheme: "light", then: []chromedp.Action[chromedp.Void]{
		chromedp.SendKeys(`[name=title]`, "What a ladder is for"),
		chromedp.SendKeys(`[name=body]`, "You climb it when you must, and no sooner.")}},
	{name: "dark", who: "demo", path: "/", scheme: "dark"},
	{name: "operator", who: "operator", path: "/operator", scheme: "light"},
}

const (
	albumDir = "../../docs/app"
	// shotMost is how large a picture may be, in bytes.
	shotMost = 70 << 10
)

// The README has a picture of each page of the album, small enough to be cloned. With
// -update they are taken of the world that `app dev` shows.
func TestTheREADMEShowsThePages(t *testing.T) {
	if *update {
		require.NoError(t, os.MkdirAll(albumDir, 0o755))
		take(t)
	}
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	for _, s := range album {
		path := filepath.Join(albumDir, s.name+".webp")
		info, err := os.Stat(path)
		require.NoError(t, err, "take it: scripts/draw-app.sh")
		assert.Less(t, info.Size(), int64(shotMost), path)
		assert.Contains(t, string(text), "](../docs/app/"+s.name+".webp)")
	}
}

func take(t *testing.T) {
	d := develop(t, place(t), "-users", "20", "-posts", "200")
	ctx := apptest.Browser(t, 2*time.Minute)
	step, last := stepper(t, ctx), ""
	for _, s := range album {
		if last != "" && s.who != last {
			step("log out", chromedp.Click(`#logout`), chromedp.WaitVisible(`header a[href="/login"]`))
		}
		if s.who != last {
			step("log in", chromedp.Navigate(d.site+"/login"), chromedp.WaitVisible(`[name=password]`),
				chromedp.SendKeys(`[name=email]`, s.who+"@example.com"), chromedp.SendKeys(`[name=password]`, password),
				chromedp.Click(`main button`), chromedp.WaitVisible(`#logout`))
			last = s.who
		}
		step("look", look(1000, s.scheme)...)
		step(s.name, append([]chromedp.Action[chromedp.Void]{chromedp.Navigate(d.site + s.path),
			chromedp.WaitVisible(`main`)}, s.then...)...)
		step("take it", capture(t, filepath.Join(albumDir, s.name+".webp")))
	}
}

// capture writes what the window shows.
func capture(t *testing.T, path string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		quality := int64(75)
		got, err := cdp.Call(ctx, target, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Format: page.CaptureScreenshotFormatWebp, Quality: &quality})
		if err != nil {
			return err
		}
		t.Log(path, len(got.Data))
		return os.WriteFile(path, got.Data, 0o644) //nolint:gosec // a document
	})
}
