package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline"
)

// The provider dies after it has lifted a bucket's protection in the cloud: the
// state says that it is there, so that a plan alone would find nothing to put back.
func TestWhatADeadProviderLeftLiftedIsFound(t *testing.T) {
	dir := t.TempDir()
	require.Equal(t, codeDone, running(t, withBucket, dir, "up", "1").code)
	t.Setenv(offline.FaultsEnv, "update aws:s3/bucketV2:BucketV2 nth=1 crash=after; delete * nth=every fail=Throttling")
	failed := running(t, withBucket, dir, "destroy", "--set", confirmKey+"=artifacts-bucket,server-data")
	require.Equal(t, codeFailed, failed.code, failed.err)
	require.Contains(t, cloud(t, dir), `"forceDestroy": true`)
	t.Setenv(offline.FaultsEnv, "")

	up := running(t, withBucket, dir, "up", "1")
	require.Equal(t, codeDone, up.code, up.err)
	assert.Contains(t, up.err, "The last run (`rung destroy` of ")
	assert.Contains(t, up.err, "artifacts-bucket (")
	assert.Contains(t, cloud(t, dir), `"forceDestroy": false`)
	assert.True(t, standing(t, dir)["artifacts-bucket"].Protect)
	assert.NotContains(t, running(t, withBucket, dir, "up", "1").err, "The last run", "that run came to its end")
}

// A confirmed destroy deleted a bucket and failed at the rest. The next up makes
// the bucket again, which holds nothing now: it says so, and asks nobody twice.
func TestWhatAConfirmedRunDeletedIsMadeAnewAloud(t *testing.T) {
	dir := t.TempDir()
	require.Equal(t, codeDone, running(t, withBucket, dir, "up", "1").code)
	t.Setenv(offline.FaultsEnv, "delete aws:ebs/volume:Volume nth=every fail=VolumeInUse")
	require.Equal(t, codeFailed,
		running(t, withBucket, dir, "destroy", "--set", confirmKey+"=artifacts-bucket,server-data").code)
	require.NotContains(t, standing(t, dir), "artifacts-bucket")
	t.Setenv(offline.FaultsEnv, "")

	up := running(t, withBucket, dir, "up", "1")
	require.Equal(t, codeDone, up.code, up.err)
	assert.Contains(t, up.err,
		"it deleted, as was confirmed: artifacts-bucket. These are made anew and have nothing in them.")
	assert.True(t, standing(t, dir)["artifacts-bucket"].Protect)
	assert.True(t, standing(t, dir)["server-data"].Protect)
	assert.NotContains(t, stackText(t, dir), confirmKey)
}
