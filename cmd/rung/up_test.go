package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ebs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What up does is what it has shown: a program that wants something else by then is
// stopped at the step that nobody has seen.
func TestUpDoesNothingThatItHasNotShown(t *testing.T) {
	dir := t.TempDir()
	more := func(ctx *pulumi.Context) error {
		return begin(ctx, func(b *builder) {
			if ctx.DryRun() {
				return
			}
			_, err := ebs.NewVolume(ctx, "unseen", &ebs.VolumeArgs{
				Size: pulumi.Int(20), AvailabilityZone: pulumi.String("us-east-1a"), Tags: b.tags(),
			}, pulumi.Provider(b.provider))
			b.try(err)
		})
	}
	got := running(t, more, dir, "up", "1")
	assert.Equal(t, codeFailed, got.code, got.err)
	assert.Contains(t, got.err, "create unseen was not in the plan that was shown, and was not done")
	cloud, err := os.ReadFile(filepath.Join(dir, ".rung", "cloud.json"))
	require.NoError(t, err)
	assert.NotContains(t, string(cloud), "unseen")
	got = rung(t, dir, "up", "1")
	assert.Equal(t, codeDone, got.code, got.err)
}

// With nothing to do no update runs: the state is the very file that it was.
func TestASecondUpRunsNoUpdate(t *testing.T) {
	dir := t.TempDir()
	require.Equal(t, codeDone, rung(t, dir, "up", "1").code)
	state := filepath.Join(dir, ".rung", "state", ".pulumi", "stacks", "rung", "dev.json")
	before, err := os.Stat(state)
	require.NoError(t, err)
	got := rung(t, dir, "up", "1")
	require.Equal(t, codeDone, got.code, got.err)
	assert.Contains(t, got.out, "http://example.com", "it says where the site is")
	after, err := os.Stat(state)
	require.NoError(t, err)
	assert.True(t, os.SameFile(before, after), "the state was not written anew")

	got = rung(t, dir, "up", "1", "--set", "budget=5000")
	require.Equal(t, codeDone, got.code, got.err)
	got = rung(t, dir, "config")
	assert.Contains(t, got.out, "5000", "a setting that changes no resource is kept all the same")
}
