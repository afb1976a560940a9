package cost_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// 109,500,000 requests × 480 bytes = 52.56 GB, × 0.5 = 26.28, of half to twice as many; two
// logs share it. To a bucket it is half the price for the first 10 TB, and less beyond.
func TestFlowLogsFollowTheTraffic(t *testing.T) {
	checkCases(t, map[string]lineCase{
		"one": {resources: []cost.Resource{res("", token.EC2FlowLog, "x", m{})}, opts: cost.Options{Traffic: profile()},
			want: map[string]want{"flow logs taken in": {"13.14", "26.28", "52.56"}}},
		"one of two": {resources: []cost.Resource{res("", token.EC2FlowLog, "x", m{}), res("", token.EC2FlowLog, "y", m{})}, opts: cost.Options{Traffic: profile()},
			want: map[string]want{"flow logs taken in": {"6.57", "13.14", "26.28"}}},
		"to a bucket": {resources: []cost.Resource{res("", token.EC2FlowLog, "x", m{"logDestinationType": "s3"})}, opts: cost.Options{Traffic: profile()},
			want: map[string]want{"flow logs delivered, first 10 TB": {"6.57", "13.14", "26.28"}}},
		"more than one step": {resources: []cost.Resource{res("", token.EC2FlowLog, "x", m{"logDestinationType": "kinesis-data-firehose"})}, opts: cost.Options{Traffic: times(profile(), 400)},
			want: map[string]want{ // 21,024 GB expected, 10,512 at least, 42,048 at most
				"flow logs delivered, first 10 TB":       flat("2560.00"),                 // 10,240 × 0.25
				"flow logs delivered, next 20 TB":        {"40.80", "1617.60", "3072.00"}, // up to 20,480 × 0.15
				"flow logs delivered, next 20 TB beyond": {"0.00", "0.00", "849.60"},      // 11,328 × 0.075
			}},
	})
	assert.Len(t, estimate(t, cost.Options{}, res("", token.EC2FlowLog, "x", m{})).UsageBased, 1)
}

// times is a profile with so many times the users and the peak.
func times(t ladder.Traffic, n int) ladder.Traffic {
	t.Users, t.PeakRequestsPerSecond = t.Users*n, t.PeakRequestsPerSecond*float64(n)
	return t
}

// An API gateway's access log has a line of 500 bytes for each request that comes by it.
func TestAnAccessLogIsAsLongAsTheRequestsAreMany(t *testing.T) {
	api := res("", token.APIGatewayV2Api, "api", m{"protocolType": "HTTP"})
	log := res("", token.CloudWatchLogGroup, "log", m{"retentionInDays": 30.0})
	stage := res("", token.APIGatewayV2Stage, "stage", m{"apiId": cost.Unknown{},
		"accessLogSettings": m{"destinationArn": cost.Unknown{}}})
	stage.Dependencies = map[string][]string{"accessLogSettings": {log.URN}, "apiId": {api.URN}}
	e := estimate(t, cost.Options{Traffic: profile()}, api, log, stage)
	quantities := map[string]decimal.Decimal{}
	for _, l := range e.Lines {
		quantities[l.Item] = l.Quantity
	}
	requests := quantities["API requests, first 300 million"]
	assert.True(t, requests.IsPositive())
	assert.Equal(t, requests.Mul(decimal.New(500, -3)).String(), quantities["logs taken in"].String(),
		"millions of requests × 500 bytes, in GB")
	assert.True(t, quantities["logs kept"].IsPositive())
}

// In a preview the volume of a snapshot has no id yet: what it is made from tells.
func TestASnapshotInAPreviewIsOfItsVolume(t *testing.T) {
	volume := res("", token.EBSVolume, "data", m{"size": 200.0, "type": "gp3"})
	snapshot := res("", token.EBSSnapshot, "x", m{"volumeId": cost.Unknown{}})
	snapshot.Dependencies = map[string][]string{"volumeId": {volume.URN}}
	e := estimate(t, cost.Options{}, volume, snapshot)
	checkLines(t, e, "x", map[string]want{"snapshot": {"0.00", "10.00", "10.00"}}) // 200 × 0.05
}

func TestDiscounts(t *testing.T) {
	catalogue, err := cost.Load()
	assert.NoError(t, err)
	d, err := catalogue.Discounts([]string{"10%", "ec2=25%"})
	assert.NoError(t, err)
	e := cost.NewEstimator(catalogue, cost.Options{}).Discounted(d).Estimate([]cost.Resource{
		res("", token.EC2Instance, "x", m{"instanceType": "m5.large", "associatePublicIpAddress": false,
			"rootBlockDevice": m{"volumeSize": 100.0, "volumeType": "gp3"}})})
	checkLines(t, e, "x", map[string]want{
		"instance hours, m5.large": flat("52.56"), // 730 × 0.096 × 0.75
		"root volume, gp3":         flat("7.20"),  // 100 × 0.08 × 0.9
	})
	for _, l := range e.Lines {
		assert.Contains(t, l.Note, "less your discount of")
	}
	for _, wrong := range []string{"12", "-1%", "101%", "Nothing=3%", "EC2=", "1e999999%"} {
		_, err := catalogue.Discounts([]string{wrong})
		assert.Error(t, err, wrong)
	}
}
