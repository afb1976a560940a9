package rules

import (
	"regexp"
	"strconv"

	"github.com/rung-dev/rung/policies/rule"
)

// AWS and Cloudflare add policies for TLS all the time, so a policy is judged by
// the least version that its name promises, not by a list of names. What
// promises none is an old one, from the time when there was no choice.
var (
	// balancerPolicies are those of load balancers: ELBSecurityPolicy-TLS13-1-2-…,
	// ELBSecurityPolicy-TLS-1-2-…, ELBSecurityPolicy-FS-1-2-….
	balancerPolicies = regexp.MustCompile(`^ELBSecurityPolicy-(?:TLS\d*|FS)-(\d)-(\d)(?:-|$)`)
	// viewerPolicies are CloudFront's, TLSv1.2_2021: the year counts too, since
	// policies from before 2021 have ciphers without forward secrecy.
	viewerPolicies = regexp.MustCompile(`^TLSv(\d)\.(\d)_(\d{4})$`)
	// searchPolicies are OpenSearch's, Policy-Min-TLS-1-2-….
	searchPolicies = regexp.MustCompile(`^Policy-Min-TLS-(\d)-(\d)-`)
	// plainVersions are Cloudflare's, "1.2".
	plainVersions = regexp.MustCompile(`^(\d)\.(\d)$`)
)

// The least version of TLS, and the year from which CloudFront's policies do.
const (
	leastMajor, leastMinor = 1, 2
	leastYear              = 2021
)

// modern says whether the name of a policy, in one of these forms, promises TLS
// 1.2 or newer, and a year that is late enough where it names one.
func modern(v rule.Value, form *regexp.Regexp) rule.Tri {
	return v.Matches(func(name string) bool {
		m := form.FindStringSubmatch(name)
		if m == nil {
			return false
		}
		major, minor := number(m[1]), number(m[2])
		if len(m) > 3 && number(m[3]) < leastYear {
			return false
		}
		return major > leastMajor || major == leastMajor && minor >= leastMinor
	})
}

// number reads digits that a pattern has let through.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}
