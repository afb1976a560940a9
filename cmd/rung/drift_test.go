package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/autoscaling"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview"
)

// change edits the offline cloud of a directory by hand.
func change(t *testing.T, dir string, edit func(resources map[string]map[string]any)) {
	t.Helper()
	path := filepath.Join(dir, ".rung", "cloud.json")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	file := map[string]any{}
	require.NoError(t, json.Unmarshal(text, &file))
	resources := map[string]map[string]any{}
	for key, r := range file["resources"].(map[string]any) {
		resources[key] = r.(map[string]any)
	}
	edit(resources)
	file["resources"] = resources
	text, err = json.Marshal(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
}

// called finds a resource of the cloud by its logical name.
func called(resources map[string]map[string]any, name string) (key string, properties map[string]any) {
	for key, r := range resources {
		if r["name"] == name {
			return key, r["properties"].(map[string]any)
		}
	}
	return "", nil
}

// drifts runs `rung drift` and reads what it tells.
func drifts(t *testing.T, program pulumi.RunFunc, dir string, code int) preview.Drifts {
	t.Helper()
	got := running(t, program, dir, "drift", "--format", "json")
	require.Equal(t, code, got.code, got.err)
	var out struct {
		Drift bool
		preview.Drifts
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &out), got.out)
	require.Equal(t, code == codeDrift, out.Drift)
	return out.Drifts
}

// withFleet is small with a group of machines that scaling moves.
func withFleet(ctx *pulumi.Context) error {
	return begin(ctx, func(b *builder) {
		in := pulumi.Provider(b.provider)
		template, err := ec2.NewLaunchTemplate(ctx, "web-template", &ec2.LaunchTemplateArgs{
			ImageId: b.image(), InstanceType: pulumi.String("t4g.small"),
			Description: pulumi.String("web"),
		}, in, pulumi.IgnoreChanges([]string{"description"}))
		b.try(err)
		group, err := autoscaling.NewGroup(ctx, "web-group", &autoscaling.GroupArgs{
			MinSize: pulumi.Int(2), MaxSize: pulumi.Int(6), AvailabilityZones: pulumi.ToStringArray([]string{"us-east-1a"}),
			LaunchTemplate: &autoscaling.GroupLaunchTemplateArgs{Id: template.ID()},
		}, in)
		b.try(err)
		_, err = autoscaling.NewPolicy(ctx, "web-cpu", &autoscaling.PolicyArgs{
			AutoscalingGroupName: group.Name, PolicyType: pulumi.String("TargetTrackingScaling"),
			TargetTrackingConfiguration: &autoscaling.PolicyTargetTrackingConfigurationArgs{
				PredefinedMetricSpecification: &autoscaling.PolicyTargetTrackingConfigurationPredefinedMetricSpecificationArgs{
					PredefinedMetricType: pulumi.String("ASGAverageCPUUtilization"),
				},
				TargetValue: pulumi.Float64(50),
			},
		}, in)
		b.try(err)
	})
}

// Each difference says whether up brings it back, and what the cloud is meant to
// move is no drift.
func TestDrift(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	up := running(t, withFleet, dir, "up", "1")
	require.Equal(t, codeDone, up.code, up.err)
	assert.Empty(t, drifts(t, withFleet, dir, codeDone).Moved)
	before := stackState(t, dir)

	change(t, dir, func(all map[string]map[string]any) {
		_, group := called(all, "web-group")
		group["desiredCapacity"] = 5.0
	})
	moved := drifts(t, withFleet, dir, codeDone)
	require.Len(t, moved.Moved, 1)
	assert.Equal(t, "scaling did this", moved.Moved[0].Properties[0].Why)
	table := running(t, withFleet, dir, "drift")
	assert.Contains(t, table.out, "no drift: desiredCapacity of web-group was 2, is 5: scaling did this")
	assert.NotContains(t, table.out, "brings")

	change(t, dir, func(all map[string]map[string]any) {
		_, group := called(all, "web-group")
		group["maxSize"] = 40.0
		_, template := called(all, "web-template")
		template["description"] = "mine"
		_, vpc := called(all, "network-vpc")
		vpc["tags"] = map[string]any{"rung:stage": "1", "by": "hand"}
		gone, _ := called(all, "web-cpu")
		delete(all, gone)
	})
	found := map[string]preview.Drift{}
	for _, d := range drifts(t, withFleet, dir, codeDrift).Resources {
		found[d.Name] = d
	}
	restored := func(name, path string) (bool, string) {
		for _, p := range found[name].Properties {
			if p.Path == path {
				require.NotNil(t, p.Restored, name)
				return *p.Restored, p.Why
			}
		}
		t.Fatalf("%s of %s is not told", path, name)
		return false, ""
	}
	back, _ := restored("web-group", "maxSize")
	assert.True(t, back)
	back, _ = restored("network-vpc", "tags.by")
	assert.True(t, back)
	back, why := restored("web-template", "description")
	assert.False(t, back)
	assert.Contains(t, why, "ignoreChanges")
	assert.True(t, found["web-cpu"].Gone)
	assert.Equal(t, preview.Create, found["web-cpu"].Up)
	assert.Equal(t, before, stackState(t, dir), "looking changes nothing")

	refreshed := running(t, withFleet, dir, "refresh")
	require.Equal(t, codeDone, refreshed.code, refreshed.err)
	assert.Contains(t, refreshed.out, "brings 3 of these 4 differences back")
	require.Equal(t, codeDone, running(t, withFleet, dir, "up", "1").code)
	change(t, dir, func(all map[string]map[string]any) {
		_, group := called(all, "web-group")
		assert.Equal(t, 6.0, group["maxSize"], "what was said to come back came back")
		_, template := called(all, "web-template")
		assert.Equal(t, "mine", template["description"], "and what was said to stay stayed")
	})
}

// stackState is the state of a directory's stack.
func stackState(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, ".rung", "state", ".pulumi", "stacks", "rung", "dev.json"))
	require.NoError(t, err)
	return string(text)
}

// Another cloud stands for the wrong account or region: nothing is forgotten.
func TestRefreshForgetsNothingUnasked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Equal(t, codeDone, running(t, withBucket, dir, "up", "1").code)
	path := filepath.Join(dir, ".rung", "cloud.json")
	original := cloud(t, dir)
	state := stackState(t, dir)

	t.Run("everything is gone", func(t *testing.T) {
		require.NoError(t, os.Remove(path))
		got := running(t, withBucket, dir, "refresh")
		assert.Equal(t, codeGuarded, got.code, got.out+got.err)
		for _, part := range []string{
			"of 5 resources are not to be found", "stands in account 123456789012 in us-east-1",
			"looked in account 123456789012 in us-east-1",
			"server-data", "artifacts-bucket", "--gone 5", "confirmDataLoss=artifacts-bucket,server-data",
		} {
			assert.Contains(t, got.err, part)
		}
		assert.Equal(t, state, stackState(t, dir), "the state is kept")
		assert.Equal(t, codeDrift, running(t, withBucket, dir, "drift").code)
	})
	t.Run("another account", func(t *testing.T) {
		require.NoError(t, os.WriteFile(path, []byte(strings.Replace(original, "123456789012", "210987654321", 1)), 0o600))
		for _, command := range []string{"refresh", "drift", "preview 1", "up 1",
			"destroy --set confirmDataLoss=artifacts-bucket,server-data"} {
			got := running(t, withBucket, dir, strings.Fields(command)...)
			assert.Equal(t, codeUsage, got.code, command)
			assert.Contains(t, got.err, "stands in account 123456789012 in us-east-1", command)
			assert.Contains(t, got.err, "is in account 210987654321", command)
		}
		assert.Equal(t, state, stackState(t, dir))
	})
	t.Run("one that holds data is gone", func(t *testing.T) {
		require.NoError(t, os.WriteFile(path, []byte(original), 0o600))
		change(t, dir, func(all map[string]map[string]any) { key, _ := called(all, "server-data"); delete(all, key) })
		got := running(t, withBucket, dir, "refresh")
		assert.Equal(t, codeGuarded, got.code, got.err)
		assert.Contains(t, got.err, "server-data is an EBS volume, and the cloud says that it is gone")
		assert.NotContains(t, got.err, "wrong account")
		assert.Equal(t, state, stackState(t, dir))

		require.Equal(t, codeDone, running(t, withBucket, dir, "refresh", "--set", "confirmDataLoss=server-data").code)
		assert.NotContains(t, standing(t, dir), "server-data")
	})
	t.Run("up makes none in its place unasked", func(t *testing.T) {
		got := running(t, withBucket, dir, "up", "1")
		assert.Equal(t, codeGuarded, got.code, got.err)
		assert.Contains(t, got.out, "+ MAKE ANEW, EMPTY server-data")
		got = running(t, withBucket, dir, "up", "1", "--set", "confirmDataLoss=server-data")
		require.Equal(t, codeDone, got.code, got.err)
		assert.True(t, standing(t, dir)["server-data"].Protect, "the new one is protected like the old one")
	})
}

// A cloud in which all is gone may be the truth.
func TestRefreshForgetsAllWhenAsked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Equal(t, codeDone, rung(t, dir, "up", "1").code)
	require.NoError(t, os.Remove(filepath.Join(dir, ".rung", "cloud.json")))
	require.Equal(t, codeGuarded, rung(t, dir, "refresh", "--gone", "4").code, "the data is not confirmed")
	require.Equal(t, codeGuarded, rung(t, dir, "refresh", "--set", "confirmDataLoss=server-data").code, "so many are not")
	require.Equal(t, codeGuarded, rung(t, dir, "refresh", "--gone", "3", "--set", "confirmDataLoss=server-data").code,
		"another number")
	got := rung(t, dir, "refresh", "--gone", "4", "--set", "confirmDataLoss=server-data")
	require.Equal(t, codeDone, got.code, got.err)
	assert.NotContains(t, standing(t, dir), "server-data")
}
