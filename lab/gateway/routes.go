package gateway

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/resource/token"
)

// route is a path of an API with what answers it.
type route struct {
	key         string // "GET /api/users/{id}", or $default
	method      string // empty is any
	path        string // as a regular expression; empty is any
	integration cloud.Resource
	rank        rank
}

// rank says which of the routes that fit a request takes it: the lowest.
type rank struct {
	kind    int // whole paths, then paths with variables, then beginnings, then $default
	literal int // the more of the path is written out, the better
	any     int // a method that is named goes before any
}

func (r rank) compare(o rank) int {
	return cmp.Or(cmp.Compare(r.kind, o.kind), cmp.Compare(o.literal, r.literal), cmp.Compare(r.any, o.any))
}

// routesOf are an API's routes in the order in which they are tried.
func routesOf(c cloud.Cloud, api cloud.Resource) (all []route) {
	for _, r := range c.Where(token.APIGatewayV2Route, "apiId", api.ID) {
		one := readRoute(r.Str("routeKey"))
		id := strings.TrimPrefix(r.Str("target"), "integrations/")
		for _, i := range c.Where(token.APIGatewayV2Integration, "apiId", api.ID) {
			if i.ID == id {
				one.integration = i
			}
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b route) int {
		return cmp.Or(a.rank.compare(b.rank), cmp.Compare(a.key, b.key))
	})
	return all
}

var variable = regexp.MustCompile(`\\\{[^{}]*\\\}`)

// readRoute reads a route's key.
func readRoute(key string) route {
	const whole, varied, beginning, rest = 0, 1, 2, 3
	method, path, ok := strings.Cut(key, " ")
	if !ok {
		return route{key: key, rank: rank{kind: rest}}
	}
	r := route{key: key, method: method}
	if method == "ANY" {
		r.method, r.rank.any = "", 1
	}
	head, _, _ := strings.Cut(path, "{")
	r.rank.literal = len(head)
	switch {
	case strings.HasSuffix(path, "+}"):
		r.rank.kind = beginning
	case strings.Contains(path, "{"):
		r.rank.kind = varied
	default:
		r.rank.kind = whole
	}
	quoted := regexp.QuoteMeta(path)
	quoted = variable.ReplaceAllStringFunc(quoted, func(v string) string {
		if strings.HasSuffix(v, `\+\}`) {
			return ".+"
		}
		return "[^/]+"
	})
	r.path = "^" + quoted + "$"
	return r
}
