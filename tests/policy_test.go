package tests

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// policed is the exit code of a plan that a mandatory policy stops.
const policed = 5

// A burstable database on rung 3 is a mandatory violation of size-ladder.
func TestPoliciesStopAPlan(t *testing.T) {
	t.Parallel()
	u := newUser(t, "database.class=db.t4g.medium")

	seen := u.rung("preview", "3")
	assert.Equal(t, policed, seen.code, seen.all())
	assert.Contains(t, seen.out, "STOPPED BY THE POLICIES")
	assert.Contains(t, seen.out, "size-ladder: database-primary: instanceClass is \"db.t4g.medium\"")

	data := u.rung("preview", "3", "--format", "json")
	assert.Equal(t, policed, data.code, data.all())
	var r struct {
		Policies []struct{ ID, Level, URN, Message string }
	}
	require.NoError(t, json.Unmarshal([]byte(data.out), &r))
	require.NotEmpty(t, r.Policies)
	assert.Equal(t, "size-ladder", r.Policies[0].ID)
	assert.Equal(t, "mandatory", r.Policies[0].Level)
	assert.Contains(t, r.Policies[0].URN, "::database-primary")

	table := u.rung("preview", "3", "--format", "markdown")
	assert.Equal(t, policed, table.code, table.all())
	assert.Contains(t, table.out, "> - `size-ladder` (mandatory): database-primary")

	refused := u.rung("up", "3")
	assert.Equal(t, policed, refused.code, refused.all())
	u.neverDeployed()

	assert.Equal(t, done, u.rung("preview", "3", "--no-policies").code)
	assert.Equal(t, done, u.rung("preview", "3", "--set", `policy={"size-ladder":"advisory"}`).code)
}

func TestPolicySettingsAreRead(t *testing.T) {
	t.Parallel()
	u := newUser(t, `policy={"no-such-rule":"mandatory","rds-backups":"loud"}`)
	r := u.rung("preview", "3")
	assert.Equal(t, usage, r.code, r.all())
	assert.Contains(t, r.err, "rung:policy.no-such-rule: no such rule")
	assert.Contains(t, r.err, `rung:policy.rds-backups: got "loud", want advisory, mandatory, disabled`)
	assert.Empty(t, u.files(), "nothing is created for wrong settings")
}

// With default settings no rung breaks a mandatory rule, and none is advised
// of anything that rung could have done better.
func TestRungsPassThePolicies(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"1", "2", "3"} {
		seen := newUser(t).rung("preview", stage)
		require.Equal(t, done, seen.code, seen.all())
		assert.NotContains(t, seen.out, "the policies advise")
	}
}
