package stacks

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/gateway"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/stacks/config"
)

// routed is the service to which the first rule leads that has a path, as a balancer
// matches it; empty is the one app.
func routed(routes []loadbalancer.Route, path string) contract.Role {
	slices.SortFunc(routes, func(a, b loadbalancer.Route) int { return a.Priority - b.Priority })
	for _, r := range routes {
		for _, pattern := range r.Paths {
			fits := "^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$"
			if regexp.MustCompile(fits).MatchString(path) {
				return contract.Role(r.Name)
			}
		}
	}
	return ""
}

// A path that is led to a service is one that the service answers: with all of the weight
// on the services, nobody is told that there is no such thing.
func TestPathsAreLedToWhoAnswersThem(t *testing.T) {
	own := config.Config{}
	for _, pattern := range gateway.Routes() {
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{name}", "ada", "{id}", "1", "{key...}", "a/b").Replace(path)
		of, _ := gateway.Route(path)
		if to := routed(innerRoutes(own), path); to != "" {
			assert.Equal(t, of, to, "%s %s", method, path)
		} else {
			assert.Equal(t, contract.RolePosts, of, "%s %s: the one app shares the posts' database alone", method, path)
		}
	}
	for _, page := range []string{"/signup", "/login", "/account", "/account/delete", "/forgot", "/reset", "/confirm"} {
		var public []loadbalancer.Route
		for _, one := range served(own) {
			r := one.route
			r.Paths = append(r.Paths, one.pages...)
			public = append(public, r)
		}
		assert.Equal(t, contract.RoleUsers, routed(public, page), page)
	}
}
