package accelerator

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/globalaccelerator"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func cell(region, code string) Cell {
	return Cell{Region: region, Code: code,
		BalancerARN: pulumi.String("arn:aws:elasticloadbalancing:" + region + ":1:loadbalancer/app/a/b")}
}

var us, eu, ap = cell("us-east-1", "use1"), cell("eu-west-1", "euw1"), cell("ap-southeast-2", "apse2")

func run(t *testing.T, args Args, opts ...record.Option) *record.Recording {
	t.Helper()
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		a, err := New(ctx, "accelerator", args)
		if err == nil {
			assert.Len(t, a.Widgets(), 2)
		}
		return err
	}, opts...)
}

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Accelerator", Token) }

func TestEachRegionIsAGroup(t *testing.T) {
	rec := run(t, Args{Cells: []Cell{us, eu}})
	g := recordtest.Named(t, rec, token.GlobalAcceleratorEndpointGroup, "accelerator-euw1")
	assert.Equal(t, "eu-west-1", g.String("endpointGroupRegion"))
	assert.InDelta(t, 100, g.Number("trafficDialPercentage"), 0)
	assert.Contains(t, g.String("endpointConfigurations[0].endpointId"), "eu-west-1")
	assert.Equal(t, true, g.Value("endpointConfigurations[0].clientIpPreservationEnabled"),
		"or the balancer's door would have to change")
	l := recordtest.Only(t, rec, token.GlobalAcceleratorListener)
	assert.Equal(t, l.ID, g.String("listenerArn"))
	assert.Equal(t, "TCP", l.String("protocol"))
	assert.Equal(t, "NONE", l.String("clientAffinity"))
	assert.InDelta(t, 443, l.Number("portRanges[0].fromPort"), 0)
	assert.Equal(t, false, recordtest.Only(t, rec, token.GlobalAcceleratorAccelerator).Value("attributes.flowLogsEnabled"))
}

func TestARegionThatJoinsIsAGroupMore(t *testing.T) {
	before, after := run(t, Args{Cells: []Cell{us, eu}}), run(t, Args{Cells: []Cell{ap, us, eu}})
	for _, typ := range []string{token.GlobalAcceleratorAccelerator, token.GlobalAcceleratorListener,
		token.GlobalAcceleratorEndpointGroup} {
		for _, r := range before.All(typ) {
			assert.Equal(t, r.Inputs, recordtest.Named(t, after, typ, r.Name).Inputs)
		}
	}
	assert.Len(t, after.All(token.GlobalAcceleratorEndpointGroup), 3)
}

func TestARegionIsClosedByItsShare(t *testing.T) {
	us := us
	us.Closed = true
	assert.Zero(t, recordtest.Only(t, run(t, Args{Cells: []Cell{us}}),
		token.GlobalAcceleratorEndpointGroup).Number("trafficDialPercentage"))
}

func TestFlowLogsAndSticky(t *testing.T) {
	rec := run(t, Args{Cells: []Cell{us}, LogBucket: pulumi.String("logs"), Sticky: true, Ports: []int{443, 80}})
	main := recordtest.Only(t, rec, token.GlobalAcceleratorAccelerator)
	assert.Equal(t, true, main.Value("attributes.flowLogsEnabled"))
	assert.Equal(t, "logs", main.String("attributes.flowLogsS3Bucket"))
	assert.Equal(t, "accelerator", main.String("attributes.flowLogsS3Prefix"))
	l := recordtest.Only(t, rec, token.GlobalAcceleratorListener)
	assert.Equal(t, "SOURCE_IP", l.String("clientAffinity"))
	assert.InDelta(t, 80, l.Number("portRanges[0].fromPort"), 0, "sorted, or another order would be a change")
}

func TestAlarmIsInUSWest2(t *testing.T) {
	recordtest.None(t, run(t, Args{Cells: []Cell{us}}), token.CloudWatchMetricAlarm)
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		oregon, err := aws.NewProvider(ctx, "aws-us-west-2", &aws.ProviderArgs{Region: pulumi.String("us-west-2")})
		if err != nil {
			return err
		}
		_, err = New(ctx, "accelerator", Args{
			Cells: []Cell{us}, USWest2: oregon, USWest2Alerts: pulumi.String("arn:aws:sns:us-west-2:123456789012:alerts"),
		})
		return err
	})
	alarm := recordtest.Only(t, rec, token.CloudWatchMetricAlarm)
	assert.Contains(t, alarm.Provider, "::aws-us-west-2::")
	assert.Equal(t, []any{"arn:aws:sns:us-west-2:123456789012:alerts"}, alarm.Value("alarmActions"))
	assert.Equal(t, "breaching", alarm.String("treatMissingData"), "no requests, no figures")
	assert.NotContains(t, alarm.String("dimensions.Accelerator"), "/")
}

func TestAddresses(t *testing.T) {
	assert.Equal(t, []string{"192.0.2.1", "192.0.2.2"},
		addresses([]globalaccelerator.AcceleratorIpSet{{IpAddresses: []string{"192.0.2.1", "192.0.2.2"}}}))
	assert.Nil(t, addresses(nil))
}

func TestPreviewNeedsNoOutputs(t *testing.T) {
	run(t, Args{Cells: []Cell{us, eu}}, record.Preview(true))
}

func TestValidate(t *testing.T) {
	for name, tt := range map[string]struct {
		give Args
		want []string
	}{
		"two":     {give: Args{Cells: []Cell{us, eu}}},
		"nothing": {want: []string{"Cells: got none"}},
		"twice":   {give: Args{Cells: []Cell{us, us}}, want: []string{"want each region once"}},
		"empty":   {give: Args{Cells: []Cell{{}}}, want: []string{"with its code", "Cells[0].BalancerARN: required"}},
		"ports": {
			give: Args{Cells: []Cell{us}, Ports: []int{0, 80, 80, 1, 2, 3, 4, 5, 6, 7, 8}},
			want: []string{"Ports[0]: got 0", "Ports[2]: got 80", "Ports: got 11, want at most 10"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults().validate()
			if tt.want == nil {
				require.NoError(t, err)
			}
			for _, want := range tt.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}
