package tests

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
)

// The region that takes the writes is a setting: moving it, and moving it back,
// is one previewed change each, which leaves every database where it was. The
// proxy goes along, because RDS puts none before a copy.
func TestTheWritesMove(t *testing.T) {
	nightly(t)
	t.Parallel()
	u := newUser(t, "budget=1000000", "database.proxy=always")
	assert.Contains(t, u.does("up", "5").all(), "no name can lead to several regions",
		"what two regions without a domain are worth is said")
	ids := data(u.state())
	assert.Equal(t, []string{"database-proxy-proxy"}, u.proxies())

	early := u.rung("up", "5", "--set", "regions=us-east-1,eu-west-1,ap-southeast-1", "--set",
		"database.writeRegion=ap-southeast-1")
	assert.Equal(t, usage, early.code, early.all())
	assert.Contains(t, early.all(), "has no copy of it there yet")
	stranger := u.rung("preview", "5", "--set", "database.writeRegion=eu-central-1")
	assert.Equal(t, usage, stranger.code, stranger.all())
	assert.Equal(t, ids, data(u.state()), "nothing was changed")

	for _, move := range []struct{ region, proxy, promoted string }{
		{"eu-west-1", "database-proxy-euw1-proxy", "database-euw1-primary"},
		{"us-east-1", "database-proxy-proxy", "database-use1-2-primary"},
	} {
		before := named(t, u.state(), "database-primary").ID
		u.settings = append(u.settings[:3:3], "database.writeRegion="+move.region)
		got := u.report("up", "5")
		got.keepsData(t)
		assert.Empty(t, got.ops("replace"), "a move replaces nothing")
		for urn, id := range ids {
			require.Equal(t, id, data(u.state())[urn], "the move to %s keeps %s", move.region, urn)
		}
		maps.Copy(ids, data(u.state()))
		assert.Equal(t, []string{move.proxy}, u.proxies())
		assert.Empty(t, named(t, u.state(), move.promoted).Outputs["replicateSourceDb"], "%s is no copy any more",
			move.promoted)
		assert.Equal(t, before, named(t, u.state(), "database-primary").ID, "what the writes left behind stays")
		u.settled("5")
	}
	u.consistent()
}

// proxies are the logical names of the database proxies that stand.
func (u *user) proxies() (names []string) {
	for _, r := range u.cloud().Resources {
		if r.Type == token.RDSProxy {
			names = append(names, r.URN[strings.LastIndex(r.URN, "::")+2:])
		}
	}
	slices.Sort(names)
	return names
}
