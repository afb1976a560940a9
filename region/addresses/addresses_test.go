package addresses_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/region"
	"github.com/rung-dev/rung/region/addresses"
)

// Stacks stand on it: no row may change.
func TestThePlanIsFrozen(t *testing.T) {
	for name, tt := range map[string]struct {
		network string
		tier    addresses.Tier
		slot    int
		want    string
		whole   string // the tier's range
	}{
		"first public":          {"10.0.0.0/16", addresses.Public, 0, "10.0.0.0/20", "10.0.0.0/18"},
		"second public":         {"10.0.0.0/16", addresses.Public, 1, "10.0.16.0/20", "10.0.0.0/18"},
		"first private":         {"10.0.0.0/16", addresses.Private, 0, "10.0.64.0/20", "10.0.64.0/18"},
		"first data":            {"10.0.0.0/16", addresses.Data, 0, "10.0.128.0/20", "10.0.128.0/18"},
		"last data":             {"10.0.0.0/16", addresses.Data, 3, "10.0.176.0/20", "10.0.128.0/18"},
		"last spare":            {"10.0.0.0/16", addresses.Spare, 3, "10.0.240.0/20", "10.0.192.0/18"},
		"first of a /20":        {"172.16.0.0/20", addresses.Public, 0, "172.16.0.0/24", "172.16.0.0/22"},
		"last of a /20":         {"172.16.0.0/20", addresses.Spare, 3, "172.16.15.0/24", "172.16.12.0/22"},
		"private of a /22":      {"10.1.4.0/22", addresses.Private, 1, "10.1.5.64/26", "10.1.5.0/24"},
		"last that has /27":     {"192.168.2.0/23", addresses.Data, 3, "192.168.3.96/27", "192.168.3.0/25"},
		"a /24 has two a tier":  {"192.168.0.0/24", addresses.Private, 1, "192.168.0.96/27", "192.168.0.64/26"},
		"a /24 ends with spare": {"192.168.0.0/24", addresses.Spare, 1, "192.168.0.224/27", "192.168.0.192/26"},
	} {
		t.Run(name, func(t *testing.T) {
			network := netip.MustParsePrefix(tt.network)
			assert.Equal(t, tt.want, addresses.Subnet(network, tt.tier, tt.slot).String())
			assert.Equal(t, tt.whole, addresses.TierRange(network, tt.tier).String())
		})
	}
}

func TestRoomOfARange(t *testing.T) {
	for text, want := range map[string][2]int{ // slots, usable addresses of each subnet
		"10.0.0.0/16": {4, 4091}, "10.0.0.0/20": {4, 251}, "10.0.0.0/23": {4, 27}, "10.0.0.0/24": {2, 27},
	} {
		network := netip.MustParsePrefix(text)
		assert.Equal(t, want, [2]int{addresses.Slots(network), addresses.Usable(network)}, text)
	}
}

func TestRegionsKeepTheirRanges(t *testing.T) {
	for name, want := range map[string]string{
		"us-east-1": "10.0.0.0/16", "us-west-2": "10.3.0.0/16", "eu-west-1": "10.4.0.0/16",
		"eu-central-1": "10.7.0.0/16", "ap-southeast-1": "10.15.0.0/16", "af-south-1": "10.31.0.0/16",
	} {
		got, err := addresses.Of(name)
		require.NoError(t, err)
		assert.Equal(t, want, got.String(), name)
	}
	_, err := addresses.Of("eu-mars-1")
	assert.ErrorContains(t, err, "eu-mars-1")
	seen := map[netip.Prefix]string{}
	for _, r := range region.All() {
		p, err := addresses.Of(r.Name)
		require.NoError(t, err)
		assert.True(t, addresses.Planned.Overlaps(p), "%s is outside of what is kept for the plan", r.Name)
		assert.Empty(t, seen[p], "%s and %s share %s", r.Name, seen[p], p)
		seen[p] = r.Name
	}
}

func TestParse(t *testing.T) {
	for text, taken := range map[string]bool{
		"10.0.0.0/16": true, "10.0.0.0/24": true, "172.31.240.0/20": true,
		"10.0.0.0/15": false, "10.0.0.0/25": false, "10.0.1.0/16": false, "8.8.0.0/16": false, "fd00::/16": false,
		"10.0.0.0": false, "": false,
	} {
		_, err := addresses.Parse(text)
		assert.Equal(t, taken, err == nil, "%s: %v", text, err)
	}
}

// Subnets of any network lie in it and in their tier, never overlap, and carry a
// load balancer.
func TestSubnetsFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := [4]byte{10, rapid.Byte().Draw(t, "second"), rapid.Byte().Draw(t, "third"), 0}
		bits := rapid.IntRange(addresses.Widest, addresses.Narrowest).Draw(t, "bits")
		network := netip.PrefixFrom(netip.AddrFrom4(first), bits).Masked()
		var all []netip.Prefix
		for tier := addresses.Public; tier <= addresses.Spare; tier++ {
			for slot := range addresses.Slots(network) {
				p := addresses.Subnet(network, tier, slot)
				assert.True(t, network.Contains(p.Addr()) && p.Bits() > network.Bits(), "%s outside %s", p, network)
				assert.True(t, addresses.TierRange(network, tier).Contains(p.Addr()), "%s outside its tier", p)
				assert.GreaterOrEqual(t, addresses.Usable(network), 8, "a load balancer needs eight")
				for _, other := range all {
					assert.False(t, p.Overlaps(other), "%s overlaps %s", p, other)
				}
				all = append(all, p)
			}
		}
	})
}
