package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// stage5 is the load of stage 5.
func stage5(t *testing.T) cost.Options {
	t.Helper()
	stage, err := ladder.Get(5)
	require.NoError(t, err)
	return cost.Options{Traffic: stage.Traffic}
}

// Without a CDN 6.083 billion requests reach the servers; a tenth write, half
// of them from the other region, 2 kB each: 608 GB.
func TestPeeringPaysForWhatCrosses(t *testing.T) {
	e := estimate(t, stage5(t),
		res("", token.EC2Vpc, "network-vpc", m{}), away("eu-west-1", token.EC2Vpc, "network-euw1-vpc", m{}),
		away("eu-west-1", token.EC2VpcPeeringConnection, "peering", m{"peerRegion": "us-east-1"}),
		res("", token.EC2VpcPeeringConnectionAccepter, "accepter", m{}),
		res("", token.EC2VpcPeeringConnection, "within", m{"peerRegion": ""}),
	)
	// 608.33 GB over the two peerings of the stack × 0.02
	checkLines(t, e, "peering", map[string]want{"data between regions": {"3.04", "6.08", "12.17"}})
	checkLines(t, e, "accepter", map[string]want{})
	checkLines(t, e, "within", map[string]want{})
}

func TestTransitGatewayPaysBySideAndByGB(t *testing.T) {
	e := estimate(t, stage5(t),
		res("", token.EC2Vpc, "network-vpc", m{}), away("eu-west-1", token.EC2Vpc, "network-euw1-vpc", m{}),
		res("", token.EC2TransitGateway, "gateway", m{}),
		res("", token.EC2TransitGatewayVpcAttachment, "network", m{}),
		res("", token.EC2TransitGatewayPeeringAttachment, "asks", m{"peerRegion": "eu-west-1"}),
		away("eu-west-1", token.EC2TransitGatewayPeeringAttachmentAccepter, "accepts", m{}),
	)
	assert.Empty(t, e.Unpriced)
	checkLines(t, e, "gateway", map[string]want{})
	// 608.33 × 0.02, and 730 × 0.05
	checkLines(t, e, "network",
		map[string]want{"attachment hours": flat("36.50"), "data processed": {"6.08", "12.17", "24.33"}})
	checkLines(t, e, "asks",
		map[string]want{"attachment hours": flat("36.50"), "data between regions": {"6.08", "12.17", "24.33"}})
	checkLines(t, e, "accepts", map[string]want{"attachment hours": {"36.50", "40.52",
		"44.53"}}) // at 1.11 times, as Ireland's is not known
}

func TestJointsNeedTrafficForWhatTheyCarry(t *testing.T) {
	e := estimate(t, cost.Options{},
		res("", token.EC2TransitGatewayVpcAttachment, "network", m{}),
		res("", token.EC2VpcPeeringConnection, "peering", m{"peerRegion": "eu-west-1"}),
	)
	items := map[string]bool{}
	for _, u := range e.UsageBased {
		items[u.Name+" "+u.Item] = true
	}
	assert.True(t, items["network data processed"])
	assert.True(t, items["peering "], "nothing else of it is paid")
}
