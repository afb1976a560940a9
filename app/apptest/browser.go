package apptest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/local"
)

// Browser is a Chromium with a window of its own, until the test ends or its
// patience does; a test that needs longer hangs, and is ended.
func Browser(t testing.TB, patience time.Duration) context.Context {
	t.Helper()
	path, err := chromium()
	require.NoError(t, err)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx), "start the browser")
	return ctx
}

// chromium is the browser for the tests of pages.
func chromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	mac := "/Applications/Chromium.app/Contents/MacOS/Chromium"
	if _, err := os.Stat(mac); err == nil {
		return mac, nil
	}
	return "", fmt.Errorf("find chromium: %s", local.Hint)
}
