package fleet

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/record/recordtest"
)

func TestAServiceIsAFleetOfItsOwn(t *testing.T) {
	rec, _ := run(t, web(func(a *Args) { a.Role = contract.RoleSearch }))
	recordtest.Only(t, rec, templateType)
	recordtest.Only(t, rec, groupType)
	recordtest.Only(t, rec, "aws:iam/role:Role")
	assert.Equal(t, contract.DrainSeconds, web(func(a *Args) { a.Role = contract.RoleSearch }).stopSeconds(),
		"a service is drained by its balancer")
}

func TestOnlyKnownRolesRun(t *testing.T) {
	for _, role := range roles() {
		require.NoError(t, web(func(a *Args) { a.Role = role }).withDefaults().checkProgram(), role)
	}
	require.ErrorContains(t, web(func(a *Args) { a.Role = contract.RoleAll }).checkProgram(),
		`Role: got "all", want one of [web worker users posts search gateway]`)
}
