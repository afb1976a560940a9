package domain

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"
)

// transport asks as the visitor: a server behind the name sees whose address it was, as it
// would without the relay. So each visitor has connections of their own, by the first part
// of a host as url writes it.
var transport = &http.Transport{
	DialContext: func(ctx context.Context, network, at string) (net.Conn, error) {
		visitor, to, _ := strings.Cut(at, visiting)
		dialer := net.Dialer{Timeout: 5 * time.Second}
		if ip := net.ParseIP(visitor); ip != nil && ip.IsLoopback() {
			dialer.LocalAddr = &net.TCPAddr{IP: ip}
		}
		return dialer.DialContext(ctx, network, to)
	},
	TLSClientConfig:     &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the lab's own, on loopback addresses
	MaxIdleConnsPerHost: 4,
	// Below what any server of the lab keeps a connection for: none is used that is just being closed.
	IdleConnTimeout:    3 * time.Second,
	DisableCompression: true,
}

// visiting stands between a visitor's address and the place that is asked, in a host.
const visiting = ".asks."

// url is the place, as asked by somebody; empty is the relay itself.
func (w Way) url(visitor string) string {
	scheme := "http"
	if w.TLS {
		scheme = "https"
	}
	return scheme + "://" + visitor + visiting + w.To
}

// again asks where the name is to lead, of whom the place has no way to ask any more: a CDN
// that goes is gone in a moment here, and on AWS after minutes. wants is that place.
type again struct{ wants func() (Way, error) }

func (a again) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := transport.RoundTrip(r)
	var dial *net.OpError
	if err == nil || r.Body != nil && r.Body != http.NoBody || !errors.As(err, &dial) || dial.Op != "dial" {
		return answer, err
	}
	want, none := a.wants()
	visitor, to, _ := strings.Cut(r.URL.Host, visiting)
	if none != nil || want.To == to {
		return nil, err
	}
	next, none := url.Parse(want.url(visitor))
	if none != nil {
		return nil, err
	}
	second := r.Clone(r.Context())
	second.URL.Scheme, second.URL.Host = next.Scheme, next.Host
	return transport.RoundTrip(second)
}

// handler leads each request where the name leads when it comes, or is to lead where nobody
// is there.
func handler(leads func() *Way, wants func() (Way, error)) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			visitor, _, _ := net.SplitHostPort(r.In.RemoteAddr) // the server's own: cannot fail
			to, err := url.Parse(leads().url(visitor))
			if err != nil {
				return // asked of nobody, which is answered with 502
			}
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = to.Scheme, to.Host, r.In.Host
			if from := r.In.Header["X-Forwarded-For"]; len(from) > 0 { // a resolver adds nothing, and takes nothing away
				r.Out.Header["X-Forwarded-For"] = from
			}
		},
		Transport: again{wants}, FlushInterval: -1,
	}
}
