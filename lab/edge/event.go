package edge

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// value is a header, a cookie or a parameter; MultiValue has all where there are several.
type value struct {
	Value      string  `json:"value"`
	Attributes string  `json:"attributes,omitempty"`
	MultiValue []value `json:"multiValue,omitempty"`
}

type values map[string]value

// request is a request as functions see it.
type request struct {
	Method      string `json:"method"`
	URI         string `json:"uri"`
	Querystring values `json:"querystring"`
	Headers     values `json:"headers"`
	Cookies     values `json:"cookies"`
}

// response is an answer as functions see it, and as they give one.
type response struct {
	StatusCode        int             `json:"statusCode"`
	StatusDescription string          `json:"statusDescription,omitempty"`
	Headers           values          `json:"headers"`
	Cookies           values          `json:"cookies,omitempty"`
	Body              json.RawMessage `json:"body,omitempty"`
}

// event is what a function is called with.
type event struct {
	Version string            `json:"version"`
	Context map[string]string `json:"context"`
	Viewer  map[string]string `json:"viewer"`
	Request request           `json:"request"`
	// Response is there after the cache was asked.
	Response *response `json:"response,omitempty"`
}

func eventOf(kind, domain string, r *http.Request) event {
	ip, _, _ := net.SplitHostPort(r.RemoteAddr)
	return event{Version: "1.0", Context: map[string]string{"eventType": kind, "distributionDomainName": domain},
		Viewer: map[string]string{"ip": ip}, Request: requestOf(r)}
}

func requestOf(r *http.Request) request {
	out := request{Method: r.Method, URI: r.URL.EscapedPath(), Querystring: values{}, Headers: values{}, Cookies: values{}}
	for name, list := range r.Header {
		if name != "Cookie" {
			out.Headers[strings.ToLower(name)] = several(list)
		}
	}
	out.Headers["host"] = value{Value: r.Host}
	for name, list := range r.URL.Query() {
		out.Querystring[name] = several(list)
	}
	for _, c := range r.Cookies() {
		out.Cookies[c.Name] = value{Value: c.Value}
	}
	return out
}

func several(list []string) value {
	v := value{Value: list[0]}
	for _, one := range list[1:] {
		v.MultiValue = append(v.MultiValue, value{Value: one})
	}
	if len(v.MultiValue) > 0 {
		v.MultiValue = append([]value{{Value: list[0]}}, v.MultiValue...)
	}
	return v
}

// all are a value's texts.
func (v value) all() []string {
	if len(v.MultiValue) == 0 {
		return []string{v.Value}
	}
	var out []string
	for _, one := range v.MultiValue {
		out = append(out, one.Value)
	}
	return out
}

// into makes a request what a function has made of it.
func (f request) into(r *http.Request) {
	r.URL.Path, r.URL.RawPath = f.URI, ""
	if plain, err := url.PathUnescape(f.URI); err == nil {
		r.URL.Path, r.URL.RawPath = plain, f.URI
	}
	query := url.Values{}
	for name, v := range f.Querystring {
		query[name] = v.all()
	}
	if given := r.URL.Query(); len(given) != len(query) {
		r.URL.RawQuery = query.Encode() // else as it was written
	}
	header := http.Header{}
	for name, v := range f.Headers {
		if name != "host" {
			header[http.CanonicalHeaderKey(name)] = v.all()
		}
	}
	r.Header = header
	for _, name := range sorted(f.Cookies) {
		r.AddCookie(&http.Cookie{Name: name, Value: f.Cookies[name].Value})
	}
}

func sorted(m values) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// responseOf is an answer as functions see it: without its body.
func responseOf(status int, header http.Header) *response {
	out := &response{StatusCode: status, StatusDescription: http.StatusText(status), Headers: values{}, Cookies: values{}}
	for name, list := range header {
		if name != "Set-Cookie" {
			out.Headers[strings.ToLower(name)] = several(list)
		}
	}
	return out
}

// into makes an answer's headers what a function has made of them. Cookies that the
// answer had stay; those of the function come beside them.
func (f response) into(header http.Header) {
	for name := range header {
		if _, stays := f.Headers[strings.ToLower(name)]; !stays && name != "Set-Cookie" {
			header.Del(name)
		}
	}
	for name, v := range f.Headers {
		header[http.CanonicalHeaderKey(name)] = v.all()
	}
	for _, name := range sorted(f.Cookies) {
		text := name + "=" + f.Cookies[name].Value
		if extra := f.Cookies[name].Attributes; extra != "" {
			text += "; " + extra
		}
		header.Add("Set-Cookie", text)
	}
}

// text is the body that a function gives: a text, or an object with one.
func (f response) text() string {
	var plain string
	if json.Unmarshal(f.Body, &plain) == nil {
		return plain
	}
	var object struct{ Data string }
	_ = json.Unmarshal(f.Body, &object) // none is an empty body
	return object.Data
}
