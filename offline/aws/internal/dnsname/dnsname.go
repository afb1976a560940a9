// Package dnsname compares names of hosts, and knows the zones that aliases of AWS's services lead to.
package dnsname

import (
	"regexp"
	"strings"
)

// AcceleratorZone is the hosted zone of all accelerators (Route 53 API
// reference, AliasTarget).
const AcceleratorZone = "Z2BJ6XQ5FK7U4H"

// Host is the form of a host's name, or of a wildcard.
var Host = regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$`)

// Bare is a DNS name in lower case without its last dot.
func Bare(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// Same reports whether two names are of the same host.
func Same(a, b string) bool { return Bare(a) == Bare(b) }

// CloudFrontZone is the hosted zone of all distributions (Route 53 API reference,
// AliasTarget).
const CloudFrontZone = "Z2FDTNDATAQYW2"
