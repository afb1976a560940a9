package peering

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// regions are those of the tests, by code.
var regions = map[string]string{"use1": "us-east-1", "euw1": "eu-west-1", "usw2": "us-west-2",
	"apse2": "ap-southeast-2"}

var ranges = map[string]string{"use1": "10.0.0.0/16", "euw1": "10.4.0.0/16", "usw2": "10.3.0.0/16",
	"apse2": "10.16.0.0/16"}

func sideOf(ctx *pulumi.Context, code string) (Side, error) {
	provider, err := aws.NewProvider(ctx, "aws-"+regions[code], &aws.ProviderArgs{Region: pulumi.String(regions[code])})
	zone := func(z string) part.Subnet {
		return part.Subnet{ID: pulumi.String("subnet-" + code + z).ToStringOutput(), Zone: regions[code] + z}
	}
	table := func(name string) part.RouteTable {
		return part.RouteTable{Name: name, ID: pulumi.String("rtb-" + code + name).ToStringOutput()}
	}
	return Side{
		Region: regions[code], Code: code, VPCID: pulumi.String("vpc-" + code), CIDR: ranges[code], Provider: provider,
		Tables:  []part.RouteTable{table("private-0"), table("data")},
		Subnets: []part.Subnet{zone("a"), zone("b"), zone("a")},
		Alerts:  pulumi.String("arn:aws:sns:" + regions[code] + ":123456789012:alerts"),
	}, err
}

func join(t *testing.T, kind Kind, codes ...string) *record.Recording {
	t.Helper()
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		args := Args{Kind: kind}
		for _, code := range codes {
			s, err := sideOf(ctx, code)
			if err != nil {
				return err
			}
			args.Sides = append(args.Sides, s)
		}
		_, err := New(ctx, "peering", args)
		return err
	})
}

// names are the logical names of the resources of a type, sorted.
func names(rec *record.Recording, typ string) []string {
	var list []string
	for _, r := range rec.All(typ) {
		list = append(list, r.Name)
	}
	slices.Sort(list)
	return list
}

func TestTokensAreFrozen(t *testing.T) {
	assert.Equal(t, "rung:components:Peering", Token)
	assert.Equal(t, "rung:components:PeeringSide", SideToken)
}

func TestOneAsksTheOtherAccepts(t *testing.T) {
	rec := join(t, VPC, "use1", "euw1")
	asked := recordtest.Only(t, rec, token.EC2VpcPeeringConnection)
	assert.Equal(t, "peering-euw1-use1", asked.Name)
	assert.Equal(t, "us-east-1", asked.String("peerRegion"))
	assert.Equal(t, "vpc-euw1", asked.String("vpcId"))
	assert.Equal(t, "vpc-use1", asked.String("peerVpcId"))
	assert.Contains(t, asked.Provider, "::aws-eu-west-1::")
	accepted := recordtest.Only(t, rec, token.EC2VpcPeeringConnectionAccepter)
	assert.True(t, accepted.Bool("autoAccept"))
	assert.Contains(t, accepted.Provider, "::aws-us-east-1::", "accepted where the other network is")
}

func TestEachSideResolvesInItsRegion(t *testing.T) {
	rec := join(t, VPC, "use1", "euw1")
	asks := recordtest.Named(t, rec, token.EC2PeeringConnectionOptions, "peering-euw1-use1-names-euw1")
	assert.Equal(t, true, asks.Value("requester.allowRemoteVpcDnsResolution"))
	assert.False(t, asks.Has("accepter"))
	accepts := recordtest.Named(t, rec, token.EC2PeeringConnectionOptions, "peering-euw1-use1-names-use1")
	assert.Equal(t, true, accepts.Value("accepter.allowRemoteVpcDnsResolution"))
	assert.Contains(t, accepts.Provider, "::aws-us-east-1::")
}

func TestEveryTableKnowsTheWay(t *testing.T) {
	rec := join(t, VPC, "use1", "euw1")
	assert.Equal(t, []string{
		"peering-euw1-data-to-use1", "peering-euw1-private-0-to-use1", "peering-use1-data-to-euw1",
		"peering-use1-private-0-to-euw1",
	}, names(rec, token.EC2Route))
	way := recordtest.Named(t, rec, token.EC2Route, "peering-use1-data-to-euw1")
	assert.Equal(t, "10.4.0.0/16", way.String("destinationCidrBlock"))
	assert.Equal(t, "rtb-use1data", way.String("routeTableId"))
	assert.Contains(t, way.Provider, "::aws-us-east-1::")
	accepter := recordtest.Only(t, rec, token.EC2VpcPeeringConnectionAccepter)
	assert.Contains(t, way.Dependencies, accepter.URN, "no route may lead into a peering that is not active")
}

func TestOneNetworkNeedsNoWay(t *testing.T) {
	for _, kind := range Kinds() {
		rec := join(t, kind, "use1")
		assert.Empty(t, rec.All(token.EC2Route))
		assert.Empty(t, rec.All(token.EC2TransitGateway))
	}
}

// Which region is listed first must not matter: a person sorts the list, and
// nothing is replaced.
func TestOrderDoesNotMatter(t *testing.T) {
	for _, kind := range Kinds() {
		want := inputs(join(t, kind, "apse2", "euw1", "use1", "usw2"))
		assert.Equal(t, want, inputs(join(t, kind, "usw2", "use1", "euw1", "apse2")))
		assert.Equal(t, want, inputs(join(t, kind, "euw1", "usw2", "apse2", "use1")))
	}
}

// inputs are the inputs of all resources by URN.
func inputs(rec *record.Recording) map[string]any {
	all := map[string]any{}
	for _, typ := range rec.Types() {
		for _, r := range rec.All(typ) {
			all[string(r.URN)] = r.Inputs
		}
	}
	return all
}

func TestARegionThatJoinsIsCreatesOnly(t *testing.T) {
	for _, kind := range Kinds() {
		before, after := inputs(join(t, kind, "use1", "euw1")), inputs(join(t, kind, "use1", "euw1", "apse2"))
		for urn, in := range before {
			assert.Equal(t, in, after[urn], urn)
		}
		assert.Greater(t, len(after), len(before))
	}
}

func TestAnotherWayUpdatesTheRoutes(t *testing.T) {
	peering, transit := join(t, VPC, "use1", "euw1"), join(t, TransitGateway, "use1", "euw1")
	assert.Equal(t, names(peering, token.EC2Route), names(transit, token.EC2Route))
	for _, name := range names(peering, token.EC2Route) {
		before, after := recordtest.Named(t, peering, token.EC2Route, name),
			recordtest.Named(t, transit, token.EC2Route, name)
		assert.Equal(t, before.URN, after.URN)
		assert.Equal(t, before.String("routeTableId"), after.String("routeTableId"))
		assert.Equal(t, before.String("destinationCidrBlock"), after.String("destinationCidrBlock"))
		assert.False(t, after.Has("vpcPeeringConnectionId"))
		assert.True(t, after.Has("transitGatewayId"))
	}
}

func TestTransitGateways(t *testing.T) {
	rec := join(t, TransitGateway, "use1", "euw1")
	assert.Equal(t, []string{"peering-euw1-gateway", "peering-use1-gateway"}, names(rec, token.EC2TransitGateway))
	hub := recordtest.Named(t, rec, token.EC2TransitGateway, "peering-euw1-gateway")
	assert.InDelta(t, 64516, hub.Number("amazonSideAsn"), 0, "another for each region")
	assert.Equal(t, "disable", hub.String("defaultRouteTablePropagation"))
	attachment := recordtest.Named(t, rec, token.EC2TransitGatewayVpcAttachment, "peering-use1-network")
	assert.Equal(t, []any{"subnet-use1a", "subnet-use1b"}, attachment.Value("subnetIds"), "one in each zone")
	asked := recordtest.Only(t, rec, token.EC2TransitGatewayPeeringAttachment)
	assert.Contains(t, asked.Provider, "::aws-eu-west-1::")
	accepted := recordtest.Only(t, rec, token.EC2TransitGatewayPeeringAttachmentAccepter)
	assert.Contains(t, accepted.Provider, "::aws-us-east-1::")
	way := recordtest.Named(t, rec, token.EC2TransitGatewayRoute, "peering-use1-gateway-to-euw1")
	assert.Equal(t, "10.4.0.0/16", way.String("destinationCidrBlock"))
	assert.Contains(t, way.Dependencies, accepted.URN)
	recordtest.None(t, rec, token.EC2VpcPeeringConnection)
}

func TestGatewaysAreWatchedInTheirRegion(t *testing.T) {
	rec := join(t, TransitGateway, "use1", "euw1")
	assert.Equal(t, []string{
		"peering-euw1-black-hole", "peering-euw1-no-route", "peering-use1-black-hole", "peering-use1-no-route",
	}, names(rec, token.CloudWatchMetricAlarm))
	alarm := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "peering-euw1-no-route")
	assert.Contains(t, alarm.Provider, "::aws-eu-west-1::")
	assert.Equal(t, []any{"arn:aws:sns:eu-west-1:123456789012:alerts"}, alarm.Value("alarmActions"))
	recordtest.None(t, join(t, VPC, "use1", "euw1"), token.CloudWatchMetricAlarm)
}

func TestWidgets(t *testing.T) {
	assert.Nil(t, (&Peering{}).Widgets("use1"))
	assert.Nil(t, (&Peering{sides: map[string]*side{"use1": {}}}).Widgets("use1"))
	assert.Len(t, (&Peering{sides: map[string]*side{"use1": {hub: &hub{}}}}).Widgets("use1"), 2)
}

func TestPreviewNeedsNoOutputs(t *testing.T) {
	for _, kind := range Kinds() {
		recordtest.Run(t, func(ctx *pulumi.Context) error {
			one, err := sideOf(ctx, "use1")
			other, err2 := sideOf(ctx, "euw1")
			_, err3 := New(ctx, "peering", Args{Kind: kind, Sides: []Side{one, other}})
			return errors.Join(err, err2, err3)
		}, record.Preview(true))
	}
}

func TestValidate(t *testing.T) {
	provider := &aws.Provider{}
	side := func(code string, change func(*Side)) Side {
		s := Side{
			Region: regions[code], Code: code, VPCID: pulumi.String("vpc"), CIDR: ranges[code], Provider: provider,
			Tables: []part.RouteTable{{Name: "private-0"}},
		}
		if change != nil {
			change(&s)
		}
		return s
	}
	tests := map[string]struct {
		give Args
		want []string
	}{
		"two":     {give: Args{Sides: []Side{side("use1", nil), side("euw1", nil)}}},
		"nothing": {give: Args{Kind: "vpn"}, want: []string{`Kind: got "vpn", want one of [peering transit-gateway]`, "Sides: got 0, want 1 to 51"}},
		"empty side": {give: Args{Sides: []Side{{}}}, want: []string{
			"Sides[0].Region: required", "Sides[0].Code: required", "Sides[0].VPCID: required", "Sides[0].Provider: required",
			"Sides[0].Tables: required", `Sides[0].CIDR: got ""`,
		}},
		"overlap": {
			give: Args{Sides: []Side{side("use1", nil), side("euw1", func(s *Side) { s.CIDR = "10.0.128.0/17" })}},
			want: []string{"Sides[1].CIDR: 10.0.128.0/17 overlaps 10.0.0.0/16 of us-east-1"},
		},
		"twice": {give: Args{Sides: []Side{side("use1", nil), side("use1", nil)}}, want: []string{"Sides[1].Code: use1 (us-east-1) stands twice"}},
		"one table twice": {
			give: Args{Sides: []Side{side("use1", func(s *Side) { s.Tables = append(s.Tables, s.Tables...) })}},
			want: []string{`Tables: got a table named "private-0"`},
		},
		"gateway nowhere": {
			give: Args{Kind: TransitGateway, Sides: []Side{side("use1", nil)}}, want: []string{"Sides[0].Subnets: required"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults().validate()
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			for _, want := range tt.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

func TestPairs(t *testing.T) {
	args := Args{Sides: []Side{{Code: "use1"}, {Code: "apse2"}, {Code: "euw1"}}}
	var list []string
	for _, pair := range args.pairs() {
		list = append(list, strings.Join(pair[:], "-"))
	}
	assert.Equal(t, []string{"apse2-euw1", "apse2-use1", "euw1-use1"}, list)
	assert.Empty(t, Args{Sides: []Side{{Code: "use1"}}}.pairs())
}
