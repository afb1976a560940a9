package tests

import (
	"crypto/tls"
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
	during := func(what string, change func()) map[string]int { return asking(t, what, change, url) }

	assert.Empty(t, during("cdn", func() { u.must(append(site, "--set", "cdn=cloudfront")...) }))
	s = u.status()
	assert.NotEmpty(t, s.door("cdn"))
	assert.Equal(t, url, s.door("example.com"), "the site stays where it is")
	past := strings.Replace(s.door("loadbalancer"), "http:", "https:", 1)
	assert.Equal(t, http.StatusForbidden, asked(t, past), "nobody comes past the CDN")

	assert.Empty(t, during("no cdn", func() {
		u.must(append(plain, "--set", "confirmDataLoss=assets-bucket,origin-store")...)
	}))
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

// The services' paths are served by the services while a CDN comes and goes, as the rest of
// the site is, and nobody is led past the CDN afterwards.
func TestTheCDNComesAndGoesOnStage4(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := newUser(t)
	site := []string{"up", "4", "--cloud", "lab", "--set", "domain=example.com", "--set", "domainDelegated=true",
		"--set", "dnsTtlSeconds=5", "--set", "services.weights=users=100,posts=100,search=100"}
	plain := append(slices.Clip(site), "--set", "cdn=none")
	u.must(plain...)
	url := strings.TrimSuffix(u.status().door("example.com"), "/")
	paths := []string{url + "/", url + "/api/posts", url + "/api/search?q=lab", url + "/login"}
	for _, path := range paths {
		require.Equal(t, http.StatusOK, asked(t, path), path)
	}

	assert.Empty(t, asking(t, "cdn", func() { u.must(append(site, "--set", "cdn=cloudfront")...) }, paths...))
	past := strings.TrimSuffix(strings.Replace(u.status().door("loadbalancer"), "http:", "https:", 1), "/")
	for _, path := range []string{"/", "/api/posts", "/login"} {
		assert.Equal(t, http.StatusForbidden, asked(t, past+path), "nobody comes past the CDN")
	}
	assert.Empty(t, asking(t, "no cdn", func() {
		u.must(append(plain, "--set", "confirmDataLoss=assets-bucket,origin-store")...)
	}, paths...))
	u.destroy()
}

// asking is what failed of 100 requests a second while something changes.
func asking(t *testing.T, what string, change func(), urls ...string) map[string]int {
	t.Helper()
	load := beginOf(100, urls...)
	time.Sleep(2 * time.Second)
	change()
	time.Sleep(2 * time.Second)
	sent, failures := load.end()
	t.Logf("%s: %d asked, failed: %v", what, sent, failures)
	return failures
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
