package edge

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
)

// Guard is a Lambda@Edge for the answers of an origin, before the cache keeps them.
type Guard struct {
	// Listen is where the cache asks, Upstream the origin's URL, by which it is asked
	// without a look at its certificate.
	Listen, Upstream string
	Function         Function
}

// header is a header as Lambda@Edge has them: with the name as it is written.
type header struct {
	Key   string `json:"key,omitempty"`
	Value string `json:"value"`
}

// carried is a request or an answer as Lambda@Edge has them.
type carried struct {
	ClientIP          string              `json:"clientIp,omitempty"`
	Method            string              `json:"method,omitempty"`
	URI               string              `json:"uri,omitempty"`
	Querystring       *string             `json:"querystring,omitempty"`
	Status            string              `json:"status,omitempty"`
	StatusDescription string              `json:"statusDescription,omitempty"`
	Headers           map[string][]header `json:"headers"`
}

// newGuard is the server between the cache and an origin.
func newGuard(g Guard, p Plan, out io.Writer) (http.Handler, error) {
	function, err := compile("the Lambda@Edge before "+g.Upstream, g.Function)
	if err != nil {
		return nil, err
	}
	to, err := url.Parse(g.Upstream)
	if err != nil {
		return nil, fmt.Errorf("read where an origin is: %w", err)
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			host := r.In.Host
			r.SetURL(to)
			r.Out.Host = host
			r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
		},
		ModifyResponse: func(answer *http.Response) error { return guard(function, p.Domain, answer) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			fmt.Fprintln(out, err) //nolint:errcheck // the log
			w.WriteHeader(http.StatusServiceUnavailable)
		},
		Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true,
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, //nolint:gosec // the lab's own, on loopback
	}, nil
}

// guard lets a function change an answer.
func guard(function *compiled, domain string, answer *http.Response) error {
	query := answer.Request.URL.RawQuery
	event := map[string]any{"Records": []any{map[string]any{"cf": map[string]any{
		"config": map[string]any{"distributionDomainName": domain, "eventType": "origin-response"},
		"request": carried{Method: answer.Request.Method, URI: answer.Request.URL.EscapedPath(), Querystring: &query,
			ClientIP: clientOf(answer.Request.Header), Headers: headersOf(answer.Request.Header)},
		"response": carried{Status: strconv.Itoa(answer.StatusCode), StatusDescription: http.StatusText(answer.StatusCode),
			Headers: headersOf(answer.Header)},
	}}}}
	text, err := function.call(event)
	if err != nil {
		return err
	}
	var made carried
	if err := json.Unmarshal(text, &made); err != nil {
		return fmt.Errorf("read what the Lambda@Edge says: %w", err)
	}
	for name := range answer.Header {
		answer.Header.Del(name)
	}
	for name, list := range made.Headers {
		for _, h := range list {
			answer.Header.Add(name, h.Value)
		}
	}
	if status, err := strconv.Atoi(made.Status); err == nil && status != answer.StatusCode {
		answer.StatusCode, answer.Status = status, ""
	}
	return nil
}

func headersOf(h http.Header) map[string][]header {
	all := map[string][]header{}
	for name, list := range h {
		for _, v := range list {
			all[strings.ToLower(name)] = append(all[strings.ToLower(name)], header{Key: name, Value: v})
		}
	}
	return all
}

// clientOf is who asks, by what the cache says.
func clientOf(h http.Header) string {
	list := strings.Split(h.Get("X-Forwarded-For"), ",")
	return strings.TrimSpace(list[len(list)-1])
}
