package network

import (
	"net/netip"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record/recordtest"
)

func stands(id, zone, cidr string) part.Subnet {
	return part.Subnet{ID: pulumi.String(id).ToStringOutput(), Zone: zone, CIDR: cidr,
		RouteTableID: pulumi.String("rtb-" + id).ToStringOutput()}
}

func own() Args {
	return Args{Region: "eu-west-1", CIDR: "10.20.0.0/16", Own: &Own{
		VPCID:   pulumi.String("vpc-1"),
		Public:  []part.Subnet{stands("a", "eu-west-1a", "10.20.1.0/24"), stands("b", "eu-west-1b", "10.20.2.0/24")},
		Private: []part.Subnet{stands("c", "eu-west-1a", "10.20.16.0/22"), stands("d", "eu-west-1b", "10.20.24.0/22")},
	}}
}

func TestAnOwnVPCIsHandedOnAndNothingIsMade(t *testing.T) {
	var n *Network
	rec := recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		n, err = New(ctx, "network", own())
		if err == nil {
			ctx.Export("vpc", n.VPCID)
			ctx.Export("private", part.IDs(n.Private))
		}
		return err
	})
	assert.Empty(t, rec.Custom(), "the component alone")
	assert.Equal(t, "vpc-1", rec.Exports["vpc"])
	assert.Equal(t, []any{"c", "d"}, rec.Exports["private"])
	assert.Equal(t, "10.20.16.0/20", n.PrivateRange, "the narrowest that holds them")
	assert.Equal(t, "public-0", n.RouteTables[0].Name)
	assert.Len(t, n.RouteTables, 4)
	assert.Empty(t, n.Data)
}

func TestOwnVPCsAreChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Args)
		want   []string
	}{
		"good":             {func(*Args) {}, nil},
		"no id":            {func(a *Args) { a.Own.VPCID = nil }, []string{"Own.VPCID: required"}},
		"no subnets":       {func(a *Args) { a.Own.Public, a.Own.Private = nil, nil }, []string{"Own: no subnets"}},
		"a nameless one":   {func(a *Args) { a.Own.Public[0].ID = pulumi.StringOutput{} }, []string{"Own.Public[0].ID"}},
		"a foreign zone":   {func(a *Args) { a.Own.Private[1].Zone = "us-east-1a" }, []string{"Own.Private[1].Zone", "us-east-1a"}},
		"outside the VPC":  {func(a *Args) { a.Own.Public[1].CIDR = "10.21.0.0/24" }, []string{"Own.Public[1].CIDR", "within 10.20.0.0/16"}},
		"over one another": {func(a *Args) { a.Own.Public[1].CIDR = "10.20.1.128/25" }, []string{"overlaps 10.20.1.0/24"}},
		"no range":         {func(a *Args) { a.CIDR = "" }, []string{`CIDR: got ""`}},
		"half made":        {func(a *Args) { a.NAT, a.Private = Single, true }, []string{"leave Zones, Private, Data, NAT"}},
	} {
		t.Run(name, func(t *testing.T) {
			args := own()
			tt.change(&args)
			err := args.withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				require.ErrorContains(t, err, part)
			}
		})
	}
}

func TestCovering(t *testing.T) {
	for want, ranges := range map[string][]string{
		"":              {},
		"10.0.1.0/24":   {"10.0.1.0/24"},
		"10.0.0.0/22":   {"10.0.1.0/24", "10.0.2.0/24"},
		"10.0.0.0/16":   {"10.0.1.0/24", "10.0.0.0/16"},
		"10.20.16.0/20": {"10.20.16.0/22", "10.20.24.0/22"},
	} {
		var all []netip.Prefix
		for _, r := range ranges {
			all = append(all, netip.MustParsePrefix(r))
		}
		assert.Equal(t, want, covering(all))
	}
}
