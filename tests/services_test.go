package tests

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sharedRole is what a stack with a search engine leaves behind: the role is the
// account's, and the next stack takes it over.
const sharedRole = "search-service-role"

// The life of the services: up from rung 3, down again in vain, a path to its
// service and back, the end, and a new beginning.
func TestTheServices(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.does("up", "3")
	before := data(u.state())
	u.report("up", "4").keepsData(t)
	for urn, id := range before {
		assert.Equal(t, id, data(u.state())[urn], urn)
	}
	u.unchanged("4")
	u.consistent()
	assert.Contains(t, u.does("refresh").out, "no drift")

	t.Run("there is no way down without a word", u.descends)
	t.Run("a path moves by weight and back", u.weigh)
	t.Run("the end leaves the account's role", u.endOfServices)
}

func (u *user) weigh(t *testing.T) {
	u = u.in(t)
	for _, share := range []string{"users=30", "users=100", "users=0"} {
		got := u.report("up", "4", "--set", "services.weights="+share)
		got.keepsData(t)
		assert.Equal(t, []string{"loadbalancer-users-route"}, got.ops("update"), share)
		assert.Len(t, got.Resources.Changes, 1, share)
	}
	u.settled("4")
}

func (u *user) descends(t *testing.T) {
	u = u.in(t)
	there := u.cloud().urns()
	for _, stage := range []string{"3", "2", "1"} {
		got := u.rung("up", stage)
		assert.Equal(t, guarded, got.code, got.all())
		for _, name := range []string{"users-database-primary", "search-domain", "events-posts-main"} {
			assert.Contains(t, got.out, name, "the reason names what holds data")
		}
		assert.Equal(t, there, u.cloud().urns(), "nothing was changed")
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

// A stack may leap to rung 4: its server stays, with its data, and serves.
func TestLeapsToTheServices(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"1", "2"} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			u := newUser(t)
			u.does("up", from)
			before := data(u.state())
			u.report("up", "4").keepsData(t)
			after := u.state()
			for urn, id := range before {
				assert.Equal(t, id, data(after)[urn], urn)
			}
			named(t, after, "server")
			u.settled("4")
			u.consistent()
		})
	}
}
