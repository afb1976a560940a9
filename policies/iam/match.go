package iam

import (
	"net/netip"
	"strings"
)

// like reports whether a pattern with * and ? matches the whole text. It takes
// time in proportion to both, whatever the pattern.
func like(pattern, text string) bool {
	p, t := 0, 0
	star, resume := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			resume++
			p, t = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// likeFold is like without regard to case, which actions have not.
func likeFold(pattern, text string) bool {
	return like(strings.ToLower(pattern), strings.ToLower(text))
}

// arnParts is how many parts an ARN has: arn, partition, service, region,
// account and resource.
const arnParts = 6

// likeARN compares ARNs part by part: a * does not reach over a colon but in
// the resource, which is last. A pattern that is no ARN is compared as text.
func likeARN(pattern, arn string) bool {
	p, a := strings.SplitN(pattern, ":", arnParts), strings.SplitN(arn, ":", arnParts)
	if len(p) < arnParts || len(a) < arnParts {
		return like(pattern, arn)
	}
	for i := range p {
		if !like(p[i], a[i]) {
			return false
		}
	}
	return true
}

// within reports whether an address is in a range; a range without a length is
// one address.
func within(cidr, address string) bool {
	network, ok := network(cidr)
	ip, err := netip.ParseAddr(address)
	return ok && err == nil && network.Contains(ip)
}

func network(cidr string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(cidr); err == nil {
		return p.Masked(), true
	}
	ip, err := netip.ParseAddr(cidr)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(ip, ip.BitLen()), true
}

// The shortest prefixes that still name somebody: what is wider is most of the
// internet. Amazon S3 draws the line there when it calls a policy public.
const (
	leastBits4 = 8
	leastBits6 = 32
)

// Wide reports whether a range of addresses stands for the world: all of it, or
// so much that nobody in particular is named. A text that is no range is not.
func Wide(cidr string) bool {
	p, ok := network(strings.TrimSpace(cidr))
	if !ok {
		return false
	}
	if p.Addr().Is4() {
		return p.Bits() < leastBits4
	}
	return p.Bits() < leastBits6 && !uniqueLocal.Contains(p.Addr())
}

// uniqueLocal are the addresses of IPv6 that are never routed on the internet.
var uniqueLocal = netip.MustParsePrefix("fc00::/7")
