package plan

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/unit"
)

// app is what a machine of a group is told, as one text.
func app(out Output, group string) (u unit.Unit, environment string) {
	for _, u := range out.Units {
		if strings.HasPrefix(u.What, "machine of "+group) {
			return u, strings.Join(u.Environment, "\n")
		}
	}
	return u, ""
}

// first is the unit whose description begins so.
func first(t *testing.T, out Output, what string) unit.Unit {
	t.Helper()
	for _, u := range out.Units {
		if strings.HasPrefix(u.What, what) {
			return u
		}
	}
	require.Fail(t, "there is no "+what)
	return unit.Unit{}
}

func TestStage4BecomesServers(t *testing.T) {
	out := until(t, input(recorded(t, "stage4")))
	got := kinds(out.Units)
	assert.Equal(t, 2, got["PostgreSQL 15, primary"], "the posts' and the users'")
	assert.Equal(t, 1, got["PostgreSQL 15, in"], "in place of OpenSearch")
	for _, what := range []string{"HAProxy for loadbalancer-alb", "HAProxy for inner-alb", "HAProxy for gateway-api",
		"PgBouncer for database-proxy-proxy", "nginx for cdn-distribution"} {
		assert.Equal(t, 1, got[what], what)
	}
	assert.Len(t, out.Machines, 9, "two each of web, users, posts, search, and a worker")
	doors := map[string]string{}
	for _, d := range out.Doors {
		doors[d.Name] = d.URL
	}
	assert.Equal(t, "http://"+first(t, out, "HAProxy for gateway-api").Address, doors["gateway-api"])
}

func TestServicesAreToldOfOneAnother(t *testing.T) {
	out := until(t, input(recorded(t, "stage4")))
	inner := first(t, out, "HAProxy for inner-alb").Address
	for _, group := range []string{"web", "users", "posts", "search"} {
		u, text := app(out, group)
		assert.NotContains(t, text, ".internal", group)
		assert.NotContains(t, text, "rds.amazonaws.com", group)
		assert.NotContains(t, text, "es.amazonaws.com", group)
		if group == "posts" { // its database is the one app's, whose web machines bring it up to date
			assert.Empty(t, u.Prepare)
			continue
		}
		require.Len(t, u.Prepare, 1, group)
		assert.Equal(t, "migrate", u.Prepare[0].Program[1], group)
	}
	_, users := app(out, "users")
	assert.Contains(t, users, "POSTS_URL=http://"+inner+"\n")
	_, posts := app(out, "posts")
	assert.Contains(t, posts, "DATABASE_HOST="+first(t, out, "PgBouncer").Address+"\n", "writes go by the proxy")
	assert.NotContains(t, posts, "DATABASE_READERS="+first(t, out, "PgBouncer").Address, "reads do not")
	_, search := app(out, "search")
	assert.NotContains(t, search, "SEARCH_ENGINE_")
	assert.Regexp(t, `(?m)^DATABASE_URL=postgres://search:[^@]+@`+first(t, out, "PostgreSQL 15, in place").Address+`:5432/search`, search)
}

func TestStage4IsSettledAndNoTypeIsLeftOut(t *testing.T) {
	in := input(recorded(t, "stage4"))
	out := until(t, in)
	in.Machines, in.Well = out.Machines, map[string]bool{}
	for _, u := range out.Units {
		in.Well[u.Name] = true
	}
	again, err := Decide(in)
	require.NoError(t, err)
	require.Len(t, again.Units, len(out.Units))
	for i, u := range again.Units {
		assert.Equal(t, out.Units[i].Starting(), u.Starting(), u.Name)
	}
	for _, n := range out.Notes {
		assert.NotRegexp(t, `apigateway|rds/|opensearch|servicediscovery`, map[bool]string{true: n.About}[n.Missing])
	}
}
