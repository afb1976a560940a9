package site

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/settings"
)

// While a CDN moves from a server to the balancer before it, requests come both ways, and each
// visitor is who he is. Where no secret shows that the CDN says it, a visitor's own word is
// worth nothing.
func TestTheCDNSaysHowManyProxiesThereAre(t *testing.T) {
	for name, tt := range map[string]struct{ secret, shows, says, forwarded, want string }{
		"straight to the server":   {"sesame", "sesame", "1", "9.9.9.9, 203.0.113.7", "203.0.113.7"},
		"by way of the balancer":   {"sesame", "sesame", "2", "9.9.9.9, 203.0.113.7, 198.51.100.1", "203.0.113.7"},
		"a CDN that does not say":  {"sesame", "sesame", "", "9.9.9.9, 203.0.113.7", "203.0.113.7"},
		"nonsense":                 {"sesame", "sesame", "99", "9.9.9.9, 203.0.113.7", "203.0.113.7"},
		"a stranger without a CDN": {"", "", "2", "9.9.9.9, 203.0.113.7", "203.0.113.7"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := New(Config{OriginSecret: tt.secret, Settings: settings.Settings{Proxies: 1}})
			require.NoError(t, err)
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("X-Forwarded-For", tt.forwarded)
			r.Header.Set(contract.OriginHeader, tt.shows)
			r.Header.Set(contract.ProxiesHeader, tt.says)
			assert.Equal(t, tt.want, s.way.Address(r).String())
		})
	}
}
