package edge

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Rules are what the edge goes by. They lie in its store under the key "rules".
// The zero value has none.
type Rules struct {
	// Blocked are the countries that are refused with status 451, as two
	// capital letters (ISO 3166-1).
	Blocked []string `json:"blocked,omitempty"`
	// Vary are the countries whose answers differ: they are kept apart in the
	// cache, and the app learns them in the header X-Edge-Country.
	Vary []string `json:"vary,omitempty"`
	// Experiment is the one that runs; nil is none.
	Experiment *Experiment `json:"experiment,omitempty"`
	// KeyPaths need an API key, with everything below them: "/api/partner".
	KeyPaths []string `json:"keyPaths,omitempty"`
	// Redirects are the paths that have moved, and where to: a path or an
	// https address.
	Redirects map[string]string `json:"redirects,omitempty"`
}

// Experiment shows some visitors another side. The app learns the side in the
// header X-Edge-Cohort, "home.b" say, and the cache keeps the sides apart.
type Experiment struct {
	// Name is of lower-case letters, digits and hyphens. Another name draws anew.
	Name string `json:"name"`
	// Percent of the visitors see side b, 1 to 99.
	Percent int `json:"percent"`
}

// maxRules is what a value of CloudFront's store may hold, in bytes.
// Source: CloudFront developer guide, "Quotas on key value stores".
const maxRules = 1024

var (
	keyForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
	pathForm    = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)
)

// varied says whether answers differ by anything but their address.
func (r Rules) varied() bool { return r.Experiment != nil || len(r.Vary) > 0 }

// text is the rules as the code reads them.
func (r Rules) text() (string, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("write the rules: %w", err)
	}
	return string(text), nil
}

func (r Rules) check() []error {
	errs := slices.Concat(checkCountries("Rules.Blocked", r.Blocked), checkCountries("Rules.Vary", r.Vary), r.checkPaths())
	for _, c := range r.Vary {
		if slices.Contains(r.Blocked, c) {
			errs = append(errs, fmt.Errorf("Rules.Vary: %s is blocked too", c))
		}
	}
	if e := r.Experiment; e != nil && (!keyForm.MatchString(e.Name) || e.Percent < 1 || e.Percent > 99) {
		errs = append(errs, fmt.Errorf("Rules.Experiment: got %q with %d %%, want a name of lower-case letters, digits and "+
			"hyphens, and 1 to 99 %%", e.Name, e.Percent))
	}
	if text, err := r.text(); err != nil || len(text) > maxRules {
		errs = append(errs, fmt.Errorf("Rules: %d bytes, but a value of the edge's store holds %d: keep long lists of "+
			"redirects in the app", len(text), maxRules))
	}
	return errs
}

func checkCountries(field string, list []string) []error {
	var errs []error
	for i, c := range list {
		if !countryForm.MatchString(c) || slices.Contains(list[:i], c) {
			errs = append(errs, fmt.Errorf("%s[%d]: got %q, want a country's two capital letters, once", field, i, c))
		}
	}
	return errs
}

func (r Rules) checkPaths() []error {
	var errs []error
	for i, p := range r.KeyPaths {
		if !pathForm.MatchString(p) {
			errs = append(errs, fmt.Errorf("Rules.KeyPaths[%d]: got %q, want a path such as /api/partner", i, p))
		}
	}
	for _, from := range slices.Sorted(maps.Keys(r.Redirects)) {
		to := r.Redirects[from]
		if !pathForm.MatchString(from) {
			errs = append(errs, fmt.Errorf("Rules.Redirects: got %q, want a path such as /old", from))
		}
		if !target(to) {
			errs = append(errs, fmt.Errorf("Rules.Redirects[%q]: got %q, want a path or an https address", from, to))
		}
		if _, again := r.Redirects[to]; again {
			errs = append(errs, fmt.Errorf("Rules.Redirects[%q]: %s moves on again: name the last address", from, to))
		}
	}
	return errs
}

// target says whether a redirect may lead there.
func target(to string) bool {
	u, err := url.Parse(to)
	if err != nil || strings.ContainsAny(to, " \r\n\\") {
		return false
	}
	return u.Scheme == "https" && u.Host != "" || u.Scheme == "" && u.Host == "" && strings.HasPrefix(to, "/")
}

// Sign makes the API key that a program sends as X-Api-Key: its id, the second
// at which the key ends, and the signature of both. A shell does the same with
// openssl dgst -sha256 -hmac.
func Sign(secret, id string, ends time.Time) string {
	text := fmt.Sprintf("%s.%d", id, ends.Unix())
	sum := hmac.New(sha256.New, []byte(secret))
	sum.Write([]byte(text))
	return text + "." + hex.EncodeToString(sum.Sum(nil))
}
