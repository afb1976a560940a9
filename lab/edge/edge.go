// Package edge runs CloudFront's functions before the lab's caching proxy: those for
// requests before the cache is asked, those for answers after it. They run in a
// JavaScript engine with the modules that CloudFront has: its key-value store, crypto.
//
// Where a visitor is nobody knows on a laptop: the country is what the request itself
// says in CloudFront-Viewer-Country.
package edge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
)

// Plan is what the server is told.
type Plan struct {
	// Domain is the distribution's name.
	Domain string
	// Plain and Encrypted are where it listens for HTTP and HTTPS, Certificate and Key
	// the files by which it encrypts.
	Plain, Encrypted, Certificate, Key string
	// Upstream is the URL of the caching proxy.
	Upstream string
	// Behaviours are tried in order; the last takes everything.
	Behaviours []Behaviour
	// Functions are by the names that behaviours call.
	Functions map[string]Function
	// Guards stand between the cache and its origins. A plan may have nothing else.
	Guards []Guard
}

// Behaviour is what is done with some paths.
type Behaviour struct {
	// Pattern is a regular expression; empty fits all.
	Pattern string
	// Request and Response are the names of functions; empty is none.
	Request, Response string
}

// server is the edge as it runs.
type server struct {
	plan      Plan
	patterns  []*regexp.Regexp
	functions map[string]*compiled
	proxy     *httputil.ReverseProxy
	out       io.Writer
}

func newServer(p Plan, out io.Writer) (*server, error) {
	s := &server{plan: p, functions: map[string]*compiled{}, out: out}
	var errs []error
	for _, b := range p.Behaviours {
		pattern, err := regexp.Compile(b.Pattern)
		errs = append(errs, err)
		s.patterns = append(s.patterns, pattern)
	}
	for name, f := range p.Functions {
		made, err := compile(name, f)
		errs = append(errs, err)
		s.functions[name] = made
	}
	to, err := url.Parse(p.Upstream)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	s.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			host := r.In.Host
			r.SetURL(to)
			r.Out.Host = host
			r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
			r.SetXForwarded()
			r.Out.Header.Del("X-Forwarded-Host")
		},
		ModifyResponse: s.answered,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			fmt.Fprintln(out, err) //nolint:errcheck // the log
			w.WriteHeader(http.StatusBadGateway)
		},
		Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
	}
	return s, nil
}

func (s *server) behaviour(path string) Behaviour {
	for n, pattern := range s.patterns {
		if pattern.MatchString(path) {
			return s.plan.Behaviours[n]
		}
	}
	return Behaviour{}
}

// chosen is the key of a request's behaviour and of what its function made of it.
type chosen struct{}

type choice struct {
	Behaviour
	event event
}

// ServeHTTP is the edge.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := choice{Behaviour: s.behaviour(r.URL.Path), event: eventOf("viewer-request", s.plan.Domain, r)}
	if c.Request != "" {
		answer, err := s.ask(c.Request, &c.event, r)
		if err != nil {
			fmt.Fprintln(s.out, err)                                             //nolint:errcheck // the log
			http.Error(w, "The function failed.", http.StatusServiceUnavailable) // as CloudFront does
			return
		}
		if answer != nil {
			answer.into(w.Header())
			w.WriteHeader(answer.StatusCode)
			io.WriteString(w, answer.text()) //nolint:errcheck // the visitor has gone
			return
		}
	}
	s.proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), chosen{}, c)))
}

// ask calls a function for a request: it answers itself, or the request is what it made.
func (s *server) ask(name string, e *event, r *http.Request) (*response, error) {
	text, err := s.call(name, *e)
	if err != nil {
		return nil, err
	}
	var answer response
	if err := json.Unmarshal(text, &answer); err == nil && answer.StatusCode != 0 {
		return &answer, nil
	}
	var made request
	if err := json.Unmarshal(text, &made); err != nil {
		return nil, fmt.Errorf("read what the function %s says: %w", name, err)
	}
	e.Request = made
	made.into(r)
	return nil, nil
}

func (s *server) call(name string, e event) ([]byte, error) {
	f, ok := s.functions[name]
	if !ok {
		return nil, fmt.Errorf("call the function %s: it is not there", name)
	}
	text, err := f.call(e)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return text, nil
}

// answered calls the function for answers.
func (s *server) answered(answer *http.Response) error {
	c, _ := answer.Request.Context().Value(chosen{}).(choice)
	if c.Response == "" {
		return nil
	}
	c.event.Context["eventType"] = "viewer-response"
	c.event.Response = responseOf(answer.StatusCode, answer.Header)
	text, err := s.call(c.Response, c.event)
	if err != nil {
		return err
	}
	var made response
	if err := json.Unmarshal(text, &made); err != nil {
		return fmt.Errorf("read what the function %s says: %w", c.Response, err)
	}
	made.into(answer.Header)
	if made.StatusCode != 0 {
		answer.StatusCode, answer.Status = made.StatusCode, ""
	}
	return nil
}
