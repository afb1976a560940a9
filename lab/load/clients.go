package load

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
)

// clients send as many people do: on this machine's own network each from an
// address of its own, because the app bounds what one address may ask for.
type clients struct {
	client    *http.Client
	each      []*http.Transport
	next      atomic.Uint64
	header    http.Header
	addresses int
	browsers  bool // see Plan.AsBrowsers
}

const (
	// perAddress is how many requests a second come from one address: half of
	// the app's limit of 600 a minute.
	perAddress   = 5
	maxAddresses = 1000
	// idlePerAddress is how many connections of one address stay open.
	idlePerAddress = 16
)

// newClients makes as many as the rate needs.
func newClients(ctx context.Context, p Plan) (*clients, error) {
	roots, err := rootsOf(p.CA)
	if err != nil {
		return nil, err
	}
	c := &clients{header: p.Header, addresses: 1, browsers: p.AsBrowsers}
	names := resolver(p.Names)
	if onThisMachine(ctx, p.Target, names) {
		c.addresses = min(max(2, int(max(p.Rate, p.From)/perAddress)), maxAddresses)
	}
	for i := range c.addresses {
		dial := net.Dialer{Timeout: p.Timeout, Resolver: names}
		if c.addresses > 1 {
			dial.LocalAddr = &net.TCPAddr{IP: address(i)}
		}
		c.each = append(c.each, &http.Transport{DialContext: dial.DialContext, MaxIdleConnsPerHost: idlePerAddress,
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true})
	}
	c.client = &http.Client{Transport: c, Timeout: p.Timeout, CheckRedirect: onlyPictures}
	return c, nil
}

// onlyPictures follows an app that leads to the bucket which has a picture, as a browser does
// to see it. Whoever else is led elsewhere has been answered.
func onlyPictures(_ *http.Request, before []*http.Request) error {
	if len(before) > 1 || !strings.HasPrefix(before[0].URL.Path, pictures) {
		return http.ErrUseLastResponse
	}
	return nil
}

func (c *clients) close() {
	for _, t := range c.each {
		t.CloseIdleConnections()
	}
}

// RoundTrip sends from the next address.
func (c *clients) RoundTrip(r *http.Request) (*http.Response, error) {
	if len(c.header) > 0 {
		r = r.Clone(r.Context())
		for name, values := range c.header {
			r.Header[name] = values
		}
		if host := c.header.Get("Host"); host != "" {
			r.Host = host
		}
	}
	from := c.each[c.next.Add(1)%uint64(len(c.each))]
	if !c.browsers {
		return from.RoundTrip(r)
	}
	return twice(from, r)
}

// twice sends a request, and once more where a connection that was kept has ended.
func twice(from http.RoundTripper, r *http.Request) (*http.Response, error) {
	var kept, answered atomic.Bool
	traced := httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		GotConn:              func(i httptrace.GotConnInfo) { kept.Store(i.Reused) },
		GotFirstResponseByte: func() { answered.Store(true) },
	})
	resp, err := from.RoundTrip(r.WithContext(traced))
	if err == nil || !kept.Load() || answered.Load() || r.Context().Err() != nil {
		return resp, err
	}
	again := r.Clone(r.Context())
	if r.GetBody != nil {
		body, errBody := r.GetBody()
		if errBody != nil {
			return nil, err
		}
		again.Body = body
	}
	return from.RoundTrip(again)
}

// address is one of 127.64.0.0/10, all of which are this machine on Linux.
func address(i int) net.IP {
	const hosts = 250 // of the last number: neither 0 nor 255
	return net.IPv4(127, byte(64+i/hosts/256), byte(i/hosts%256), byte(1+i%hosts))
}

// onThisMachine reports whether the target is reached from those addresses.
func onThisMachine(ctx context.Context, target string, names *net.Resolver) bool {
	u, err := url.Parse(target)
	if err != nil || runtime.GOOS != "linux" {
		return false
	}
	found, err := names.LookupNetIP(ctx, "ip4", u.Hostname())
	return err == nil && !slices.ContainsFunc(found, func(a netip.Addr) bool { return !a.Unmap().IsLoopback() })
}

// resolver asks a name server; empty is the system's.
func resolver(server string) *net.Resolver {
	if server == "" {
		return net.DefaultResolver
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server)
	}}
}

func rootsOf(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the certificates: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("read the certificates: %s has none in PEM", file)
	}
	return roots, nil
}
