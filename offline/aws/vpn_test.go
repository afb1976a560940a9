package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestVPN(t *testing.T) {
	c := cloud(t, "eu-west-1")
	v := c.Must(token.EC2Vpc, "v", sim.Props{"cidrBlock": "10.0.0.0/16"})
	w := c.Must(token.EC2Vpc, "w", sim.Props{"cidrBlock": "10.1.0.0/16"})
	table := c.Must(token.EC2RouteTable, "t", sim.Props{"vpcId": v.ID})
	theirs := c.Must(token.EC2CustomerGateway, "office", sim.Props{"bgpAsn": "65000", "ipAddress": "198.51.100.7",
		"type": "ipsec.1"})
	ours := c.Must(token.EC2VpnGateway, "ours", sim.Props{})
	_, err := c.Create(token.EC2VpnGatewayRoutePropagation, "p", sim.Props{"routeTableId": table.ID,
		"vpnGatewayId": ours.ID})
	mustRefuse(t, err, "Gateway.NotAttached", "depend on the attachment")
	c.Settled(token.EC2VpnGatewayAttachment, "a", sim.Props{"vpcId": v.ID, "vpnGatewayId": ours.ID})
	c.Settled(token.EC2VpnGatewayRoutePropagation, "p", sim.Props{"routeTableId": table.ID, "vpnGatewayId": ours.ID})
	in := sim.Props{"customerGatewayId": theirs.ID, "vpnGatewayId": ours.ID, "type": "ipsec.1", "staticRoutesOnly": true}
	k := c.Settled(token.EC2VpnConnection, "k", in)
	assert.Regexp(t, `^203\.0\.113\.\d+$`, k.Str("tunnel1Address"))
	assert.NotEqual(t, k.Str("tunnel1Address"), k.Str("tunnel2Address"))
	replacedBy(t, c, k, in, map[string]sim.Props{"static": {"staticRoutesOnly": false},
		"tags": {"tags": obj{"a": "b"}}}, map[string]bool{"static": true})
	c.Settled(token.EC2VpnConnectionRoute, "r", sim.Props{"vpnConnectionId": k.ID,
		"destinationCidrBlock": "192.168.0.0/16"})
	dynamic := c.Must(token.EC2VpnConnection, "bgp", with(in, sim.Props{"staticRoutesOnly": nil}))
	allRefused(t, c, map[string]mistake{
		"neither": {token.EC2VpnConnection, with(in, sim.Props{"vpnGatewayId": nil}), []string{"vpnGatewayId"}},
		"inside":  {token.EC2VpnConnection, with(in, sim.Props{"tunnel1InsideCidr": "169.254.0.0/30"}), []string{"InvalidParameterValue"}},
		"nobody":  {token.EC2VpnConnection, with(in, sim.Props{"customerGatewayId": "cgw-1"}), []string{"InvalidCustomerGatewayID.NotFound"}},
		"BGP": {token.EC2VpnConnectionRoute, sim.Props{"vpnConnectionId": dynamic.ID, "destinationCidrBlock": "192.168.0.0/16"},
			[]string{"UnsupportedOperation", "staticRoutesOnly"}},
		"two": {token.EC2VpnGatewayAttachment, sim.Props{"vpcId": w.ID, "vpnGatewayId": ours.ID}, []string{"VpnGatewayAttachmentLimitExceeded"}},
	})
	require.ErrorContains(t, c.Delete(theirs), "IncorrectState")
	require.NoError(t, c.Delete(k))
}
