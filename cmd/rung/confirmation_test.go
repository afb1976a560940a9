package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline"
)

// withBucket is small with a bucket that goes with its objects once it may go.
func withBucket(ctx *pulumi.Context) error {
	return begin(ctx, func(b *builder) {
		_, err := s3.NewBucketV2(ctx, "artifacts-bucket", &s3.BucketV2Args{
			ForceDestroy: pulumi.Bool(b.guard.Lifted("artifacts-bucket")),
		}, append(b.guard.Options("artifacts-bucket"), pulumi.Provider(b.provider))...)
		b.try(err)
	})
}

// stackFile is the stack's own configuration.
func stackFile(dir string) string { return filepath.Join(dir, ".rung", "workspace", "Pulumi.dev.yaml") }

func stackText(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(stackFile(dir))
	require.NoError(t, err)
	return string(text)
}

// standing are the resources that the state of a directory's stack holds, by name.
func standing(t *testing.T, dir string) map[string]struct{ Protect bool } {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, ".rung", "state", ".pulumi", "stacks", "rung", "dev.json"))
	require.NoError(t, err)
	var file struct {
		Checkpoint struct {
			Latest struct {
				Resources []struct {
					URN     string
					Protect bool
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &file))
	out := map[string]struct{ Protect bool }{}
	for _, r := range file.Checkpoint.Latest.Resources {
		out[r.URN[strings.LastIndex(r.URN, ":")+1:]] = struct{ Protect bool }{r.Protect}
	}
	return out
}

// A confirmation holds for its run. The destroy fails at the server, after the
// protections of what holds data were lifted; nothing of that may stay.
func TestAConfirmationEndsWithItsRun(t *testing.T) {
	dir := t.TempDir()
	require.Equal(t, codeDone, running(t, withBucket, dir, "up", "1").code)

	t.Setenv(offline.FaultsEnv, "delete aws:ec2/instance:Instance nth=1 fail=OperationNotPermitted;"+
		"delete aws:s3/bucketV2:BucketV2 nth=1 fail=OperationNotPermitted; delete aws:ebs/volume:Volume nth=1 "+
		"fail=OperationNotPermitted")
	failed := running(t, withBucket, dir, "destroy", "--set", confirmKey+"=artifacts-bucket,server-data")
	require.Equal(t, codeFailed, failed.code, failed.err)
	assert.Contains(t, failed.err,
		"Without protection stand: artifacts-bucket, server-data.\n`rung up 1` protects them again.")
	assert.NotContains(t, stackText(t, dir), confirmKey)
	assert.False(t, standing(t, dir)["server-data"].Protect, "it was lifted")
	t.Setenv(offline.FaultsEnv, "")

	again := running(t, withBucket, dir, "destroy")
	assert.Equal(t, codeGuarded, again.code, again.err)
	assert.Contains(t, again.err, confirmKey+"=artifacts-bucket,server-data")

	seen := running(t, withBucket, dir, "preview", "1", "--format", "json")
	require.Equal(t, codeDone, seen.code, seen.err)
	require.Len(t, report(t, seen).Protections, 2, "a preview says what will be put back")

	up := running(t, withBucket, dir, "up", "1")
	require.Equal(t, codeDone, up.code, up.err)
	assert.Contains(t, up.out, "Protections that were lifted and are put back")
	assert.Contains(t, up.err, "Protected again: artifacts-bucket (protect, forceDestroy); server-data (protect).")
	assert.True(t, standing(t, dir)["server-data"].Protect)
	assert.True(t, standing(t, dir)["artifacts-bucket"].Protect)
	assert.Contains(t, cloud(t, dir), `"forceDestroy": false`)
	assert.NotContains(t, running(t, withBucket, dir, "up", "1").err, "Protected again", "once is enough")
}

// A failed up keeps no confirmation either, nor one that rung gives itself.
func TestAFailedUpKeepsNoConfirmation(t *testing.T) {
	dir := t.TempDir()
	require.Equal(t, codeDone, rung(t, dir, "up", "1").code)
	require.Equal(t, codeDone, rung(t, dir, "up", "3").code)
	t.Setenv(offline.FaultsEnv, "delete aws:ebs/volume:Volume nth=1 fail=VolumeInUse")
	failed := rung(t, dir, "up", "3", "--set", "handover=done", "--set", confirmKey+"=server-data")
	require.Equal(t, codeFailed, failed.code, failed.err)
	assert.NotContains(t, stackText(t, dir), confirmKey)
	t.Setenv(offline.FaultsEnv, "")
	assert.Equal(t, codeGuarded, rung(t, dir, "up", "3").code)
}

// What was confirmed and still stands is protected by the end of the run.
func TestWhatWasConfirmedAndStandsIsProtectedAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Equal(t, codeDone, running(t, withBucket, dir, "up", "1").code)
	got := running(t, withBucket, dir, "up", "1", "--set", confirmKey+"=artifacts-bucket")
	require.Equal(t, codeDone, got.code, got.err)
	assert.Contains(t, got.err, "Protecting what was confirmed and stands: artifacts-bucket")
	assert.True(t, standing(t, dir)["artifacts-bucket"].Protect)
	assert.Contains(t, cloud(t, dir), `"forceDestroy": false`)
	assert.NotContains(t, stackText(t, dir), confirmKey)
}

// A confirmation in the stack's file, by an older rung or by hand, counts for
// nothing and is said to.
func TestAConfirmationInTheStackFileCountsForNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Equal(t, codeDone, rung(t, dir, "up", "1").code)
	text := strings.Replace(stackText(t, dir), "config:\n", "config:\n    rung:"+confirmKey+": server-data\n", 1)
	require.NoError(t, os.WriteFile(stackFile(dir), []byte(text), 0o600))

	for _, command := range []string{"destroy", "preview 2 --set handover=done"} {
		got := rung(t, dir, strings.Fields(command)...)
		assert.Contains(t, got.err, "counts for nothing here", command)
	}
	require.Equal(t, codeGuarded, rung(t, dir, "destroy").code)
	assert.Equal(t, text, stackText(t, dir), "what changes nothing leaves the file alone")

	up := rung(t, dir, "up", "1")
	require.Equal(t, codeDone, up.code, up.err)
	assert.NotContains(t, stackText(t, dir), confirmKey)
	assert.True(t, standing(t, dir)["server-data"].Protect)
}
