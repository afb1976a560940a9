package dns_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"testing"

	mdns "github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/dns"
)

func addresses(list ...string) []netip.Addr {
	var out []netip.Addr
	for _, a := range list {
		out = append(out, netip.MustParseAddr(a))
	}
	return out
}

func TestFind(t *testing.T) {
	table := dns.Table{Records: map[string]dns.Record{
		"db.example.internal":    {Addresses: addresses("127.1.0.1", "::1")},
		"www.example.com":        {Alias: "Balancer.example.com."},
		"balancer.example.com":   {Addresses: addresses("127.1.0.2", "127.1.0.3")},
		"*.apps.example.com":     {Addresses: addresses("127.1.0.4")},
		"one.apps.example.com":   {Addresses: addresses("127.1.0.5")},
		"idle.example.com":       {},
		"a.circle":               {Alias: "b.circle"},
		"b.circle":               {Alias: "a.circle"},
		"dangling.example.com":   {Alias: "nowhere.example.com"},
		"users.app.stack3.local": {Addresses: addresses("127.1.0.6")},
	}}
	for name, want := range map[string][]string{
		"db.example.internal.":     {"127.1.0.1"},
		"DB.Example.Internal":      {"127.1.0.1"},
		"www.example.com":          {"127.1.0.2", "127.1.0.3"},
		"two.apps.example.com":     {"127.1.0.4"},
		"deep.in.apps.example.com": {"127.1.0.4"},
		"one.apps.example.com":     {"127.1.0.5"},
		"idle.example.com":         {},
		"app.stack3.local":         {}, // there is something below it
		"a.circle":                 {},
		"dangling.example.com":     {},
	} {
		f := table.Find(name)
		assert.True(t, f.Exists, name)
		got := []string{}
		for _, a := range f.Addresses {
			got = append(got, a.String())
		}
		assert.Equal(t, want, got, name)
	}
	assert.False(t, table.Find("nobody.example.com").Exists)
	assert.False(t, table.Find("com.").Exists == false, "com has names below it")
	assert.Equal(t, []string{"balancer.example.com"}, table.Find("www.example.com").Aliases)
}

// one is a table of one name.
func one(name string, list ...string) dns.Table {
	return dns.Table{Records: map[string]dns.Record{name: {Addresses: addresses(list...)}}}
}

func start(t *testing.T, o dns.Options) *dns.Server {
	t.Helper()
	o.Listen = "127.0.0.1:0"
	s, err := dns.Start(o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

// resolver is Go's own, as the app's processes have it.
func resolver(s *dns.Server, network string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, s.Address())
	}}
}

func TestNamesAreAnsweredAndExchanged(t *testing.T) {
	s := start(t, dns.Options{Table: dns.Table{Records: map[string]dns.Record{
		"db.internal": {Addresses: addresses("127.1.0.1")}}}})
	for _, network := range []string{"udp", "tcp"} {
		got, err := resolver(s, network).LookupHost(t.Context(), "db.internal")
		require.NoError(t, err, network)
		assert.Equal(t, []string{"127.1.0.1"}, got)
	}
	_, err := resolver(s, "udp").LookupHost(t.Context(), "web.internal")
	var missing *net.DNSError
	require.ErrorAs(t, err, &missing)
	assert.True(t, missing.IsNotFound)

	s.Swap(one("db.internal", "127.1.0.2"))
	got, err := resolver(s, "udp").LookupHost(t.Context(), "db.internal")
	require.NoError(t, err)
	assert.Equal(t, []string{"127.1.0.2"}, got, "a failover is seen at once")
}

// An answer that is too long for UDP is asked for again over TCP.
func TestLongAnswers(t *testing.T) {
	var many []string
	for i := range 200 {
		many = append(many, fmt.Sprintf("127.2.0.%d", i))
	}
	s := start(t, dns.Options{Table: one("web.internal", many...)})
	q := new(mdns.Msg).SetQuestion("web.internal.", mdns.TypeA)
	out, err := mdns.Exchange(q, s.Address())
	require.NoError(t, err)
	assert.True(t, out.Truncated)
	out, _, err = (&mdns.Client{Net: "tcp"}).Exchange(q, s.Address())
	require.NoError(t, err)
	assert.Len(t, out.Answer, 200)
}

func TestOtherKindsHaveNoAnswer(t *testing.T) {
	s := start(t, dns.Options{Table: one("db.internal", "127.1.0.1")})
	for _, kind := range []uint16{mdns.TypeAAAA, mdns.TypeMX, mdns.TypeTXT} {
		out, err := mdns.Exchange(new(mdns.Msg).SetQuestion("db.internal.", kind), s.Address())
		require.NoError(t, err)
		assert.Equal(t, mdns.RcodeSuccess, out.Rcode, "the name exists")
		assert.Empty(t, out.Answer)
	}
}

func TestForeignNamesAreForwarded(t *testing.T) {
	world := start(t, dns.Options{Table: dns.Table{Records: map[string]dns.Record{
		"example.org": {Addresses: addresses("127.3.0.1")}, "lost.internal": {Addresses: addresses("127.3.0.2")}}}})
	s := start(t, dns.Options{Forward: world.Address(), Table: dns.Table{Zones: []string{"internal"},
		Records: map[string]dns.Record{"db.internal": {Addresses: addresses("127.1.0.1")}}}})
	got, err := resolver(s, "udp").LookupHost(t.Context(), "example.org")
	require.NoError(t, err)
	assert.Equal(t, []string{"127.3.0.1"}, got)
	_, err = resolver(s, "udp").LookupHost(t.Context(), "lost.internal")
	assert.Error(t, err, "a zone of the table is asked of nobody else")

	away := start(t, dns.Options{Forward: "127.0.0.1:1"})
	out, err := mdns.Exchange(new(mdns.Msg).SetQuestion("example.org.", mdns.TypeA), away.Address())
	require.NoError(t, err)
	assert.Equal(t, mdns.RcodeServerFailure, out.Rcode)
}

func TestPortsThatAreTaken(t *testing.T) {
	s := start(t, dns.Options{})
	_, err := dns.Start(dns.Options{Listen: s.Address()})
	assert.ErrorContains(t, err, "listen for names")
	_, err = dns.Start(dns.Options{Listen: "nonsense"})
	assert.Error(t, err)
}
