package tests

import (
	"crypto/tls"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A changed setting changes what runs while people ask, and no request fails: more web
// machines, another version of the program, a CDN and none. What people type stays the same,
// and a second `up` changes nothing.
func TestChangedSettings(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := newUser(t)
	site := []string{"up", "3", "--cloud", "lab", "--set", "domain=example.com", "--set", "domainDelegated=true",
		"--set", "dnsTtlSeconds=5"}
	plain := append(slices.Clip(site), "--set", "cdn=none")
	out := u.must(plain...)
	s := u.status()
	u.must(plain...)
	assert.Equal(t, s.processes(), u.status().processes(), "a second up changes nothing")
	url := s.door("example.com")
	assert.Contains(t, out, url)
	require.Len(t, u.status().serving(), 2)
	during := func(what string, change func()) map[string]int {
		load := begin(url, 100)
		time.Sleep(2 * time.Second)
		change()
		time.Sleep(2 * time.Second)
		sent, failures := load.end()
		t.Logf("%s: %d asked, failed: %v", what, sent, failures)
		return failures
	}
	// Machines of before count on another number of proxies than is before them now, and take
	// all people for one while they still serve.
	moved := func(what string, change func()) {
		failed := during(what, change)
		counted := len(failed)
		maps.DeleteFunc(failed, func(why string, _ int) bool { return strings.HasSuffix(why, "429 Too Many Requests") })
		t.Logf("%s: in %d seconds some were over the limit of one address", what, counted-len(failed))
		assert.Empty(t, failed, what)
	}

	moved("cdn", func() { u.must(append(site, "--set", "cdn=cloudfront")...) })
	s = u.status()
	assert.NotEmpty(t, s.door("cdn"))
	assert.Equal(t, url, s.door("example.com"), "the site stays where it is")
	past := strings.Replace(s.door("loadbalancer"), "http:", "https:", 1)
	assert.Equal(t, http.StatusForbidden, asked(t, past), "nobody comes past the CDN")

	moved("no cdn", func() {
		u.must(append(plain, "--set", "confirmDataLoss=assets-bucket,origin-password,origin-store")...)
	})
	assert.Empty(t, u.status().door("cdn"))
	assert.Equal(t, url, u.status().door("example.com"))

	assert.Empty(t, during("web.min", func() { u.must(append(plain, "--set", "web.min=3")...) }))
	assert.Len(t, u.status().serving(), 3)

	old := u.status().serving()
	assert.Empty(t, during("artifact", func() {
		u.must("deploy", u.version(u.deployed(), "two", "2"), "--cloud", "lab")
	}))
	now := u.status().serving()
	assert.Len(t, now, 3)
	for name := range now {
		assert.False(t, old[name], "%s was replaced", name)
	}
	u.destroy()
}

// asked is the status that a URL is answered with, whoever's its certificate is.
func asked(t *testing.T, url string) int {
	t.Helper()
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // the lab's own
	answer, err := client.Get(url)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}
