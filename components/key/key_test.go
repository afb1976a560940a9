package key

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Key", Token) }

// run records a key of us-east-1 with replicas in further regions.
func run(t *testing.T, further map[string]string) (*record.Recording, *Key) {
	t.Helper()
	var made *Key
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		args := Args{AccountID: pulumi.String("123456789012")}
		for code, region := range further {
			p, err := aws.NewProvider(ctx, "aws-"+region, &aws.ProviderArgs{Region: pulumi.String(region)})
			if err != nil {
				return err
			}
			args.Replicas = append(args.Replicas, Replica{Code: code, Provider: p})
		}
		var err error
		made, err = New(ctx, "key", args)
		if err == nil {
			ctx.Export("home", made.In("use1"))
			ctx.Export("away", made.In("euw1"))
		}
		return err
	})
	return rec, made
}

func TestValidate(t *testing.T) {
	p := &aws.Provider{}
	tests := map[string]struct {
		give Args
		want []string // parts of the message; none means valid
	}{
		"one region":  {give: Args{AccountID: pulumi.String("1")}},
		"two regions": {give: Args{AccountID: pulumi.String("1"), Replicas: []Replica{{"euw1", p}, {"apse2", p}}}},
		"everything at once": {
			give: Args{Replicas: []Replica{{"eu-west-1", p}, {"euw1", nil}, {"euw1", p}}},
			want: []string{"AccountID: required", `Replicas[0].Code: got "eu-west-1"`, `Replicas[1].Provider: required (region "euw1")`, `Replicas[2].Code: "euw1" stands twice`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.validate()
			if tt.want == nil {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestKeyIsGuardedAndRotates(t *testing.T) {
	rec, _ := run(t, map[string]string{"euw1": "eu-west-1"})
	primary, replica := recordtest.Only(t, rec, token.KMSKey), recordtest.Only(t, rec, token.KMSReplicaKey)
	assert.True(t, primary.Protect)
	assert.True(t, replica.Protect)
	assert.True(t, primary.Bool("multiRegion"), "it cannot become one later")
	assert.True(t, primary.Bool("enableKeyRotation"))
	assert.InDelta(t, 30, replica.Number("deletionWindowInDays"), 0)
	assert.Equal(t, "eu-west-1", replica.Region)
	statements := recordtest.JSON(t, replica, "policy")["Statement"].([]any)
	assert.Equal(t, "arn:aws:iam::123456789012:root", statements[0].(map[string]any)["Principal"].(map[string]any)["AWS"])
}

func TestEachRegionKnowsTheKey(t *testing.T) {
	rec, _ := run(t, map[string]string{"euw1": "eu-west-1"})
	home, away := rec.Exports["home"].(string), rec.Exports["away"].(string)
	assert.Contains(t, home, ":us-east-1:")
	assert.Contains(t, away, ":eu-west-1:")
	for name, region := range map[string]string{"key-primary-alias": "us-east-1", "key-euw1-alias": "eu-west-1"} {
		assert.Equal(t, region, recordtest.Named(t, rec, token.KMSAlias, name).Region)
	}
}

func TestAnotherRegionChangesNothing(t *testing.T) {
	one, _ := run(t, map[string]string{"euw1": "eu-west-1"})
	two, _ := run(t, map[string]string{"euw1": "eu-west-1", "apse2": "ap-southeast-2"})
	for _, r := range one.Custom() {
		assert.Equal(t, r.Inputs, recordtest.Named(t, two, r.Type, r.Name).Inputs, r.Name)
	}
}
