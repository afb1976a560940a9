package gateway

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/edge"
)

// routes are the services' own: each has a breaker, so that what is wrong with
// one leaves the others alone, and a label.
var routes = map[string]contract.Role{
	"POST /api/users":                 contract.RoleUsers,
	"GET /api/users/{name}":           contract.RoleUsers,
	"POST /api/sessions":              contract.RoleUsers,
	"DELETE /api/sessions":            contract.RoleUsers,
	"GET /api/me":                     contract.RoleUsers,
	"DELETE /api/me":                  contract.RoleUsers,
	"GET /api/users/{name}/posts":     contract.RolePosts, // a person's posts and followers lie with the posts
	"PUT /api/users/{name}/follow":    contract.RolePosts,
	"DELETE /api/users/{name}/follow": contract.RolePosts,
	"GET /api/posts":                  contract.RolePosts,
	"POST /api/posts":                 contract.RolePosts,
	"GET /api/posts/{id}":             contract.RolePosts,
	"PUT /api/posts/{id}":             contract.RolePosts,
	"DELETE /api/posts/{id}":          contract.RolePosts,
	"GET /api/feed":                   contract.RolePosts,
	"POST /api/uploads":               contract.RolePosts,
	"POST /api/jobs":                  contract.RolePosts,
	"GET /api/jobs":                   contract.RolePosts,
	"GET /api/jobs/{id}":              contract.RolePosts,
	"GET /api/jobs/{id}/result":       contract.RolePosts,
	"PUT /uploads/{key...}":           contract.RolePosts,
	"GET /uploads/{key...}":           contract.RolePosts,
	"GET /api/search":                 contract.RoleSearch,
}

// Routes are the patterns of all services.
func Routes() []string { return slices.Sorted(maps.Keys(routes)) }

// patternsOf are a service's.
func patternsOf(role contract.Role) []string {
	var out []string
	for _, pattern := range Routes() {
		if routes[pattern] == role {
			out = append(out, pattern)
		}
	}
	return out
}

// long are the gateway's own short paths /users, /posts and /search in the
// API's form.
func long(path string) string {
	for _, short := range []string{"/users", "/posts", "/search"} {
		if path == short || strings.HasPrefix(path, short+"/") {
			return "/api" + path
		}
	}
	return path
}

// paths has the services' paths, whatever the method.
var paths, owners = func() (*http.ServeMux, map[string]contract.Role) {
	all, of := http.NewServeMux(), map[string]contract.Role{}
	for pattern, role := range routes {
		_, path, _ := strings.Cut(pattern, " ")
		if of[path] == "" {
			all.Handle(path, http.NotFoundHandler())
		}
		of[path] = role
	}
	return all, of
}()

// Route is which service answers a path, whatever the method, and under which
// path; an empty role means none.
func Route(path string) (contract.Role, string) {
	path = long(path)
	pattern, _ := edge.Match(paths, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}})
	return owners[pattern], path
}

// mux finds the route of a request. Nothing is answered by it.
func mux() *http.ServeMux {
	m := http.NewServeMux()
	for pattern := range routes {
		m.Handle(pattern, http.NotFoundHandler())
	}
	return m
}
