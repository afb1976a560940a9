package network

import (
	"net/netip"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/region"
)

func TestAddressPlanIsFrozen(t *testing.T) {
	tests := map[string]struct {
		tier Tier
		slot int
		want string
	}{
		"first public":  {Public, 0, "10.0.0.0/20"},
		"second public": {Public, 1, "10.0.16.0/20"},
		"first private": {Private, 0, "10.0.64.0/20"},
		"first data":    {Data, 0, "10.0.128.0/20"},
		"last data":     {Data, 3, "10.0.176.0/20"},
		"last spare":    {Spare, 3, "10.0.240.0/20"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, subnetCIDR(netip.MustParsePrefix("10.0.0.0/16"), tt.tier, tt.slot).String())
		})
	}
}

func TestSmallerRangesKeepTheLayout(t *testing.T) {
	for name, tt := range map[string]struct {
		vpc        string
		tier       Tier
		slot       int
		want, tiny string // the subnet, and its tier's range
	}{
		"first of a /20":        {"172.16.0.0/20", Public, 0, "172.16.0.0/24", "172.16.0.0/22"},
		"last of a /20":         {"172.16.0.0/20", Spare, 3, "172.16.15.0/24", "172.16.12.0/22"},
		"private of a /22":      {"10.1.4.0/22", Private, 1, "10.1.5.64/26", "10.1.5.0/24"},
		"last that has /27":     {"192.168.2.0/23", Data, 3, "192.168.3.96/27", "192.168.3.0/25"},
		"a /24 has two a tier":  {"192.168.0.0/24", Private, 1, "192.168.0.96/27", "192.168.0.64/26"},
		"a /24 ends with spare": {"192.168.0.0/24", Spare, 1, "192.168.0.224/27", "192.168.0.192/26"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, subnetCIDR(netip.MustParsePrefix(tt.vpc), tt.tier, tt.slot).String())
			assert.Equal(t, tt.tiny, Args{CIDR: tt.vpc}.rangeOf(tt.tier))
		})
	}
}

func TestRegionSlotsAreFrozen(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1": "10.0.0.0/16", "us-west-2": "10.3.0.0/16", "eu-west-1": "10.4.0.0/16",
		"eu-central-1": "10.7.0.0/16", "ap-southeast-1": "10.15.0.0/16", "af-south-1": "10.31.0.0/16",
	} {
		got, err := RegionCIDR(region)
		require.NoError(t, err)
		assert.Equal(t, want, got, region)
	}
	_, err := RegionCIDR("eu-mars-1")
	assert.ErrorContains(t, err, "eu-mars-1")
}

func TestNATSlots(t *testing.T) {
	three := []string{"us-east-1a", "us-east-1b", "us-east-1c"}
	tests := map[string]struct {
		nat   NAT
		zones []string
		want  []int
	}{
		"none":                      {None, three, nil},
		"one instance":              {Instance, three, []int{0}},
		"one gateway":               {Single, three, []int{0}},
		"one for each zone":         {PerZone, three, []int{0, 1, 2}},
		"a free slot is left out":   {PerZone, []string{"us-east-1a", "", "us-east-1c"}, []int{0, 2}},
		"the first slot that is on": {Single, []string{"", "us-east-1b"}, []int{1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			args := Args{CIDR: "10.0.0.0/16", NAT: tt.nat, Zones: tt.zones}
			assert.Equal(t, tt.want, args.natSlots())
		})
	}
}

func TestValidate(t *testing.T) {
	good := func() Args { return Args{Region: "us-east-1", Zones: []string{"us-east-1a", "us-east-1b"}} }
	tests := map[string]struct {
		change func(*Args)
		want   []string // parts of the error; none means valid
	}{
		"defaults":        {change: func(*Args) {}},
		"no region":       {func(a *Args) { a.Region, a.CIDR = "", "10.0.0.0/16" }, []string{"Region: required"}},
		"unknown region":  {func(a *Args) { a.Region, a.Zones = "eu-mars-1", []string{"eu-mars-1a"} }, []string{"CIDR: required", "eu-mars-1"}},
		"own range":       {change: func(a *Args) { a.CIDR = "192.168.0.0/16" }},
		"a small range":   {change: func(a *Args) { a.CIDR = "10.0.0.0/24" }},
		"range too small": {func(a *Args) { a.CIDR = "10.0.0.0/25" }, []string{"CIDR", "10.0.0.0/25", "/16 to /24"}},
		"range too large": {func(a *Args) { a.CIDR = "10.0.0.0/15" }, []string{"CIDR", "10.0.0.0/15"}},
		"a /24 has two slots": {func(a *Args) {
			a.CIDR, a.Zones = "10.0.0.0/24", []string{"us-east-1a", "us-east-1b", "us-east-1c"}
		}, []string{"Zones: got 3, want 1 to 2 in 10.0.0.0/24"}},
		"public range": {func(a *Args) { a.CIDR = "8.8.0.0/16" }, []string{"CIDR", "8.8.0.0/16"}},
		"host bits":    {func(a *Args) { a.CIDR = "10.0.1.0/16" }, []string{"CIDR", "10.0.1.0/16"}},
		"IPv6":         {func(a *Args) { a.CIDR = "fd00::/16" }, []string{"CIDR", "fd00::/16"}},
		"no zones":     {func(a *Args) { a.Zones = nil }, []string{"Zones: got 0"}},
		"five zones": {func(a *Args) {
			a.Zones = []string{"us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e"}
		}, []string{"Zones: got 5, want 1 to 4"}},
		"zone twice":         {func(a *Args) { a.Zones = []string{"us-east-1a", "us-east-1a"} }, []string{"Zones[1]", "slot 0 already"}},
		"foreign zone":       {func(a *Args) { a.Zones = []string{"eu-west-1a"} }, []string{"Zones[0]", "eu-west-1a"}},
		"local zone":         {func(a *Args) { a.Zones = []string{"us-east-1-bos-1a"} }, []string{"us-east-1-bos-1a", "standard zone"}},
		"all slots free":     {func(a *Args) { a.Zones = []string{"", ""} }, []string{"all slots are empty"}},
		"NAT without users":  {func(a *Args) { a.NAT = Single }, []string{"NAT", "private subnets"}},
		"unknown NAT":        {func(a *Args) { a.NAT, a.Private = "double", true }, []string{`"double"`, "per-zone"}},
		"instance no image":  {func(a *Args) { a.NAT, a.Private = Instance, true }, []string{"NATImage: required"}},
		"logs to nowhere":    {func(a *Args) { a.FlowLogs = true }, []string{"LogBucketARN: required"}},
		"everything at once": {func(a *Args) { a.CIDR, a.Zones, a.FlowLogs = "x", nil, true }, []string{"CIDR", "Zones", "LogBucketARN"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			args := good()
			tt.change(&args)
			err := args.withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
				return
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

// genRange draws a private range of any size that a network may have.
func genRange(t *rapid.T) netip.Prefix {
	bits := rapid.IntRange(widestBits, narrowestBits).Draw(t, "bits")
	first := [4]byte{10, rapid.Byte().Draw(t, "second"), rapid.Byte().Draw(t, "third"), 0}
	return netip.PrefixFrom(netip.AddrFrom4(first), bits).Masked()
}

// genArgs draws a valid layout.
func genArgs(t *rapid.T) Args {
	name := rapid.SampledFrom(region.All()).Draw(t, "region").Name
	vpc := genRange(t)
	zones := make([]string, rapid.IntRange(1, slots(vpc)).Draw(t, "zones"))
	for i := range zones {
		zones[i] = name + string(rune('a'+i))
	}
	nat := rapid.SampledFrom(NATs()).Draw(t, "nat")
	args := Args{Region: name, CIDR: vpc.String(), Zones: zones, Private: true, NAT: nat, NATImage: pulumi.String("ami-1")}
	return args.withDefaults()
}

func TestSubnetsLieInsideAndNeverOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		args := genArgs(t)
		require.NoError(t, args.validate())
		vpc := netip.MustParsePrefix(args.CIDR)
		var all []netip.Prefix
		for tier := Public; tier <= Spare; tier++ {
			for _, s := range args.plan(tier) {
				p := netip.MustParsePrefix(s.CIDR)
				assert.True(t, vpc.Contains(p.Addr()) && p.Bits() > vpc.Bits(), "%s outside %s", p, vpc)
				assert.LessOrEqual(t, p.Bits(), finestBits, "a load balancer needs a /27")
				assert.True(t, netip.MustParsePrefix(args.rangeOf(tier)).Contains(p.Addr()), "%s outside its tier", p)
				for _, other := range all {
					assert.False(t, p.Overlaps(other), "%s overlaps %s", p, other)
				}
				all = append(all, p)
			}
		}
	})
}

func TestGrowthMovesNoSubnet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grown := genArgs(t)
		small := grown
		small.Zones = grown.Zones[:rapid.IntRange(1, len(grown.Zones)).Draw(t, "before")]
		small.NAT = rapid.SampledFrom(NATs()).Draw(t, "natBefore")
		for tier := Public; tier <= Data; tier++ {
			assert.Equal(t, small.plan(tier), grown.plan(tier)[:len(small.Zones)])
		}
		if small.NAT != None && grown.NAT != None {
			assert.Contains(t, grown.natSlots(), small.natSlots()[0], "the first address stays")
		}
	})
}

func TestRegionsNeverOverlap(t *testing.T) {
	seen := map[string]string{}
	for _, r := range region.All() {
		cidr, err := RegionCIDR(r.Name)
		require.NoError(t, err)
		assert.Empty(t, seen[cidr], "%s and %s share %s", r.Name, seen[cidr], cidr)
		seen[cidr] = r.Name
	}
}
