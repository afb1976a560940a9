package secret

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
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
	password := recordtest.Only(t, rec, "random:index/randomPassword:RandomPassword")
	assert.True(t, password.Protect)
	assert.Equal(t, "-", password.String("overrideSpecial"))
	store := recordtest.Only(t, rec, "aws:secretsmanager/secret:Secret")
	assert.True(t, store.Protect)
	assert.InDelta(t, 30, store.Number("recoveryWindowInDays"), 0)
	assert.Equal(t, "database-secret", store.String(`tags["rung:component"]`))
	version := recordtest.Only(t, rec, "aws:secretsmanager/secretVersion:SecretVersion")
	assert.Equal(t, "app", recordtest.JSON(t, version, "secretString")["username"])
	assert.True(t, version.Secret("secretString"), "the stored text is not marked as secret")
}

func TestNothingIsCreatedForBadArgs(t *testing.T) {
	err := recordtest.Fails(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "x", Args{Length: 3})
		return err
	})
	require.ErrorContains(t, err, "secret x: Length")
}
