package tests

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sharedRole is what a stack with a search engine leaves behind: the role is the
// account's, and the next stack takes it over.
const sharedRole = "search-service-role"

// The life of the services: a path to its service and back, the end, and a new
// beginning.
func TestTheServices(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.does("up", "4")
	assert.Contains(t, u.does("refresh").out, "no drift")

	t.Run("a path moves by weight and back", u.weigh)
	t.Run("the end leaves the account's role", u.endOfServices)
}

func (u *user) weigh(t *testing.T) {
	u = u.in(t)
	for _, share := range []string{"users=30", "users=100", "users=0"} {
		got := u.report("up", "4", "--set", "services.weights="+share)
		got.keepsData(t)
		routes := got.ops("update") // AWS takes few patterns in a rule: the paths are of several
		for _, name := range routes {
			assert.True(t, strings.HasPrefix(name, "loadbalancer-users-route"), "%s: %s", share, name)
		}
		assert.NotEmpty(t, routes, share)
		assert.Len(t, got.Resources.Changes, len(routes), share)
	}
	u.settled("4")
}

func (u *user) endOfServices(t *testing.T) {
	u = u.in(t)
	pass := u.rung(u.advised(u.rung("destroy"))...)
	require.Equal(t, done, pass.code, pass.all())
	assert.Empty(t, u.state())
	left := u.cloud()
	require.Len(t, left.Resources, 1)
	for _, r := range left.Resources {
		assert.Equal(t, sharedRole, r.Name)
	}
	u.does("up", "4")
	u.consistent()
	assert.Equal(t, sharedRole, named(t, u.state(), sharedRole).URN.Name(), "the role was taken over")
}
