package cost_test

import (
	"testing"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

func TestLinesFromTraffic(t *testing.T) {
	alb := res("", token.LBLoadBalancer, "alb", m{"subnets": l{"a", "b"}})
	dist := res("", token.CloudFrontDistribution, "dist",
		m{"origins": l{m{"domainName": "app.example.com"}}})
	withBucket := res("", token.CloudFrontDistribution, "dist",
		m{"origins": l{m{"originAccessControlId": cost.Unknown{}}}})
	group := res("", token.AutoScalingGroup, "web",
		m{"minSize": 2.0, "maxSize": 10.0, "vpcZoneIdentifiers": l{"a", "b"}, "launchTemplate": m{"name": "lt"}})
	lt := res("", token.EC2LaunchTemplate, "lt", m{"name": "lt", "instanceType": "m7g.large"})
	policy := res("", token.AutoScalingPolicy, "web-cpu", m{"autoscalingGroupName": cost.Unknown{}})
	database := res("", token.RDSInstance, "db", m{"engine": "postgres", "instanceClass": "db.t4g.small"})
	for name, tt := range map[string]struct {
		resources []cost.Resource
		of        string
		want      map[string]want
	}{
		"without a CDN the load balancer pays for what users download": {
			resources: []cost.Resource{alb}, of: "alb",
			want: map[string]want{
				"load balancer hours":                   flat("16.43"),
				"public IPv4 addresses (load balancer)": flat("7.30"),
				// 5,475, 10,950 and 21,900 GB, less 100 free; the first 10,240 at 0.09, the rest at 0.085.
				"data to the internet, first 10 TB": {"483.75", "921.60", "921.60"},
				"data to the internet, next 40 TB":  {"0.00", "51.85", "982.60"},
				// calm: 15 GB/h against 41.67/25 connections → 15 LCU; peak: ×24 → 360 LCU, against 40 for
				// connections. An hour of peak: (360 + 23×15)/24 = 29.375 LCU × 730 × 0.008 = 171.55;
				// none: 15 → 87.60; four: (4×360 + 20×15)/24 = 72.5 → 423.40.
				"capacity units": {"43.80", "87.60", "175.20"},
			},
		},
		"behind CloudFront the load balancer carries the misses only": {
			resources: []cost.Resource{alb, dist}, of: "alb",
			want: map[string]want{
				"load balancer hours":                   flat("16.43"),
				"public IPv4 addresses (load balancer)": flat("7.30"),
				// calm: 1,971 GB / 730 h = 2.7 LCU; peak 64.8 → (64.8 + 23×2.7)/24 = 5.2875 × 5.84 = 30.88;
				// calm 2.7 × 5.84 = 15.77; four hours (259.2+54)/24 = 13.05 × 5.84 = 76.21.
				"capacity units": {"7.88", "15.77", "31.54"},
			},
		},
		"the distribution pays for everything that users download": {
			resources: []cost.Resource{alb, dist}, of: "dist",
			want: map[string]want{
				// 5,475, 10,950 and 21,900 GB, less 1,024 free; the first 10,240 at 0.085, the rest at 0.08.
				"data to viewers, US, Mexico, Canada, first 10 TB": {"378.34", "843.71", "870.40"},
				"data to viewers, US, Mexico, Canada, next 40 TB":  {"0.00", "0.00", "850.88"},
				// (109.5 − 10) million × 0.01 per 10,000; half 44.75, twice 209 million.
				"HTTPS requests, US, Mexico, Canada": {"44.75", "99.50", "209.00"},
			},
		},
		"a bucket behind the CDN answers for files": {
			resources: []cost.Resource{withBucket, res("", token.S3BucketV2, "assets", m{}), res("", token.S3BucketV2, "artifacts", m{})}, of: "assets",
			want: map[string]want{
				"storage":          {"0.01", "0.02", "0.05"}, // 1 GB × 0.023, half, twice
				"reads by the CDN": {"1.10", "2.19", "4.38"}, // 5,475,000 × 0.0004 per 1,000
			},
		},
		"a bucket for uploads by its tag holds what users leave": {
			resources: []cost.Resource{res("assets", token.S3BucketV2, "bucket-logs", m{"tags": m{"rung:purpose": "uploads"}})}, of: "bucket-logs",
			want: map[string]want{"storage": {"3.45", "6.90", "13.80"}}, // 300 GB × 0.023
		},
		"a fleet follows the load curve": {
			resources: []cost.Resource{group, lt, policy}, of: "web",
			want: map[string]want{
				// A day is one hour at the peak, of which half may come there: (10×0.5 + 2×23.5)/24 =
				// 2.1667 × 730 × 0.0816 = 129.06; no peak: 2 → 119.14; twice the usage, all of it at the
				// peak: (10×2 + 2×22)/24 = 2.6667 → 158.85.
				"instance hours, m7g.large": {"119.14", "129.06", "158.85"},
				"root volume, gp3":          {"1.28", "1.39", "1.71"}, // 0.64 each
				// no CDN, no load balancer: the fleet answers the users.
				"data to the internet, first 10 TB": {"483.75", "921.60", "921.60"},
				"data to the internet, next 40 TB":  {"0.00", "51.85", "982.60"},
			},
		},
		"a fleet that nothing scales stays at its minimum": {
			resources: []cost.Resource{group, lt, dist}, of: "web",
			want: map[string]want{"instance hours, m7g.large": flat("119.14"), "root volume, gp3": flat("1.28")},
		},
		"a fleet reads from stores in other zones": {
			resources: []cost.Resource{group, lt, withBucket, database}, of: "web",
			want: map[string]want{
				"instance hours, m7g.large": flat("119.14"), "root volume, gp3": flat("1.28"),
				// 1,095 GB × 1/2 of the time away × 2 directions × 0.01
				"data between zones": {"5.48", "10.95", "21.90"},
			},
		},
		"Cloudflare fetches misses over the internet": {
			resources: []cost.Resource{alb, res("", token.CloudflareRecord, "www", m{"proxied": true})}, of: "alb",
			want: map[string]want{
				"load balancer hours":                   flat("16.43"),
				"public IPv4 addresses (load balancer)": flat("7.30"),
				"capacity units":                        {"7.88", "15.77", "31.54"},
				// 1,971 − 100 GB × 0.09; half 985.5 − 100; twice 3,942 − 100.
				"data to the internet, first 10 TB": {"79.70", "168.39", "345.78"},
			},
		},
		"a queue is asked three times per job and polled": {
			resources: []cost.Resource{res("", token.SQSQueue, "jobs", m{}), res("", token.SQSQueue, "jobs-dlq", m{})}, of: "jobs",
			// jobs: 109.5 million × 0.5 × 0.01 = 547,500 × 3 = 1,642,500; polls 730 × 180 = 131,400;
			// 1,773,900 × 0.4 per million = 0.71; half 821,250 + 131,400; twice 3,285,000 + 131,400.
			want: map[string]want{"requests": {"0.38", "0.71", "1.37"}},
		},
		"logs are taken in once and kept": {
			resources: []cost.Resource{dist, res("", token.CloudWatchLogGroup, "log", m{"retentionInDays": 365.0})}, of: "log",
			want: map[string]want{
				"logs taken in": {"8.21", "16.43", "32.85"}, // 32.85 GB × 0.5
				"logs kept":     {"5.91", "11.83", "23.65"}, // 32.85 GB × 12 months × 0.03
			},
		},
		"a log of a fleet is the application's, that of a cache is not": {
			resources: []cost.Resource{
				dist, res("web", token.AutoScalingGroup, "web", m{}),
				res("web", token.CloudWatchLogGroup, "log", m{"retentionInDays": 365.0}),
				res("cache", token.CloudWatchLogGroup, "slow", m{}),
			}, of: "log",
			want: map[string]want{"logs taken in": {"8.21", "16.43", "32.85"}, "logs kept": {"5.91", "11.83", "23.65"}},
		},
		"an API gateway counts what reaches it": {
			resources: []cost.Resource{res("", token.APIGatewayV2Api, "api", m{"protocolType": "HTTP"})}, of: "api",
			want: map[string]want{"API requests, first 300 million": {"27.38", "54.75", "109.50"}}, // 109.5 million × 0.5 that are no files × 1.00
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimator(t, cost.Options{Traffic: profile()}).Estimate(tt.resources)
			checkLines(t, e, tt.of, tt.want)
		})
	}
}
