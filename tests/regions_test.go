package tests

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A stack climbs to several regions in place: what holds data stays, a second
// up changes nothing, data is never taken away by a smaller number, and on the
// way down the guard stands before what only the higher rung has.
func TestTheClimbToSeveralRegions(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	ids := map[string]string{} // of all that holds data, as first seen
	for _, stage := range []string{"3", "5"} {
		got := u.report("up", stage)
		got.keepsData(t)
		now := data(u.state())
		for urn, id := range ids {
			require.Equal(t, id, now[urn], "rung %s keeps %s", stage, urn)
		}
		maps.Copy(ids, now)
	}
	u.unchanged("5")
	u.consistent()
	before := u.cloud().urns()

	fewer := u.rung("up", "5", "--set", "database.shards=1")
	assert.Equal(t, usage, fewer.code, fewer.all())
	assert.Contains(t, fewer.err, "the stack has 2, and each holds the data of its users")

	down := u.rung("up", "4")
	assert.Equal(t, guarded, down.code, down.all())
	assert.Contains(t, down.all(), "database-euw1-primary")
	assert.Equal(t, before, u.cloud().urns(), "nothing was changed")
}
