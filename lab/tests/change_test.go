package tests

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A changed setting changes what runs while people ask, and no request fails: more web
// machines, another version of the program. With a CDN the site has another address, and
// a second `up` changes nothing.
func TestChangedSettings(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := newUser(t)
	plain := []string{"up", "3", "--cloud", "lab", "--set", "cdn=none"}
	u.must(plain...)
	url := u.status().Doors[0].URL
	require.Len(t, u.status().serving(), 2)
	during := func(what string, change func()) {
		load := begin(url, 100)
		change()
		asked, failures := load.end()
		t.Logf("%s: %d asked, failed: %v", what, asked, failures)
		assert.Empty(t, failures, what)
	}

	during("web.min", func() { u.must(append(plain, "--set", "web.min=3")...) })
	assert.Len(t, u.status().serving(), 3)

	old := u.status().serving()
	during("artifact", func() { u.must("deploy", u.version(u.deployed(), "two", "2"), "--cloud", "lab") })
	now := u.status().serving()
	assert.Len(t, now, 3)
	for name := range now {
		assert.False(t, old[name], "%s was replaced", name)
	}

	out := u.must("up", "3", "--cloud", "lab", "--set", "cdn=cloudfront")
	s := u.status()
	assert.Contains(t, out, s.door("cdn"))
	assert.True(t, serves(s.door("cdn")))
	u.must("up", "3", "--cloud", "lab", "--set", "cdn=cloudfront")
	assert.Equal(t, s.processes(), u.status().processes(), "a second up changes nothing")
	u.destroy()
}
