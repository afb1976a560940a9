package tests

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// policed is the exit code of a plan that a mandatory policy stops.
const policed = 5

// A burstable database on stage 3 is a mandatory violation of size-ladder.
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

// A wrong setting stops every command that runs the policies, with its key, and
// before anything is made.
func TestPolicySettingsAreRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		command []string
		setting string
		want    string
	}{
		"an unknown rule":  {[]string{"preview", "3"}, `policy={"rds-multi-as":"mandatory"}`, "rung:policy.rds-multi-as: no such rule: did you mean rds-multi-az?"},
		"an unknown level": {[]string{"up", "3"}, `policy={"rds-backups":"loud"}`, `rung:policy.rds-backups: got "loud", want advisory, mandatory, disabled`},
		"no reason": {[]string{"preview", "3"}, `policy={"alb-waf":{"exceptions":[{"resource":"loadbalancer-alb","until":"2999-12-31"}]}}`,
			"rung:policy.alb-waf.exceptions[0].reason: required"},
		"no date": {[]string{"up", "3"}, `policy={"alb-waf":{"exceptions":[{"resource":"loadbalancer-alb","reason":"a test"}]}}`,
			`rung:policy.alb-waf.exceptions[0].until: got ""`},
		"a past date": {[]string{"diff", "2", "3"}, `policy={"alb-waf":{"exceptions":[{"resource":"loadbalancer-alb","reason":"a test","until":"2020-01-31"}]}}`,
			"rung:policy.alb-waf.exceptions[0].until: 2020-01-31 is in the past"},
		"no money": {[]string{"preview", "3"}, "budget=plenty", `rung:budget: got "plenty"`},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUser(t, tt.setting)
			r := u.rung(tt.command...)
			assert.Equal(t, usage, r.code, r.all())
			assert.Contains(t, r.err, tt.want)
			assert.Empty(t, u.files(), "nothing is created for wrong settings")
		})
	}
}

// With default settings no stage breaks a mandatory rule, and none is advised
// of anything that rung could have done better.
func TestStagesPassThePolicies(t *testing.T) {
	t.Parallel()
	for n := ladder.First; n <= config.Built; n++ {
		seen := newUser(t).rung("preview", fmt.Sprint(n))
		require.Equal(t, done, seen.code, seen.all())
		assert.NotContains(t, seen.out, "the policies advise")
	}
}
