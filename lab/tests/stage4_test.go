package tests

import (
	"context"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// door is the URL of a door that is called so.
func (s status) door(name string) string {
	for _, d := range s.Doors {
		if strings.Contains(d.Name, name) {
			return d.URL
		}
	}
	return ""
}

// at is the address of a server that is called so.
func (s status) at(what string) string {
	for _, v := range s.Servers {
		if strings.Contains(v.What, what) {
			return v.Address
		}
	}
	return ""
}

// Stage 4 serves people by the CDN and programs by the API gateway, each service of its
// own store, and finds its names.
func TestStage4(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := newUser(t)
	u.must("up", "4", "--cloud", "lab", "--set", "database.proxy=always")
	s := u.status()
	require.True(t, s.Settled)
	url, api := s.door("cdn"), s.door("gateway")
	require.NotEmpty(t, url)
	require.NotEmpty(t, api)
	for _, what := range []string{"PgBouncer for database-proxy", "HAProxy for gateway-api", "HAProxy for inner-alb",
		"in place of OpenSearch", "machine of"} {
		assert.NotZero(t, s.first(what), what)
	}
	assert.True(t, serves(url), "the site")
	assert.True(t, serves(api+"/api/posts"), "the posts service by the gateway")
	assert.True(t, serves(api+"/api/search?q=lab"), "the search service, which PostgreSQL serves")
	assert.Equal(t, http.StatusNotFound, code(t, api+"/api/users/nobody-of-that-name"), "the users service has its tables")

	names := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, s.at("SQS")+":53")
	}}
	if os.Getuid() == 0 { // others have another port
		found, err := names.LookupHost(t.Context(), "users.dev.internal")
		require.NoError(t, err)
		assert.Equal(t, []string{s.at("HAProxy for inner-alb")}, found)
	}
	load := begin(url, 20)
	time.Sleep(time.Second)
	require.NoError(t, syscall.Kill(s.first("PgBouncer"), syscall.SIGKILL))
	time.Sleep(3 * time.Second)
	asked, failures := load.end()
	assert.Greater(t, asked, int64(40))
	assert.Empty(t, failures, "pages are read from replicas and caches while the proxy is away")
	u.eventually("all is well again", func() bool { return u.status().Settled })
	u.destroy()
}

func code(t *testing.T, url string) int {
	t.Helper()
	answer, err := http.Get(url) //nolint:gosec // the lab's own
	require.NoError(t, err)
	defer answer.Body.Close()
	return answer.StatusCode
}
