package load

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/stacks/ladder"
)

func TestALoadTakesTheProfilesPlace(t *testing.T) {
	c := &collector{took: time.Second, all: []sent{
		{kind: kindAsset, bytes: 600, cache: marksHit}, {kind: kindPicture, bytes: 300, cache: marksMiss},
		{kind: kindPost, bytes: 50, cache: marksMiss}, {kind: kindPublish, bytes: 50},
		{kind: kindAsset, bytes: 9999, cache: marksMiss, failure: "404: not found"},
	}}
	stage, err := ladder.Get(3)
	assert.NoError(t, err)
	r := c.result(Plan{})
	got, changed := r.Into(stage.Traffic)
	assert.Equal(t, stage.Traffic.StaticShare, got.StaticShare, "what is asked for is the profile's")
	assert.InDelta(t, 315.0/330, got.StaticByteShare, 1e-9, "7 of 10 with 450 bytes, 3 of 10 with 50")
	assert.Equal(t, 0.5, got.StaticHitRatio)
	assert.Zero(t, got.APIHitRatio)
	assert.InDelta(t, 330*stage.Traffic.RequestsPerActiveUserPerDay, got.BytesPerActiveUserPerDay, 1e-6)
	assert.Equal(t, stage.Traffic.CacheHitRatio, got.CacheHitRatio, "what was not measured stays")
	assert.Equal(t, stage.Traffic.Users, got.Users)
	assert.Len(t, changed, 4)
	assert.Equal(t, "files that the CDN had: 50 % instead of 95 %", changed[2].String())
	got, changed = Result{}.Into(stage.Traffic)
	assert.Equal(t, stage.Traffic, got)
	assert.Empty(t, changed)
}
