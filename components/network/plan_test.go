package network

import (
	"net/netip"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/region"
	"github.com/rung-dev/rung/region/addresses"
)

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
	bits := rapid.IntRange(addresses.Widest, addresses.Narrowest).Draw(t, "bits")
	first := [4]byte{10, rapid.Byte().Draw(t, "second"), rapid.Byte().Draw(t, "third"), 0}
	return netip.PrefixFrom(netip.AddrFrom4(first), bits).Masked()
}

// genArgs draws a valid layout.
func genArgs(t *rapid.T) Args {
	name := rapid.SampledFrom(region.All()).Draw(t, "region").Name
	vpc := genRange(t)
	zones := make([]string, rapid.IntRange(1, addresses.Slots(vpc)).Draw(t, "zones"))
	for i := range zones {
		zones[i] = name + string(rune('a'+i))
	}
	nat := rapid.SampledFrom(NATs()).Draw(t, "nat")
	args := Args{Region: name, CIDR: vpc.String(), Zones: zones, Private: true, NAT: nat, NATImage: pulumi.String("ami-1")}
	return args.withDefaults()
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
