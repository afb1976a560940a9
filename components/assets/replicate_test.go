package assets

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// mesh makes a bucket of uploads in each region, and lets each send to all others.
func mesh(ctx *pulumi.Context, codes []string, regions map[string]string) error {
	buckets := map[string]*Assets{}
	for _, code := range codes {
		p, err := aws.NewProvider(ctx, "aws-"+regions[code], &aws.ProviderArgs{Region: pulumi.String(regions[code])})
		if err != nil {
			return err
		}
		if buckets[code], err = New(ctx, "uploads-"+code, Args{Purpose: Uploads}, pulumi.Provider(p)); err != nil {
			return err
		}
	}
	for _, from := range codes {
		var targets []Target
		for _, to := range codes {
			if to != from {
				targets = append(targets, Target{Code: to, Bucket: buckets[to]})
			}
		}
		if err := buckets[from].ReplicateTo(targets...); err != nil {
			return err
		}
	}
	return nil
}

func TestUploadsAreCopiedToEachOther(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		return mesh(ctx, []string{"use1", "euw1", "usw2"},
			map[string]string{"use1": "us-east-1", "euw1": "eu-west-1", "usw2": "us-west-2"})
	})
	require.Len(t, rec.All(token.S3BucketReplicationConfig), 3)
	config := recordtest.Named(t, rec, token.S3BucketReplicationConfig, "uploads-euw1-replication")
	assert.Equal(t, "eu-west-1", config.Region)
	require.Len(t, config.Inputs["rules"], 2)
	for i, code := range []string{"use1", "usw2"} {
		rule := config.Value("rules").([]any)[i].(map[string]any)
		target := recordtest.Named(t, rec, token.S3BucketV2, "uploads-"+code+"-bucket")
		assert.Equal(t, "to-"+code, rule["id"])
		assert.InDelta(t, float64(i+1), rule["priority"], 0)
		assert.Equal(t, target.Output("arn"), rule["destination"].(map[string]any)["bucket"])
		assert.Equal(t, map[string]any{"status": "Enabled"}, rule["deleteMarkerReplication"],
			"what a user deletes is gone everywhere")
		assert.NotContains(t, rule["destination"], "replicationTime")
	}
	for _, code := range []string{"use1", "euw1", "usw2"} {
		assert.Contains(t, config.Dependencies,
			recordtest.Named(t, rec, token.S3BucketVersioningV2, "uploads-"+code+"-versioning").URN)
	}
	role := recordtest.Named(t, rec, token.IAMRolePolicy, "uploads-euw1-replication")
	source := recordtest.Named(t, rec, token.S3BucketV2, "uploads-euw1-bucket").Output("arn")
	statements := recordtest.JSON(t, role, "policy")["Statement"].([]any)
	assert.Equal(t, source, statements[0].(map[string]any)["Resource"])
	assert.Len(t, statements[2].(map[string]any)["Resource"], 2)
}

func TestOneBucketCopiesNothing(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		return mesh(ctx, []string{"use1"}, map[string]string{"use1": "us-east-1"})
	})
	recordtest.None(t, rec, token.S3BucketReplicationConfig)
}

func TestCheckTargets(t *testing.T) {
	a, b := &Assets{args: Args{Purpose: Uploads}}, &Assets{args: Args{Purpose: Uploads}}
	logs, static := &Assets{args: Args{Purpose: Logs}}, &Assets{args: Args{Purpose: Static}}
	tests := map[string]struct {
		from *Assets
		give []Target
		want []string
	}{
		"another region": {from: a, give: []Target{{"euw1", b}}},
		"logs":           {from: logs, want: []string{"a bucket for logs has no versions"}},
		"everything at once": {
			from: a, give: []Target{{"", nil}, {"euw1", a}, {"euw1", static}},
			want: []string{"targets[0].Code: required", "targets[0].Bucket: required", "targets[1].Bucket: it is the source itself",
				`targets[2].Code: "euw1" stands twice`, "targets[2].Bucket: it is for static, want one for uploads"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.from.checkTargets(tt.give)
			if tt.want == nil {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}
