package preview

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview/previewtest"
)

// The recorded events are those of Pulumi 3.259 on the offline cloud: a small
// stack on its way from stage 1 to stage 3, which would delete a protected
// volume, and a refresh after that volume was changed by hand.

func TestRecordedClimb(t *testing.T) {
	all := previewtest.Events(t, "recorded-climb.events")
	got := map[string]Op{}
	for _, s := range Steps(all) {
		got[s.Name] = s.Op
		assert.Equal(t, "us-east-1", s.Region, s.Name)
	}
	assert.Equal(t, map[string]Op{
		"network-vpc": Update, "network-public-0": Update, "network-public-1": Create,
		"server-data": Delete, "server-instance": Delete,
	}, got)

	r := NewReport(Input{Steps: Steps(all), Diagnostics: Diagnostics(all), To: 3, Before: previewtest.Prices{},
		After: previewtest.Prices{}})
	require.Len(t, r.Blocked, 1)
	assert.Equal(t, "server-data", r.Blocked[0].Name)
	assert.Equal(t, "delete", r.Blocked[0].Op)
	assert.Empty(t, r.Diagnostics, "the guard says it better, and the plugins are where they should be")
	for _, c := range r.Resources.Changes {
		assert.Equal(t, c.Op == Update, c.TagsOnly, c.Name)
	}
}

func TestRecordedDrift(t *testing.T) {
	got := FindDrift(previewtest.Events(t, "recorded-drift.events"))
	assert.Equal(t, 4, got.Checked)
	require.Len(t, got.Resources, 1)
	d := got.Resources[0]
	assert.Equal(t, "server-data", d.Name)
	assert.Equal(t, "server", d.Component)
	assert.Equal(t, []PropertyWas{{Path: "size", Was: 20.0, Is: 40.0}}, d.Properties)
}
