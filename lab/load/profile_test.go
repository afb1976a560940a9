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
	}}
	stage, err := ladder.Get(3)
	assert.NoError(t, err)
	r := c.result(Plan{})
	got, changed := r.Into(stage.Traffic)
	assert.Equal(t, 0.5, got.StaticShare)
	assert.Equal(t, 0.9, got.StaticByteShare)
	assert.Equal(t, 0.5, got.StaticHitRatio)
	assert.Zero(t, got.APIHitRatio)
	assert.Equal(t, 250*stage.Traffic.RequestsPerActiveUserPerDay, got.BytesPerActiveUserPerDay)
	assert.Equal(t, stage.Traffic.CacheHitRatio, got.CacheHitRatio, "what was not measured stays")
	assert.Equal(t, stage.Traffic.Users, got.Users)
	assert.Len(t, changed, 5)
	assert.Equal(t, "files that the CDN had: 50 % instead of 95 %", changed[3].String())
	got, changed = Result{}.Into(stage.Traffic)
	assert.Equal(t, stage.Traffic, got)
	assert.Empty(t, changed)
}
