package edge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClientAddress(t *testing.T) {
	tests := map[string]struct {
		forwarded []string
		proxies   int
		want      string
	}{
		"nobody in front":                {forwarded: []string{"9.9.9.9"}, proxies: 0, want: "192.0.2.1"},
		"one proxy":                      {forwarded: []string{"203.0.113.7"}, proxies: 1, want: "203.0.113.7"},
		"what the client wrote is not":   {forwarded: []string{"9.9.9.9, 203.0.113.7"}, proxies: 1, want: "203.0.113.7"},
		"two proxies, one header":        {forwarded: []string{"9.9.9.9,203.0.113.7,10.0.0.1"}, proxies: 2, want: "203.0.113.7"},
		"two proxies, two headers":       {forwarded: []string{"9.9.9.9, 203.0.113.7", "10.0.0.1"}, proxies: 2, want: "203.0.113.7"},
		"past one of two":                {forwarded: []string{"203.0.113.7"}, proxies: 2, want: "203.0.113.7"},
		"past it, in two headers":        {forwarded: []string{"203.0.113.7", "10.0.0.1"}, proxies: 3, want: "203.0.113.7"},
		"past all that write there":      {proxies: 2, want: "192.0.2.1"},
		"nonsense where an address goes": {forwarded: []string{"nobody"}, proxies: 1, want: "192.0.2.1"},
		"a zone is nobody":               {forwarded: []string{"fe80::1%eth0"}, proxies: 1, want: "fe80::1"},
		"a zone without end":             {forwarded: []string{"fe80::1%" + strings.Repeat("z", 1000)}, proxies: 1, want: "192.0.2.1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header["X-Forwarded-For"] = tt.forwarded
			assert.Equal(t, tt.want, Way{Proxies: tt.proxies}.Address(r).String())
		})
	}
}

// While a CDN comes or goes people come both ways at a time, and each is who he is. A
// stranger who writes addresses of his own gains nothing by it.
func TestTheCDNIsCountedByRequest(t *testing.T) {
	sum := sha256.Sum256([]byte("sesame"))
	way := Way{Proxies: 1, Proof: hex.EncodeToString(sum[:]), Shown: "X-Origin-Verify"}
	tests := map[string]struct{ secret, forwarded, want string }{
		"past the CDN":                {"sesame", "203.0.113.7, 198.51.100.1", "203.0.113.7"},
		"straight to the balancer":    {"", "203.0.113.7", "203.0.113.7"},
		"a stranger's own list":       {"", "9.9.9.9, 203.0.113.7", "203.0.113.7"},
		"a stranger with a guess":     {"open", "9.9.9.9, 203.0.113.7", "203.0.113.7"},
		"a stranger behind the CDN":   {"sesame", "9.9.9.9, 203.0.113.7, 198.51.100.1", "203.0.113.7"},
		"the proof is not the secret": {way.Proof, "9.9.9.9, 203.0.113.7", "203.0.113.7"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("X-Forwarded-For", tt.forwarded)
			if tt.secret != "" {
				r.Header.Set(way.Shown, tt.secret)
			}
			assert.Equal(t, tt.want, way.Address(r).String())
		})
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Forwarded-For", "9.9.9.9, 203.0.113.7")
	assert.Equal(t, "203.0.113.7", Way{Proxies: 1}.Address(r).String(), "nothing proves a CDN where nobody said so")
}

func TestAddressesAreCountedByWhoHasThem(t *testing.T) {
	for give, want := range map[string]string{"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1",
		"2001:db8::1":      "2001:db8::/64",
		"2001:db8::ffff:1": "2001:db8::/64", "2001:db8:0:1::1": "2001:db8:0:1::/64"} {
		assert.Equal(t, want, AddressKey(netip.MustParseAddr(give)), give)
	}
	assert.Equal(t, "unknown", AddressKey(netip.Addr{}))
}

func TestRequestIDs(t *testing.T) {
	for _, good := range []string{"a", "Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad", "7d9e8f-AMS"} {
		assert.Equal(t, good, RequestID(http.Header{"X-Request-Id": {good}}))
	}
	for _, bad := range []string{"", strings.Repeat("x", 129), "a b", "a\"b", "é", "-a", "<script>"} {
		got := RequestID(http.Header{"X-Request-Id": {bad}})
		assert.NotEqual(t, bad, got)
		assert.Len(t, got, 36)
	}
}

func TestOneClientHasAShare(t *testing.T) {
	s := NewShares(10, 4)
	var leave []func()
	enter := func(who string) bool {
		out, ok := s.Enter(who)
		if ok {
			leave = append(leave, out)
		}
		return ok
	}
	for range 4 {
		require.True(t, enter("greedy"))
	}
	assert.False(t, enter("greedy"))
	for _, who := range []string{"a", "b", "c", "d", "e", "f"} {
		assert.True(t, enter(who))
	}
	assert.False(t, enter("g"), "no more in all")
	for _, l := range leave {
		l()
	}
	assert.Empty(t, s.client)
	assert.True(t, enter("greedy"))
}

func TestLogFieldsAreBounded(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: Attr}))
	long := strings.Repeat("é", 100_000)
	log.Info(long, "path", long, "err", errors.New(long), slog.Group("g", "x", long))
	assert.Less(t, out.Len(), 5*maxField)
	assert.Contains(t, out.String(), "…")
}

// FuzzBounds holds that nothing gets longer than it may, and that what is
// different stays so.
func FuzzBounds(f *testing.F) {
	f.Add("ada", "203.0.113.7, 10.0.0.1", 1)
	f.Add(strings.Repeat("\xff", 300), ",,,", 2)
	f.Add("\x00", "fe80::1%x", 0)
	f.Fuzz(func(t *testing.T, text, forwarded string, proxies int) {
		if k := Key(text); len(k) > 71 || k == Key(text+"x") {
			t.Fatalf("key %q", k)
		}
		if b := Brief(text); len(b) > maxName+3 || utf8.ValidString(text) && !utf8.ValidString(b) {
			t.Fatalf("brief %q", b)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["X-Forwarded-For"] = strings.Split(forwarded, "\n")
		if a := (Way{Proxies: proxies % 10}).Address(r); !a.IsValid() || a.Zone() != "" {
			t.Fatalf("address %v", a)
		}
		if id := RequestID(http.Header{"X-Request-Id": {text}}); !idForm.MatchString(id) {
			t.Fatalf("id %q", id)
		}
	})
}
