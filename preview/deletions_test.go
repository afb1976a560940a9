package preview

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
)

func TestUnmentioned(t *testing.T) {
	const root = "urn:pulumi:dev::rung::"
	state := []apitype.ResourceV3{
		{URN: root + "pulumi:pulumi:Stack::rung-dev", Type: token.Stack},
		{URN: root + "pulumi:providers:aws::aws", Type: "pulumi:providers:aws", Custom: true},
		{URN: root + "rung:components:Server::server", Type: "rung:components:Server"},
		{URN: root + "rung:components:Server$aws:ebs/volume:Volume::server-data", Type: token.EBSVolume,
			Custom: true, Protect: true,
			Inputs: map[string]any{"size": 20.0}, Parent: root + "rung:components:Server::server"},
		{URN: root + "rung:components:Server$aws:ec2/eip:Eip::server", Type: token.EC2Eip, Custom: true},
	}
	got := Unmentioned([]Step{{Op: Same, URN: root + "rung:components:Server$aws:ec2/eip:Eip::server"}}, state)
	require.Len(t, got, 1, "what the plan tells of, components and providers are left out")
	assert.Equal(t, Delete, got[0].Op)
	assert.Equal(t, "server-data", got[0].Name)
	assert.Equal(t, "server", got[0].Component)
	assert.True(t, got[0].Protect)
	assert.Len(t, Unmentioned(nil, state), 2)
}
