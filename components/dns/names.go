package dns

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

const (
	// DefaultTTLSeconds is short, so that a change of an address is seen within
	// a minute; queries are cheap.
	DefaultTTLSeconds = 60
	// maxTTLSeconds is a day: longer, and a mistake stays longer.
	maxTTLSeconds = 86_400
	// maxHosts is how many names ACM puts on a certificate unless its quota is raised.
	maxHosts = 10
	// amazonCA is the issuer of ACM's certificates.
	amazonCA = "amazon.com"
)

// CheckDomain returns why name is not a DNS name of at least two labels, or
// nil. Names are lower case and without a final dot.
func CheckDomain(name string) error {
	labels := strings.Split(name, ".")
	if len(name) > 253 || len(labels) < 2 {
		return fmt.Errorf("%q is no domain name, want at least two labels and at most 253 characters, such as example.com",
			name)
	}
	for _, label := range labels {
		if !isLabel(label) {
			return fmt.Errorf("%q is no domain name: label %q, want 1 to 63 lower-case letters, digits and inner hyphens", name,
				label)
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		return fmt.Errorf("%q is no domain name: it ends in the number %s, as an address does", name, last)
	}
	return nil
}

func isLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// checkHost returns why host cannot be a record of zone, or nil. The first
// label may be a wildcard.
func checkHost(host, zone string) error {
	if zone == "" {
		return fmt.Errorf("%q has no zone: the component was made without one", host)
	}
	if host != zone && !strings.HasSuffix(host, "."+zone) {
		return fmt.Errorf("%q is outside the zone %s", host, zone)
	}
	return CheckDomain(validated(host))
}

// validated is the name that ACM validates for a host: the same for a name and
// for the wildcard below it, which therefore share one record.
func validated(host string) string { return strings.TrimPrefix(host, "*.") }

// validatedNames are the names that ACM validates for the hosts, each once, sorted.
func validatedNames(hosts []string) []string {
	names := make([]string, len(hosts))
	for i, h := range hosts {
		names[i] = validated(h)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// slug is a host's part of a logical name: "apex", "www", "any-api".
func slug(host, zone string) string {
	if host == zone {
		return "apex"
	}
	return strings.NewReplacer(".", "-", "*", "any").Replace(strings.TrimSuffix(host, "."+zone))
}

func (a Args) withDefaults() Args {
	if a.TTLSeconds == 0 {
		a.TTLSeconds = DefaultTTLSeconds
	}
	if a.Region == "" {
		a.Region = metricsRegion
	}
	return a
}

func (a Args) validate() error {
	var errs []error
	if a.Domain == "" && a.Internal == "" {
		errs = append(errs, errors.New("Domain, Internal: both are empty, want at least one"))
	}
	for _, f := range [][2]string{{"Domain", a.Domain}, {"Internal", a.Internal}} {
		if err := CheckDomain(f[1]); f[1] != "" && err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", f[0], err))
		}
	}
	if a.ZoneID != "" && a.Domain == "" {
		errs = append(errs, fmt.Errorf("ZoneID: got %q without a Domain", a.ZoneID))
	}
	if a.CloudflareZone != nil && (a.Domain == "" || a.ZoneID != "" || len(a.Issuers) > 0) {
		errs = append(errs, errors.New("CloudflareZone: needs a Domain, and neither ZoneID nor Issuers: those are Route "+
			"53's"))
	}
	if a.Internal != "" && a.VPCID == nil {
		errs = append(errs, errors.New("VPCID: required with Internal"))
	}
	if a.TTLSeconds < 1 || a.TTLSeconds > maxTTLSeconds {
		errs = append(errs, fmt.Errorf("TTLSeconds: got %d, want 1 to %d", a.TTLSeconds, maxTTLSeconds))
	}
	return errors.Join(append(errs, a.validateIssuers())...)
}

func (a Args) validateIssuers() error {
	if len(a.Issuers) == 0 {
		return nil
	}
	if a.Domain == "" {
		return fmt.Errorf("Issuers: got %v without a Domain", a.Issuers)
	}
	if !slices.Contains(a.Issuers, amazonCA) {
		return fmt.Errorf("Issuers: got %v, want %s among them, or no certificate is issued", a.Issuers, amazonCA)
	}
	return nil
}
