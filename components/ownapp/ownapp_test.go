package ownapp

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
)

func artifact() part.Artifact {
	text := pulumi.String("x")
	return part.Artifact{Bucket: text, BucketARN: text, Key: text,
		SHA256: "0123456789012345678901234567890123456789012345678901234567890123"}
}

func TestEveryRoleIsAGoodProgram(t *testing.T) {
	for _, role := range append(contract.Roles(), contract.Services()...) {
		p := Program(role, artifact()).WithDefaults("app")
		require.NoError(t, p.Check(), role)
		assert.Equal(t, []string{string(role)}, p.Command, "the role is the binary's subcommand")
		assert.Equal(t, contract.EnvRole, p.Environment[0].Name)
		assert.Equal(t, contract.BootSeconds, p.BootSeconds)
	}
}

func TestStoppingFitsIntoTheSpotNotice(t *testing.T) {
	assert.Equal(t, contract.DrainSeconds, Program(contract.RoleWeb, artifact()).StopSeconds)
	worker := Program(contract.RoleWorker, artifact())
	assert.True(t, worker.FinishesWork, "no balancer drains jobs")
	assert.GreaterOrEqual(t, worker.StopSeconds, contract.JobSeconds)
	assert.LessOrEqual(t, worker.StopSeconds, program.MaxSpotSeconds)
	assert.Equal(t, contract.DrainSeconds, Program(contract.RoleSearch, artifact()).StopSeconds,
		"a service is drained by its balancer")
}

// The posts service has the system's database, which web and workers bring up to date.
func TestWhoHasADatabaseBringsItUpToDate(t *testing.T) {
	migrate := []string{"migrate"}
	for role, want := range map[contract.Role][]string{
		contract.RoleWeb: migrate, contract.RoleWorker: migrate, contract.RoleUsers: migrate,
		contract.RolePosts: nil, contract.RoleSearch: nil, contract.RoleAll: nil,
	} {
		assert.Equal(t, want, Program(role, artifact()).Setup, role)
	}
}

func TestCertificatesComeWithTheVariableThatNamesThem(t *testing.T) {
	named := part.Variable{Name: contract.EnvDatabaseCA, Value: pulumi.String(program.DatabaseCAPath)}
	assert.True(t, Program(contract.RoleWeb, artifact(), named).DatabaseCA)
	assert.False(t, Program(contract.RoleWeb, artifact()).DatabaseCA)
}
