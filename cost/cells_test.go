package cost_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

const (
	secondary = "eu-west-1"
)

// cell is what one region has of a system that users reach, behind a CDN.
func cell(region string) []cost.Resource {
	suffix := "-" + region
	component := func(c, typ, name string, p m) cost.Resource {
		r := res(c+suffix, typ, name+suffix, p)
		r.Region = region
		return r
	}
	return []cost.Resource{
		component("loadbalancer", token.LBLoadBalancer, "alb", m{"subnets": l{"a", "b"}}),
		component("inner", token.LBLoadBalancer, "inner", m{"internal": true, "subnets": l{"a", "b"}}),
		component("gateway", token.APIGatewayV2Api, "api", m{"protocolType": "HTTP"}),
		component("network", token.EC2NatGateway, "nat-0", m{}), component("network", token.EC2NatGateway, "nat-1", m{}),
		component("web", token.AutoScalingGroup, "web",
			m{"minSize": 2.0, "maxSize": 10.0, "launchTemplate": m{"name": "lt" + suffix}}),
		component("web", token.AutoScalingPolicy, "web-cpu", m{"autoscalingGroupName": "web" + suffix}),
		component("web", token.EC2LaunchTemplate, "lt", m{"name": "lt" + suffix, "instanceType": "m7g.large"}),
		component("web", token.CloudWatchLogGroup, "web-log", m{"retentionInDays": 365.0}),
		component("logs", token.S3BucketV2, "logs", m{}),
	}
}

func site() []cost.Resource {
	return []cost.Resource{
		res("cdn", token.CloudFrontDistribution, "dist", m{"origins": l{m{"originAccessControlId": cost.Unknown{}}}}),
		res("firewall", token.WAFv2WebAcl, "edge", m{"scope": "CLOUDFRONT"}),
	}
}

// sum adds up the expected quantities of an item over all resources.
func sum(e cost.Estimate, item string) (total decimal.Decimal) {
	for _, line := range e.Lines {
		if line.Item == item {
			total = total.Add(line.Quantity)
		}
	}
	return total
}

// What all users cause is paid once, however many regions answer them.
func TestCellsShareTheTraffic(t *testing.T) {
	one := append(site(), cell("us-east-1")...)
	alone := estimate(t, cost.Options{Traffic: profile()}, one...)
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(rt, "cells")
		all := one
		for _, region := range []string{secondary, "eu-central-1", "ap-southeast-1", "us-west-2", "sa-east-1"}[:n-1] {
			all = append(all, cell(region)...)
		}
		e := estimate(t, cost.Options{Traffic: profile()}, all...)
		for _, item := range []string{
			"capacity units", "API requests, first 300 million", "data through the NAT gateway", "logs taken in",
			"requests looked at", "storage",
		} {
			want, got := sum(alone, item), sum(e, item)
			require.True(rt, want.Sub(got).Abs().LessThan(decimal.New(1, -3)), "%s: %s in one region, %s in %d", item, want, got,
				n)
		}
		assert.True(rt, sum(alone, "load balancer hours").Mul(decimal.NewFromInt(int64(n))).Equal(sum(e,
			"load balancer hours")), "what stands is paid in each")
	})
}

// Users come to the nearest region, or to the first one that answers.
func TestRoutingDecidesTheShares(t *testing.T) {
	record := func(role, region string) cost.Resource {
		return res("dns", token.Route53Record, "dns-"+region,
			m{"setIdentifier": region, "failoverRoutingPolicies": l{m{"type": role}}})
	}
	all := append(append(site(), cell("us-east-1")...), cell(secondary)...)
	for name, tt := range map[string]struct {
		routing    []cost.Resource
		here, away string
	}{
		"latency splits evenly":                          {[]cost.Resource{res("dns", token.Route53Record, "a", m{"latencyRoutingPolicies": l{m{"region": secondary}}})}, "3.42", "3.42"},
		"failover sends all to the primary":              {[]cost.Resource{record("PRIMARY", "us-east-1"), record("SECONDARY", secondary)}, "6.84", "0.00"},
		"the primary may be elsewhere":                   {[]cost.Resource{record("PRIMARY", secondary), record("SECONDARY", "us-east-1")}, "0.00", "6.84"},
		"Cloudflare takes the first region that answers": {[]cost.Resource{res("cdn", token.CloudflareLoadBalancer, "lb", m{"steeringPolicy": "off"})}, "6.84", "0.00"},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimate(t, cost.Options{Traffic: profile()}, append(tt.routing, all...)...)
			// at the low end half of 27.375 million requests × 1,000 bytes × 0.50 a GB
			assert.Equal(t, tt.here, lineOf(t, e, "web-log-us-east-1", "logs taken in").low)
			assert.Equal(t, tt.away, lineOf(t, e, "web-log-"+secondary, "logs taken in").low)
			if tt.away == "0.00" {
				// two of ten machines wait: 2 × 730 × 0.091
				assert.Equal(t, flat("132.86"), lineOf(t, e, "web-"+secondary, "instance hours, m7g.large"))
				assert.Equal(t, flat("0.00"), lineOf(t, e, "alb-"+secondary, "capacity units"))
			}
		})
	}
}

// Both doors of a region take half of the requests in, and the balancer behind
// the gateway passes its half on.
func TestDoorsShareWhatComesIn(t *testing.T) {
	e := estimate(t, cost.Options{Traffic: profile()}, append(site(), cell("us-east-1")...)...)
	// 27.375 million × 1/2 × 1.00; none to all of twice as much
	assert.Equal(t, want{"0.00", "13.69", "54.75"}, lineOf(t, e, "api-us-east-1", "API requests, first 300 million"))
	assert.Equal(t, lineOf(t, e, "alb-us-east-1", "capacity units"), lineOf(t, e, "inner-us-east-1", "capacity units"))
}

// Viewers are near the regions that answer them, each area with steps of its own.
func TestViewersAreNearTheCells(t *testing.T) {
	e := estimate(t, cost.Options{Traffic: profile()}, append(append(site(), cell("us-east-1")...), cell(secondary)...)...)
	// (109.5 − 10) million, half in each: 4,975 × 0.01 and × 0.012
	assert.Equal(t, "49.75", lineOf(t, e, "dist", "HTTPS requests, US, Mexico, Canada").monthly)
	assert.Equal(t, "59.70", lineOf(t, e, "dist", "HTTPS requests, Europe, Israel").monthly)
}

// The range is what is uncertain, whomever the stage is meant for.
func TestRangeGoesBeyondTheStage(t *testing.T) {
	for name, tt := range map[string]struct {
		most int
		want want
	}{
		"nothing known":           {0, want{"44.75", "99.50", "209.00"}},
		"at the top of the stage": {300_000, want{"44.75", "99.50", "209.00"}},
		"half way":                {450_000, want{"44.75", "99.50", "209.00"}},
		"far below the top":       {3_000_000, want{"44.75", "99.50", "209.00"}},
		"beyond the stage":        {100_000, want{"44.75", "99.50", "209.00"}},
	} {
		t.Run(name, func(t *testing.T) {
			traffic := profile()
			traffic.MostUsers = tt.most
			e := estimate(t, cost.Options{Traffic: traffic}, site()...)
			assert.Equal(t, tt.want, lineOf(t, e, "dist", "HTTPS requests, US, Mexico, Canada"))
		})
	}
}

// Each write is an event; each region that listens is sent it once.
func TestEventsAreSentOncePerRegion(t *testing.T) {
	at := func(region, typ, name string, p m) cost.Resource { return away(region, typ, name, p) }
	listens := func(region, topic, queue string) cost.Resource {
		return at(region, token.SNSTopicSubscription, topic+"-"+queue,
			m{"protocol": "sqs", "topic": "arn:" + topic, "endpoint": "arn:" + queue})
	}
	both := append(append(site(), cell("us-east-1")...), cell(secondary)...)
	e := estimate(t, cost.Options{Traffic: profile()}, append(both,
		at("us-east-1", token.SNSTopic, "here", m{"arn": "arn:here"}),
		at(secondary, token.SNSTopic, "there", m{"arn": "arn:there"}),
		at("us-east-1", token.SNSTopic, "alerts", m{"arn": "arn:alerts"}),
		at("us-east-1", token.SQSQueue, "search", m{"arn": "arn:search"}),
		at(secondary, token.SQSQueue, "search-euw1", m{"arn": "arn:search-euw1"}),
		at("us-east-1", token.SQSQueue, "jobs", m{"arn": "arn:jobs"}),
		listens("us-east-1", "here", "search"), listens("us-east-1", "here", "search-euw1"),
		listens(secondary, "there", "search"),
	)...)
	// 27.375 million × 0.1 writes, half in each region: 1,368,750 events
	// × 0.50 a million beyond the first
	checkLines(t, e, "here", map[string]want{"events published": {"0.00", "0.18", "0.87"}})
	checkLines(t, e, "there", map[string]want{"events published": {"0.34", "0.76", "1.67"}})
	checkLines(t, e, "alerts", map[string]want{})
	checkLines(t, e, "here-search", map[string]want{})
	// 1.369 GB × 0.02
	checkLines(t, e, "here-search-euw1", map[string]want{"events to eu-west-1": {"0.01", "0.03", "0.05"}})
	checkLines(t, e, "there-search", map[string]want{"events to us-east-1": {"0.01", "0.03", "0.05"}})
	// 2,737,500 events × 3 and 131,400 polls × 0.40 a million; half of it; twice
	checkLines(t, e, "search", map[string]want{"requests": {"1.70", "3.34", "6.62"}})
	// 547,500 jobs × 3, and polls
	checkLines(t, e, "jobs", map[string]want{"requests": {"0.38", "0.71", "1.37"}})
}
