package polyglot

import (
	"strings"
	"unicode"
)

// initials are written in capitals in Go's names, and as words in properties.
var initials = []string{"VPC", "CIDR", "CDN", "ARN", "NAT", "DNS", "TLS", "URL", "API", "IOPS", "IO", "IP", "CA", "CPU",
	"AZ", "KMS", "CORS", "TTL", "HTTPS", "SHA256", "TCP", "SLO", "ID", "P95", "AMI", "US"}

// spelt is a Go name as a property is spelt: VPCID is vpcId, CIDRs cidrs.
func spelt(name string) string {
	var b strings.Builder
	for name != "" {
		w := firstWord(name)
		name = name[len(w):]
		if b.Len() == 0 {
			b.WriteString(lower(w))
			continue
		}
		b.WriteString(w[:1] + rest(w))
	}
	return b.String()
}

// lower is a word at the beginning of a property: GiB is giB.
func lower(w string) string {
	if isInitials(w) {
		return strings.ToLower(w)
	}
	return strings.ToLower(w[:1]) + w[1:]
}

func rest(w string) string {
	if isInitials(w) {
		return strings.ToLower(w[1:])
	}
	return w[1:]
}

func isInitials(w string) bool {
	for _, i := range initials {
		if w == i || w == i+"s" {
			return true
		}
	}
	return false
}

// firstWord is the first word of a name, initials with their plural.
func firstWord(name string) string {
	for _, i := range initials {
		if after, found := strings.CutPrefix(name, i); found {
			plural := after == "s" || strings.HasPrefix(after, "s") && unicode.IsUpper(rune(after[1]))
			switch {
			case plural:
				return i + "s"
			case after == "" || !unicode.IsLower(rune(after[0])):
				return i
			}
		}
	}
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) && unicode.IsLower(rune(name[i-1])) {
			return name[:i]
		}
	}
	return name
}
