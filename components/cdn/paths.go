package cdn

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/app/contract"
)

// Caching is how a path may be cached.
type Caching int

const (
	// AsOriginSays follows the origin's Cache-Control.
	AsOriginSays Caching = iota
	// Never passes every request on.
	Never
	// Forever keeps files whose name changes with their content.
	Forever
)

// Path is a path pattern of the app, with * for the rest, and how it may be cached.
type Path struct {
	Pattern string
	Caching Caching
}

// paths are the app's special paths in order of precedence; everything else
// is AsOriginSays.
func paths() []Path {
	var list []Path
	for _, p := range contract.PrivatePaths() {
		list = append(list, Path{p, Never})
	}
	return append(list, Path{contract.StaticPrefix + "*", Forever})
}

// expression matches the requests of a domain whose path fits one of the
// patterns with that caching, in Cloudflare's rules language.
func expression(domain string, list []Path, caching Caching) string {
	var tests []string
	for _, p := range list {
		if p.Caching != caching {
			continue
		}
		if prefix, rest := strings.CutSuffix(p.Pattern, "*"); rest {
			tests = append(tests, fmt.Sprintf("starts_with(http.request.uri.path, %q)", prefix))
		} else {
			tests = append(tests, fmt.Sprintf("http.request.uri.path eq %q", p.Pattern))
		}
	}
	return fmt.Sprintf("%s and (%s)", onHost(domain), strings.Join(tests, " or "))
}

// onHost matches every request of the domain, and no other host of the zone.
func onHost(domain string) string { return fmt.Sprintf("http.host eq %q", domain) }
