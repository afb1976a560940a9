package domain

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// relayed is a relay that runs, and its file.
type relayed struct {
	t      *testing.T
	path   string
	listen string
}

func serve(t *testing.T, to string, tls bool) relayed {
	t.Helper()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, taken.Close())
	r := relayed{t, filepath.Join(t.TempDir(), "way.json"), taken.Addr().String()}
	r.leads(to, tls)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, r.path, io.Discard) }()
	t.Cleanup(func() { stop(); assert.NoError(t, <-done) })
	require.Eventually(t, func() bool { return r.ask("127.0.0.1") != "" }, 10*time.Second, 10*time.Millisecond)
	return r
}

func (r relayed) leads(to string, tls bool) {
	r.t.Helper()
	text, err := json.Marshal(Way{Name: "example.com", Listen: r.listen, To: to, TLS: tls})
	require.NoError(r.t, err)
	require.NoError(r.t, os.WriteFile(r.path+".new", text, 0o600))
	require.NoError(r.t, os.Rename(r.path+".new", r.path))
}

// ask is what somebody at an address is answered; empty where that fails.
func (r relayed) ask(from string) string {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).DialContext}}
	q, err := http.NewRequest(http.MethodGet, "http://"+r.listen+"/a?b=c", nil)
	require.NoError(r.t, err)
	q.Header.Set("X-Forwarded-For", "192.0.2.1")
	answer, err := client.Do(q)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return ""
	}
	return string(text)
}

// says is a server that says its name, whom it sees and what it was asked.
func says(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		_, _ = io.WriteString(w, name+" saw "+host+" for "+r.Header.Get("X-Forwarded-For")+" at "+r.Host+r.RequestURI)
	}
}

// What stands behind the name sees the visitor, as without a relay.
func TestTheRelayIsNotSeen(t *testing.T) {
	secure := httptest.NewTLSServer(says("balancer"))
	defer secure.Close()
	r := serve(t, secure.Listener.Addr().String(), true)
	assert.Equal(t, "balancer saw 127.0.0.77 for 192.0.2.1 at "+r.listen+"/a?b=c", r.ask("127.0.0.77"))
}

// The name leads to a new place once that serves, and no request fails on the way: not while
// it does not answer yet, nor while its door is closed.
func TestNobodyIsLedToAPlaceThatDoesNotServe(t *testing.T) {
	first := httptest.NewServer(says("first"))
	defer first.Close()
	r := serve(t, first.Listener.Addr().String(), false)
	var open sync.Map
	second := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if _, is := open.Load("open"); !is {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		says("second")(w, q)
	}))
	defer second.Close()
	r.leads(second.Listener.Addr().String(), false)
	led := func(to string, within time.Duration) bool {
		for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			said := r.ask("127.0.0.1")
			require.NotEmpty(t, said, "no request fails")
			if strings.HasPrefix(said, to) {
				return true
			}
		}
		return false
	}
	assert.False(t, led("second", 600*time.Millisecond), "it does not answer")
	second.Start()
	assert.False(t, led("second", 600*time.Millisecond), "it refuses everybody")
	open.Store("open", true)
	assert.True(t, led("second", 20*time.Second))
	r.leads(first.Listener.Addr().String(), false)
	assert.True(t, led("first", 20*time.Second), "and back")
}

// A place that is gone before the name leads elsewhere costs nobody a request.
func TestNobodyIsLeftAtAPlaceThatHasGone(t *testing.T) {
	first := httptest.NewServer(says("first"))
	r := serve(t, first.Listener.Addr().String(), false)
	second := httptest.NewServer(says("second"))
	defer second.Close()
	r.leads(second.Listener.Addr().String(), false)
	first.Close()
	assert.True(t, strings.HasPrefix(r.ask("127.0.0.1"), "second"))
}
