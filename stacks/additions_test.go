package stacks_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// additions are the growths that only add to a system.
var additions = []string{"a region more", "a zone more", "a database more", "a reader more", "a cache replica more",
	"a shard more", "larger fleets"}

// Whatever a system is like, a region, a zone, a shard, a replica or a machine
// more creates and updates: nothing goes away and nothing begins anew, whether
// it holds data or not. What begins anew is what the simulated provider says.
func TestAdditionsCreateAndUpdateOnly(t *testing.T) {
	often(t, drawn, nightlyDrawn)
	rapid.Check(t, func(t *rapid.T) {
		s, c := draw(t)
		delete(s, "confirmDataLoss")
		more := maps.Clone(s)
		growth[rapid.SampledFrom(additions).Draw(t, "addition")](more, c)
		more, grown := accepted(t, more)
		if fewer(c, grown) || grown.WriteRegion() != c.WriteRegion() {
			t.Skip("the way there is no addition")
		}
		adds(t, build(t, s), build(t, more))
	})
}

// The services are what stage 4 adds to stage 3.
func TestServicesAreAdded(t *testing.T) {
	for _, site := range []settings{{}, {"domain": "example.com"}, {"cdn": "none", "domain": "example.com"}} {
		three, four := maps.Clone(site), maps.Clone(site)
		three["stage"], four["stage"] = "3", "4"
		adds(t, build(t, three), build(t, four))
	}
}

// adds fails for what after has not, or has anew.
func adds(t require.TestingT, before, after *record.Recording) {
	aws, err := provider()
	require.NoError(t, err)
	now := map[string]record.Resource{}
	for _, r := range after.Custom() {
		now[r.URN] = r
	}
	for _, old := range before.Custom() {
		r, there := now[old.URN]
		if !assert.True(t, there, "%s would be deleted", old.URN) {
			continue
		}
		ignored := slices.Concat(r.IgnoreChanges, []string{"tags", "tagsAll"})
		assert.Empty(t, aws.Replaces(old.Type, old.Inputs, r.Inputs, ignored...), "%s would be replaced", old.URN)
		assert.Equal(t, old.Region, r.Region, "%s would move", old.URN)
	}
}

// A change that AWS refuses to make in place is seen as one, or the property
// above holds of anything.
func TestReplacementsAreSeen(t *testing.T) {
	aws, err := provider()
	require.NoError(t, err)
	was := map[string]any{"cidrBlock": "10.0.0.0/16"}
	assert.Equal(t, []string{"cidrBlock"},
		aws.Replaces(token.EC2Vpc, was, map[string]any{"cidrBlock": "10.1.0.0/16"}))
	assert.Empty(t, aws.Replaces(token.EC2Vpc, was,
		map[string]any{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true}))
}
