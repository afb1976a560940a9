package secret

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Secret", Token) }

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		give Args
		want []string // parts of the message; none means valid
	}{
		"the zero value is good":  {},
		"JSON with a field":       {give: Args{Username: "app", Fields: map[string]string{"dbname": "app"}}},
		"too short":               {give: Args{Length: 8}, want: []string{"Length: got 8, want 16 to 128"}},
		"too long":                {give: Args{Length: 200}, want: []string{"Length: got 200"}},
		"fields of bare password": {give: Args{Fields: map[string]string{"dbname": "app"}}, want: []string{"set Username"}},
		"two more regions":        {give: Args{Replicas: ReplicasIn([]string{"eu-west-1", "ap-southeast-2"})}},
		"no region":               {give: Args{Replicas: ReplicasIn([]string{"Ireland"})}, want: []string{`Replicas[0].Region: got "Ireland"`}},
		"a region twice":          {give: Args{Replicas: ReplicasIn([]string{"eu-west-1", "eu-west-1"})}, want: []string{`Replicas[1].Region: "eu-west-1" stands twice`}},
		"stored nowhere":          {give: Args{Unstored: true}},
		"a copy of nothing": {give: Args{Unstored: true, Replicas: ReplicasIn([]string{"eu-west-1"})},
			want: []string{"Unstored: there is nothing for"}},
		"all problems at once": {
			give: Args{Length: 1, Username: "app", Fields: map[string]string{"password": "x"}},
			want: []string{"Length: got 1", `"password" is filled in`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults("x").validate()
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			for _, part := range tt.want {
				require.ErrorContains(t, err, part)
			}
		})
	}
}

func TestObject(t *testing.T) {
	assert.Nil(t, Args{}.object("pw"))
	got := Args{Username: "app", Fields: map[string]string{"dbname": "shop"}}.object("pw")
	assert.Equal(t, map[string]string{"username": "app", "password": "pw", "dbname": "shop"}, got)
}

func TestPasswordIsProtectedAndRecoverable(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "database-secret", Args{Username: "app"})
		return err
	})
	password := recordtest.Only(t, rec, token.RandomPassword)
	assert.True(t, password.Protect)
	assert.Equal(t, "-", password.String("overrideSpecial"))
	store := recordtest.Only(t, rec, token.SecretsManagerSecret)
	assert.True(t, store.Protect)
	assert.InDelta(t, 30, store.Number("recoveryWindowInDays"), 0)
	assert.Equal(t, "database-secret", store.String(`tags["rung:component"]`))
	version := recordtest.Only(t, rec, token.SecretsManagerSecretVersion)
	assert.Equal(t, "app", recordtest.JSON(t, version, "secretString")["username"])
	assert.True(t, version.Secret("secretString"), "the stored text is not marked as secret")
}

// What no machine reads is in no store, and costs nothing; by its digest machines know it.
func TestAnUnstoredPasswordIsKnownByItsDigest(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		s, err := New(ctx, "origin", Args{Unstored: true})
		if err == nil {
			ctx.Export("digest", s.Digest())
		}
		return err
	})
	assert.Empty(t, rec.All(token.SecretsManagerSecret))
	assert.Empty(t, rec.All(token.SecretsManagerSecretVersion))
	password := recordtest.Only(t, rec, token.RandomPassword)
	assert.Equal(t, "origin-password", password.Name)
	assert.Equal(t, digest(password.Output("result").(string)), rec.Exports["digest"])
	assert.Equal(t, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", digest("hello"))
}

func TestEachRegionReadsItsOwnCopy(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		s, err := New(ctx, "origin",
			Args{Replicas: []Replica{{Region: "eu-west-1"},
				{Region: "eu-central-1", Key: pulumi.String("arn:aws:kms:eu-central-1:1:key/mrk-1")}}})
		if err == nil {
			ctx.Export("here", s.ARN)
			ctx.Export("there", s.In("eu-west-1"))
		}
		return err
	})
	store := recordtest.Only(t, rec, token.SecretsManagerSecret)
	assert.Equal(t, []any{
		map[string]any{"region": "eu-west-1"},
		map[string]any{"region": "eu-central-1", "kmsKeyId": "arn:aws:kms:eu-central-1:1:key/mrk-1"},
	}, store.Inputs["replicas"])
	here, there := rec.Exports["here"].(string), rec.Exports["there"].(string)
	assert.Equal(t, strings.Replace(here, ":us-east-1:", ":eu-west-1:", 1), there)
	assert.NotEqual(t, here, there)
}

func TestASecretOfOneRegionSaysNothingOfReplicas(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "origin", Args{})
		return err
	})
	assert.NotContains(t, recordtest.Only(t, rec, token.SecretsManagerSecret).Inputs, "replicas")
}

func TestInRegion(t *testing.T) {
	assert.Equal(t, "arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf",
		inRegion("arn:aws:secretsmanager:us-east-1:1:secret:db-AbCdEf", "eu-west-1"))
	assert.Equal(t, "not an ARN", inRegion("not an ARN", "eu-west-1"))
}

func TestNothingIsCreatedForBadArgs(t *testing.T) {
	err := recordtest.Fails(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "x", Args{Length: 3})
		return err
	})
	require.ErrorContains(t, err, "secret x: Length")
}
