package gateway

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/components/part"
)

const (
	// DefaultRequestsPerSecond and DefaultBurst are AWS's quotas of an account
	// in a region, over all its gateways; more must be asked for first.
	DefaultRequestsPerSecond = 10_000
	DefaultBurst             = 5_000
	// MaxTimeoutSeconds is AWS's limit for an HTTP API, which it does not raise.
	MaxTimeoutSeconds = 30
	// DefaultLogDays is long enough to look into what users report.
	DefaultLogDays = 30
	// DefaultAlarmErrors is ten a minute: more than a stray bug.
	DefaultAlarmErrors = 10
	// DefaultAlarmP95Seconds is more than twice the ladder's reference of 200 ms.
	DefaultAlarmP95Seconds = 0.5
	// DefaultAlarmClientErrorPercent is far above typing errors: a broken
	// client, somebody who tries passwords, or limits that are too low.
	DefaultAlarmClientErrorPercent = 20
	// maxAgeSeconds is the longest that API Gateway lets browsers keep an answer.
	maxAgeSeconds = 86_400
)

func (a Args) withDefaults() Args {
	a.RequestsPerSecond = cmp.Or(a.RequestsPerSecond, DefaultRequestsPerSecond)
	a.Burst = cmp.Or(a.Burst, DefaultBurst)
	a.TimeoutSeconds = cmp.Or(a.TimeoutSeconds, MaxTimeoutSeconds)
	a.LogDays = cmp.Or(a.LogDays, DefaultLogDays)
	a.AlarmErrors = cmp.Or(a.AlarmErrors, DefaultAlarmErrors)
	a.AlarmP95Seconds = cmp.Or(a.AlarmP95Seconds, DefaultAlarmP95Seconds)
	a.AlarmClientErrorPercent = cmp.Or(a.AlarmClientErrorPercent, DefaultAlarmClientErrorPercent)
	a.Routes = slices.Clone(a.Routes) // the caller's own stay as they are
	for i, r := range a.Routes {
		a.Routes[i].RequestsPerSecond = cmp.Or(r.RequestsPerSecond, a.RequestsPerSecond)
		a.Routes[i].Burst = cmp.Or(r.Burst, a.Burst)
	}
	if a.CORS != nil {
		c := *a.CORS
		if c.Methods == nil {
			c.Methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
		}
		if c.Headers == nil {
			c.Headers = []string{"content-type", "authorization"}
		}
		a.CORS = &c
	}
	return a
}

func (a Args) validate() error {
	return errors.Join(a.checkTarget(), a.checkLimits(), a.checkRoutes(), a.CORS.check(), a.checkDomain(), a.checkWatch())
}

var headerForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*$`)

func (a Args) checkTarget() error {
	var errs []error
	if a.Link == nil {
		errs = append(errs, errors.New("Link: required"))
	}
	if a.ListenerARN == nil {
		errs = append(errs, errors.New("ListenerARN: required"))
	}
	for header, value := range a.Headers {
		if !headerForm.MatchString(header) || value == nil {
			errs = append(errs, fmt.Errorf("Headers: got %q, want a header's name with a value", header))
		}
	}
	return errors.Join(errs...)
}

func (a Args) checkLimits() error {
	errs := []error{part.Between("TimeoutSeconds", a.TimeoutSeconds, 1, MaxTimeoutSeconds),
		part.Between("Burst", a.Burst, 1, 1_000_000)}
	if a.RequestsPerSecond <= 0 {
		errs = append(errs, fmt.Errorf("RequestsPerSecond: got %v, want more than 0", a.RequestsPerSecond))
	}
	return errors.Join(errs...)
}

var (
	routeName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	routeKey  = regexp.MustCompile(`^(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /[A-Za-z0-9._~/{}+-]*$`)
)

func (a Args) checkRoutes() error {
	var errs []error
	names, keys := map[string]bool{"default": true}, map[string]bool{}
	for i, r := range a.Routes {
		at := fmt.Sprintf("Routes[%d]", i)
		if !routeName.MatchString(r.Name) || names[r.Name] {
			errs = append(errs, fmt.Errorf("%s.Name: got %q, want a name of its own of a-z, 0-9 and -, other than default", at,
				r.Name))
		}
		if !routeKey.MatchString(r.Key) || keys[r.Key] {
			errs = append(errs, fmt.Errorf("%s.Key: got %q, want a method and a path such as GET /api/search, each once", at,
				r.Key))
		}
		names[r.Name], keys[r.Key] = true, true
		if r.RequestsPerSecond <= 0 || r.RequestsPerSecond > a.RequestsPerSecond {
			errs = append(errs, fmt.Errorf("%s.RequestsPerSecond: got %v, want more than 0 and at most the gateway's %v", at,
				r.RequestsPerSecond, a.RequestsPerSecond))
		}
		errs = append(errs, part.Between(at+".Burst", r.Burst, 1, a.Burst))
	}
	return errors.Join(errs...)
}

func (c *CORS) check() error {
	if c == nil {
		return nil
	}
	errs := []error{part.Between("CORS.MaxAgeSeconds", c.MaxAgeSeconds, 0, maxAgeSeconds)}
	if len(c.Origins) == 0 {
		errs = append(errs, errors.New("CORS.Origins: required"))
	}
	for _, o := range c.Origins {
		if o == "*" && c.Credentials {
			errs = append(errs, errors.New("CORS.Origins: * with Credentials lets any site act for a visitor: name the sites"))
		}
		if u, err := url.Parse(o); o != "*" &&
			(err != nil || u.Host == "" || u.Scheme != "https" && u.Hostname() != "localhost" ||
				strings.TrimPrefix(o, u.Scheme+"://") != u.Host) {
			errs = append(errs, fmt.Errorf("CORS.Origins: got %q, want a site such as https://example.com, without a path", o))
		}
	}
	return errors.Join(errs...)
}

func (a Args) checkDomain() error {
	if (a.Domain == "") != (a.CertificateARN == nil) {
		return fmt.Errorf("Domain: got %q with a certificate: %t, want both or none", a.Domain, a.CertificateARN != nil)
	}
	var errs []error
	if a.Domain == "" && len(a.Names) > 0 {
		errs = append(errs, errors.New("Names: want none without a Domain"))
	}
	seen := map[string]bool{"": true, a.Domain: true}
	for i, n := range a.Names {
		if n.Label == "" || seen[n.Label] || seen[n.Domain] || n.CertificateARN == nil {
			errs = append(errs, fmt.Errorf("Names[%d]: got %q (%q), want a label and a domain of its own, and a CertificateARN",
				i, n.Domain, n.Label))
		}
		seen[n.Label], seen[n.Domain] = true, true
	}
	return errors.Join(errs...)
}

func (a Args) checkWatch() error {
	errs := []error{part.Between("AlarmErrors", a.AlarmErrors, 1, 1_000_000)}
	errs = append(errs, part.CheckLogDays(a.LogDays))
	if a.AlarmP95Seconds <= 0 || a.AlarmP95Seconds > MaxTimeoutSeconds {
		errs = append(errs, fmt.Errorf("AlarmP95Seconds: got %v, want more than 0 and at most %d", a.AlarmP95Seconds,
			MaxTimeoutSeconds))
	}
	if p := a.AlarmClientErrorPercent; p <= 0 || p > 100 {
		errs = append(errs, fmt.Errorf("AlarmClientErrorPercent: got %v, want more than 0 and at most 100", p))
	}
	return errors.Join(errs...)
}

// logFormat is the form of a line of the access log: JSON, with what is needed
// to find a call, its caller, and who of gateway and service was slow or wrong.
func logFormat() (string, error) {
	line, err := json.Marshal(map[string]string{
		"requestId": "$context.requestId", "time": "$context.requestTime", "ip": "$context.identity.sourceIp",
		"method": "$context.httpMethod", "path": "$context.path", "route": "$context.routeKey",
		"status": "$context.status", "bytes": "$context.responseLength", "agent": "$context.identity.userAgent",
		"milliseconds": "$context.responseLatency", "serviceStatus": "$context.integrationStatus",
		"serviceMilliseconds": "$context.integrationLatency", "error": "$context.integrationErrorMessage",
	})
	return string(line), err
}
