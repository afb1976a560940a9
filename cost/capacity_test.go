package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// The figures are computed by hand from the prices in the comments.
func TestReservedCapacityGoesByItsSystem(t *testing.T) {
	reservation := func(more m) cost.Resource {
		p := m{"instanceType": "m5.large", "instanceCount": 2.0}
		for k, v := range more {
			p[k] = v
		}
		return res("", token.EC2CapacityReservation, "x", p)
	}
	for system, tt := range map[string]string{
		"Linux/UNIX":               "140.16", // 2 × 730 × 0.096
		"Windows":                  "274.48", // 2 × 730 × 0.188
		"Red Hat Enterprise Linux": "182.21", // 2 × 730 × 0.1248 = 182.208
		"SUSE Linux":               "221.92", // 2 × 730 × 0.152
	} {
		e := estimate(t, cost.Options{}, reservation(m{"instancePlatform": system}))
		assert.Equal(t, tt, e.Expected.StringFixed(2), system)
	}
	for name, more := range map[string]m{
		"a licence of SQL Server": {"instancePlatform": "Windows with SQL Server Standard"},
		"its own hardware":        {"tenancy": "dedicated"},
	} {
		assert.Len(t, estimate(t, cost.Options{}, reservation(more)).Unpriced, 1, name)
	}
}

// Capacity for Windows holds no machine of Linux, and what runs in it does not vanish.
func TestReservedCapacityHoldsItsOwnSystem(t *testing.T) {
	held := res("", token.EC2CapacityReservation, "held", m{"instanceType": "m5.large", "instanceCount": 1.0,
		"instancePlatform": "Windows"})
	machine := func(more m) cost.Resource {
		p := m{"instanceType": "m5.large", "associatePublicIpAddress": false}
		for k, v := range more {
			p[k] = v
		}
		return res("", token.EC2Instance, "x", p)
	}
	e := estimate(t, cost.Options{}, held, machine(nil))
	assert.Equal(t, "207.96", e.Expected.StringFixed(2)) // 730 × 0.188 + 730 × 0.096 + 8 × 0.08
	e = estimate(t, cost.Options{}, held, machine(m{"getPasswordData": true}))
	assert.Equal(t, "137.88", e.Expected.StringFixed(2)) // 730 × 0.188 + 8 × 0.08
	if assert.Len(t, e.UsageBased, 1) {
		assert.Contains(t, e.UsageBased[0].Reason, "in reserved capacity")
	}
}

func TestGatewaysAndEndpointsByTheirKind(t *testing.T) {
	for name, tt := range map[string]struct {
		typ   string
		props m
		want  string
	}{
		"a NAT gateway of a network in two zones": {token.EC2NatGateway, m{"availabilityMode": "regional",
			"availabilityZoneAddresses": l{m{"availabilityZone": "a"}, m{"availabilityZone": "b"}}}, "73.00"}, // 2 × 730 × (0.045 + 0.005)
		"a NAT gateway with two more addresses": {token.EC2NatGateway, m{"allocationId": "e1",
			"secondaryAllocationIds": l{"e2", "e3"}}, "43.80"}, // 730 × 0.045 + 3 × 730 × 0.005
		"an endpoint of a resource":        {token.EC2VpcEndpoint, m{"vpcEndpointType": "Resource", "subnetIds": l{"a"}}, "0.00"},
		"an address that was brought":      {token.EC2Eip, m{"publicIpv4Pool": "ipv4pool-ec2-1"}, "0.00"},
		"an address of AWS's, in a state":  {token.EC2Eip, m{"publicIpv4Pool": "amazon"}, "3.65"},
		"an endpoint of three zones":       {token.EC2VpcEndpoint, m{"vpcEndpointType": "Interface", "subnetIds": l{"a", "b", "c"}}, "21.90"},
		"a NAT gateway without an address": {token.EC2NatGateway, m{"connectivityType": "private"}, "32.85"},
	} {
		e := estimate(t, cost.Options{}, res("", tt.typ, "x", tt.props))
		assert.Equal(t, tt.want, e.Expected.StringFixed(2), name)
	}
}
