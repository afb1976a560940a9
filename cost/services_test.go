package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/stacks/ladder"
)

// profile is a load with round figures.
func profile() ladder.Traffic {
	return ladder.Traffic{
		Users: 300_000, PeakRequestsPerSecond: 1_000,
		DailyActiveShare: 0.1, RequestsPerActiveUserPerDay: 120, BytesPerActiveUserPerDay: 12_000_000,
		StaticShare: 0.5, StaticByteShare: 0.8, StaticHitRatio: 0.9, APIHitRatio: 0.5,
		ReadShare: 0.9, CacheHitRatio: 0.8, JobShare: 0.01, SecondsPerJob: 5,
		LogBytesPerRequest: 1_000, StoredBytesPerUser: 100_000, UploadedBytesPerUser: 1_000_000,
	}
}

// What the profile amounts to in a month of 730/24 days:
//
//	requests      30,000 × 120 × 30.4167  = 109,500,000 (41.67 per second)
//	bytes         30,000 × 12 MB × 30.4167 = 10,950 GB
//	behind a CDN without a bucket: requests × (0.5×0.1 + 0.5×0.5)  = 0.30 → 32,850,000
//	                               bytes × (0.8×0.1 + 0.2×0.5)     = 0.18 → 1,971 GB
//	behind a CDN with a bucket:    requests × 0.5 × 0.5            = 0.25 → 27,375,000
//	                               bytes × 0.2 × 0.5               = 0.10 → 1,095 GB
//	                               files × 0.5 × 0.1               = 0.05 → 5,475,000

// want is one expected line: its monthly cost at the low, expected and high end.
type want struct{ low, monthly, high string }

// flat is a line without a range.
func flat(monthly string) want { return want{monthly, monthly, monthly} }

// checkLines compares the lines of one resource with what was computed by hand.
func checkLines(t *testing.T, e cost.Estimate, name string, wants map[string]want) {
	t.Helper()
	got := map[string]want{}
	for _, l := range e.Lines {
		if l.Name == name {
			got[l.Item] = want{l.Low.StringFixed(2), l.Monthly.StringFixed(2), l.High.StringFixed(2)}
		}
	}
	assert.Equal(t, wants, got)
}

func TestLinesWithoutTraffic(t *testing.T) {
	for name, tt := range map[string]struct {
		resources []cost.Resource
		opts      cost.Options
		want      map[string]want
	}{
		"an instance in a private subnet has no address": {
			resources: []cost.Resource{
				res("", "aws:ec2/subnet:Subnet", "s", m{"id": "subnet-1"}),
				res("", "aws:ec2/instance:Instance", "x", m{"instanceType": "t4g.small", "subnetId": "subnet-1", "rootBlockDevice": m{"volumeSize": 10.0, "volumeType": "gp3"}}),
			},
			want: map[string]want{
				"instance hours, t4g.small": flat("12.26"), // 730 × 0.0168 = 12.264
				"root volume, gp3":          flat("0.80"),  // 10 × 0.08
			},
		},
		"an instance that holds an elastic IP does not pay for the address": {
			resources: []cost.Resource{
				res("", "aws:ec2/eip:Eip", "ip", m{"instance": "i-1"}),
				res("", "aws:ec2/instance:Instance", "x", m{"id": "i-1", "publicIp": "198.51.100.1", "instanceType": "t4g.small", "rootBlockDevice": m{"volumeSize": 10.0, "volumeType": "gp3"}}),
			},
			want: map[string]want{"instance hours, t4g.small": flat("12.26"), "root volume, gp3": flat("0.80")},
		},
		"a reservation covers the instance": {
			resources: []cost.Resource{res("", "aws:ec2/instance:Instance", "x", m{"instanceType": "t4g.small", "associatePublicIpAddress": false})},
			opts:      cost.Options{Reserved: map[string]int{"t4g.small": 1}},
			want: map[string]want{
				"reserved instance hours, t4g.small": flat("7.73"), // 12.264 × 0.63 = 7.72632
				"root volume, gp3":                   flat("0.64"), // 8 GB assumed
			},
		},
		"a reservation with a list price of its own": {
			resources: []cost.Resource{res("", "aws:ec2/instance:Instance", "x", m{"instanceType": "t3.medium", "associatePublicIpAddress": false})},
			opts:      cost.Options{Reserved: map[string]int{"t3.medium": 1}},
			want: map[string]want{
				"reserved instance hours, t3.medium": flat("19.05"), // 730 × 0.0261 = 19.053
				"root volume, gp3":                   flat("0.64"),
			},
		},
		"a reservation of a database covers one of its class": {
			resources: []cost.Resource{res("", "aws:rds/instance:Instance", "x", m{"engine": "postgres", "instanceClass": "db.t4g.small", "allocatedStorage": 20.0, "storageType": "gp3"})},
			opts:      cost.Options{Reserved: map[string]int{"db.t4g.small": 1}},
			want: map[string]want{
				"reserved db.t4g.small hours, PostgreSQL Single-AZ": flat("16.35"), // 23.36 × 0.7 = 16.352
				"storage, gp3 Single-AZ":                            flat("2.30"),
			},
		},
		"one reservation for two nodes": {
			resources: []cost.Resource{res("", "aws:elasticache/replicationGroup:ReplicationGroup", "x", m{"engine": "valkey", "nodeType": "cache.t4g.small", "numCacheClusters": 2.0})},
			opts:      cost.Options{Reserved: map[string]int{"cache.t4g.small": 1}},
			want: map[string]want{
				"reserved node hours, cache.t4g.small Valkey": flat("12.71"), // 18.688 × 0.68 = 12.70784
				"node hours, cache.t4g.small Valkey":          flat("18.69"),
			},
		},
		"a spot instance costs a range": {
			resources: []cost.Resource{res("", "aws:ec2/spotInstanceRequest:SpotInstanceRequest", "x", m{"instanceType": "m7g.large"})},
			want: map[string]want{
				"spot instance hours, m7g.large": {"17.87", "23.83", "29.78"}, // 59.568 × 0.3, 0.4, 0.5
				"root volume, gp3":               flat("0.64"),
			},
		},
		"a volume of io2 has three steps of IOPS": {
			resources: []cost.Resource{res("", "aws:ebs/volume:Volume", "x", m{"size": 100.0, "type": "io2", "iops": 70_000.0})},
			want: map[string]want{
				"volume, io2":                flat("12.50"),   // 100 × 0.125
				"volume, IOPS, first 32,000": flat("2080.00"), // 32,000 × 0.065
				"volume, IOPS, up to 64,000": flat("1456.00"), // 32,000 × 0.0455
				"volume, IOPS, over 64,000":  flat("191.10"),  // 6,000 × 0.03185
			},
		},
		"a network load balancer brings its own addresses": {
			resources: []cost.Resource{res("", "aws:lb/loadBalancer:LoadBalancer", "x", m{"loadBalancerType": "network", "subnetMappings": l{m{"subnetId": "a", "allocationId": "eipalloc-1"}, m{"subnetId": "b"}}})},
			want: map[string]want{
				"load balancer hours":                   flat("16.43"), // 730 × 0.0225 = 16.425
				"public IPv4 addresses (load balancer)": flat("3.65"),  // one of two zones
			},
		},
		"a NAT gateway with the address of another stack": {
			resources: []cost.Resource{res("", "aws:ec2/natGateway:NatGateway", "x", m{"allocationId": "eipalloc-9"})},
			want:      map[string]want{"NAT gateway hours": flat("32.85"), "public IPv4 address (NAT gateway)": flat("3.65")},
		},
		"Multi-AZ is a price of its own": {
			resources: []cost.Resource{res("", "aws:rds/instance:Instance", "x", m{"engine": "postgres", "instanceClass": "db.t4g.small", "multiAz": true, "allocatedStorage": 20.0, "storageType": "gp3"})},
			want: map[string]want{
				"db.t4g.small hours, PostgreSQL Multi-AZ": flat("47.45"), // 730 × 0.065, not 2 × 730 × 0.032
				"storage, gp3 Multi-AZ":                   flat("4.60"),  // 20 × 0.23
			},
		},
		"IOPS of a small RDS gp3 volume count from 3,000": {
			resources: []cost.Resource{res("", "aws:rds/instance:Instance", "x", m{"engine": "postgres", "instanceClass": "db.t4g.small", "allocatedStorage": 399.0, "storageType": "gp3", "iops": 3_500.0})},
			want: map[string]want{
				"db.t4g.small hours, PostgreSQL Single-AZ": flat("23.36"), // 730 × 0.032
				"storage, gp3 Single-AZ":                   flat("45.89"), // 399 × 0.115 = 45.885
				"IOPS above 3000":                          flat("10.00"), // 500 × 0.02
			},
		},
		"a cache of shards": {
			resources: []cost.Resource{res("", "aws:elasticache/replicationGroup:ReplicationGroup", "x", m{"engine": "valkey", "nodeType": "cache.r7g.large", "numNodeGroups": 3.0, "replicasPerNodeGroup": 2.0})},
			want:      map[string]want{"node hours, cache.r7g.large Valkey": flat("1151.06")}, // 9 × 730 × 0.1752 = 1151.064
		},
		"an interface endpoint costs per zone": {
			resources: []cost.Resource{res("", "aws:ec2/vpcEndpoint:VpcEndpoint", "x", m{"vpcEndpointType": "Interface", "subnetIds": l{"a", "b", "c"}})},
			want:      map[string]want{"endpoint hours, one per zone": flat("21.90")}, // 3 × 730 × 0.01
		},
		"an alarm of two metrics every ten seconds": {
			resources: []cost.Resource{res("", "aws:cloudwatch/metricAlarm:MetricAlarm", "x", m{"metricQueries": l{
				m{"id": "a", "metric": m{"period": 10.0}}, m{"id": "b", "metric": m{"period": 10.0}}, m{"id": "e", "expression": "a/b"},
			}})},
			want: map[string]want{"alarm metrics, high resolution": flat("0.60")},
		},
		"an anomaly alarm watches three metrics": {
			resources: []cost.Resource{res("", "aws:cloudwatch/metricAlarm:MetricAlarm", "x", m{"thresholdMetricId": "band", "metricQueries": l{m{"id": "a", "metric": m{"period": 60.0}}, m{"id": "band", "expression": "ANOMALY_DETECTION_BAND(a)"}}})},
			want:      map[string]want{"alarm metrics": flat("0.30")},
		},
		"a health check with a text to find, every ten seconds": {
			resources: []cost.Resource{res("", "aws:route53/healthCheck:HealthCheck", "x", m{"type": "HTTPS_STR_MATCH", "requestInterval": 10.0})},
			want:      map[string]want{"health check": flat("0.50"), "health check extras": flat("3.00")},
		},
		"a firewall counts rules and groups apart": {
			resources: []cost.Resource{res("", "aws:wafv2/webAcl:WebAcl", "x", m{"rules": l{
				m{"name": "common", "statement": m{"managedRuleGroupStatement": m{"name": "AWSManagedRulesCommonRuleSet"}}},
				m{"name": "rate", "statement": m{"rateBasedStatement": m{"limit": 2000.0}}},
			}})},
			want: map[string]want{"web ACL": flat("5.00"), "rules": flat("1.00"), "rule groups": flat("1.00")},
		},
		"a search domain with masters": {
			resources: []cost.Resource{res("", "aws:opensearch/domain:Domain", "x", m{
				"clusterConfig": m{"instanceType": "r7g.large.search", "instanceCount": 2.0, "dedicatedMasterEnabled": true, "dedicatedMasterType": "m7g.medium.search", "dedicatedMasterCount": 3.0},
				"ebsOptions":    m{"ebsEnabled": true, "volumeSize": 100.0, "volumeType": "gp2"},
			})},
			want: map[string]want{
				"data node hours, r7g.large.search":    flat("259.88"), // 2 × 730 × 0.178
				"master node hours, m7g.medium.search": flat("148.92"), // 3 × 730 × 0.068
				"storage, gp2":                         flat("27.00"),  // 200 × 0.135
			},
		},
		"an Aurora serverless node between its bounds": {
			resources: []cost.Resource{
				res("", "aws:rds/cluster:Cluster", "c", m{"engine": "aurora-postgresql", "clusterIdentifier": "c", "serverlessv2ScalingConfiguration": m{"minCapacity": 0.5, "maxCapacity": 8.0}}),
				res("", "aws:rds/clusterInstance:ClusterInstance", "x", m{"instanceClass": "db.serverless", "clusterIdentifier": "c"}),
			},
			want: map[string]want{"serverless capacity units": {"43.80", "43.80", "700.80"}}, // 0.5 and 8 × 730 × 0.12
		},
		"a proxy costs by the vCPUs behind it": {
			resources: []cost.Resource{
				res("db", "aws:rds/instance:Instance", "d", m{"instanceClass": "db.m7g.xlarge", "engine": "postgres"}),
				res("db", "aws:rds/proxy:Proxy", "x", m{}),
			},
			want: map[string]want{"proxy vCPU hours": flat("43.80")}, // 4 × 730 × 0.015
		},
		"a Cloudflare zone on the Pro plan": {
			resources: []cost.Resource{res("", "cloudflare:index/zone:Zone", "x", m{"plan": "pro"})},
			want:      map[string]want{"zone, pro plan": flat("25.00")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			checkLines(t, estimator(t, tt.opts).Estimate(tt.resources), "x", tt.want)
		})
	}
}

func TestLinesFromTraffic(t *testing.T) {
	alb := res("", "aws:lb/loadBalancer:LoadBalancer", "alb", m{"subnets": l{"a", "b"}})
	dist := res("", "aws:cloudfront/distribution:Distribution", "dist", m{"origins": l{m{"domainName": "app.example.com"}}})
	withBucket := res("", "aws:cloudfront/distribution:Distribution", "dist", m{"origins": l{m{"originAccessControlId": cost.Unknown{}}}})
	group := res("", "aws:autoscaling/group:Group", "web", m{"minSize": 2.0, "maxSize": 10.0, "vpcZoneIdentifiers": l{"a", "b"}, "launchTemplate": m{"name": "lt"}})
	lt := res("", "aws:ec2/launchTemplate:LaunchTemplate", "lt", m{"name": "lt", "instanceType": "m7g.large"})
	policy := res("", "aws:autoscaling/policy:Policy", "web-cpu", m{"autoscalingGroupName": cost.Unknown{}})
	database := res("", "aws:rds/instance:Instance", "db", m{"engine": "postgres", "instanceClass": "db.t4g.small"})
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
				"capacity units": {"87.60", "171.55", "423.40"},
			},
		},
		"behind CloudFront the load balancer carries the misses only": {
			resources: []cost.Resource{alb, dist}, of: "alb",
			want: map[string]want{
				"load balancer hours":                   flat("16.43"),
				"public IPv4 addresses (load balancer)": flat("7.30"),
				// calm: 1,971 GB / 730 h = 2.7 LCU; peak 64.8 → (64.8 + 23×2.7)/24 = 5.2875 × 5.84 = 30.88;
				// calm 2.7 × 5.84 = 15.77; four hours (259.2+54)/24 = 13.05 × 5.84 = 76.21.
				"capacity units": {"15.77", "30.88", "76.21"},
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
			resources: []cost.Resource{withBucket, res("", "aws:s3/bucketV2:BucketV2", "assets", m{}), res("", "aws:s3/bucketV2:BucketV2", "artifacts", m{})}, of: "assets",
			want: map[string]want{
				"storage":          {"0.01", "0.02", "0.05"}, // 1 GB × 0.023, half, twice
				"reads by the CDN": {"1.10", "2.19", "4.38"}, // 5,475,000 × 0.0004 per 1,000
			},
		},
		"a bucket for uploads by its tag holds what users leave": {
			resources: []cost.Resource{res("assets", "aws:s3/bucketV2:BucketV2", "bucket-logs", m{"tags": m{"rung:purpose": "uploads"}})}, of: "bucket-logs",
			want: map[string]want{"storage": {"3.45", "6.90", "13.80"}}, // 300 GB × 0.023
		},
		"a fleet follows the load curve": {
			resources: []cost.Resource{group, lt, policy}, of: "web",
			want: map[string]want{
				// quiet: 10 × 41.67/1,000 = 0.42 → min 2; (10 + 23×2)/24 = 2.3333 × 730 × 0.0816 = 138.99;
				// 2 → 119.14, 10 → 595.68.
				"instance hours, m7g.large": {"119.14", "138.99", "595.68"},
				"root volume, gp3":          {"1.28", "1.49", "6.40"}, // 0.64 each
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
			resources: []cost.Resource{alb, res("", "cloudflare:index/record:Record", "www", m{"proxied": true})}, of: "alb",
			want: map[string]want{
				"load balancer hours":                   flat("16.43"),
				"public IPv4 addresses (load balancer)": flat("7.30"),
				"capacity units":                        {"15.77", "30.88", "76.21"},
				// 1,971 − 100 GB × 0.09; half 985.5 − 100; twice 3,942 − 100.
				"data to the internet, first 10 TB": {"79.70", "168.39", "345.78"},
			},
		},
		"a queue is asked three times per job and polled": {
			resources: []cost.Resource{res("", "aws:sqs/queue:Queue", "jobs", m{}), res("", "aws:sqs/queue:Queue", "jobs-dlq", m{})}, of: "jobs",
			// jobs: 109.5 million × 0.5 × 0.01 = 547,500 × 3 = 1,642,500; polls 730 × 180 = 131,400;
			// 1,773,900 × 0.4 per million = 0.71; half 821,250 + 131,400; twice 3,285,000 + 131,400.
			want: map[string]want{"requests": {"0.38", "0.71", "1.37"}},
		},
		"logs are taken in once and kept": {
			resources: []cost.Resource{dist, res("", "aws:cloudwatch/logGroup:LogGroup", "log", m{"retentionInDays": 365.0})}, of: "log",
			want: map[string]want{
				"logs taken in": {"8.21", "16.43", "32.85"}, // 32.85 GB × 0.5
				"logs kept":     {"5.91", "11.83", "23.65"}, // 32.85 GB × 12 months × 0.03
			},
		},
		"a log of a fleet is the application's, that of a cache is not": {
			resources: []cost.Resource{
				dist, res("web", "aws:autoscaling/group:Group", "web", m{}), res("web", "aws:cloudwatch/logGroup:LogGroup", "log", m{"retentionInDays": 365.0}),
				res("cache", "aws:cloudwatch/logGroup:LogGroup", "slow", m{}),
			}, of: "log",
			want: map[string]want{"logs taken in": {"8.21", "16.43", "32.85"}, "logs kept": {"5.91", "11.83", "23.65"}},
		},
		"an API gateway counts what reaches it": {
			resources: []cost.Resource{res("", "aws:apigatewayv2/api:Api", "api", m{"protocolType": "HTTP"})}, of: "api",
			want: map[string]want{"API requests, first 300 million": {"27.38", "54.75", "109.50"}}, // 109.5 million × 0.5 that are no files × 1.00
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimator(t, cost.Options{Traffic: profile()}).Estimate(tt.resources)
			checkLines(t, e, tt.of, tt.want)
		})
	}
}

func TestUnpricedAndFreeSayWhy(t *testing.T) {
	for name, tt := range map[string]struct {
		resources []cost.Resource
		opts      cost.Options
		state     string
		reason    string
	}{
		"unknown type": {
			resources: []cost.Resource{res("", "aws:msk/cluster:Cluster", "x", m{})},
			state:     "unpriced", reason: "unknown type",
		},
		"unknown instance type": {
			resources: []cost.Resource{res("", "aws:ec2/instance:Instance", "x", m{"instanceType": cost.Unknown{}})},
			state:     "unpriced", reason: "instanceType is not known before the deployment",
		},
		"instance type of the wrong kind": {
			resources: []cost.Resource{res("", "aws:ec2/instance:Instance", "x", m{"instanceType": 7.0})},
			state:     "unpriced", reason: "instanceType is not given",
		},
		"secret size": {
			resources: []cost.Resource{res("", "aws:ebs/volume:Volume", "x", m{"size": cost.Secret})},
			state:     "unpriced", reason: "size is not known",
		},
		"no price in the region, no fallback wanted": {
			resources: []cost.Resource{res("", "aws:ec2/natGateway:NatGateway", "x", m{"connectivityType": "private"})},
			opts:      cost.Options{Region: "sa-east-1", Fallback: cost.FallbackNone},
			state:     "unpriced", reason: `no price for NAT gateway "NAT gateway hour" in sa-east-1 (there is one for us-east-1)`,
		},
		"group with attributes": {
			resources: []cost.Resource{res("", "aws:autoscaling/group:Group", "x", m{"maxSize": 2.0, "mixedInstancesPolicy": m{"launchTemplate": m{"overrides": l{m{"instanceRequirements": m{}}}}}})},
			state:     "unpriced", reason: "chosen by attributes",
		},
		"replica of one of two databases": {
			resources: []cost.Resource{
				res("a", "aws:rds/instance:Instance", "p1", m{"engine": "postgres"}),
				res("b", "aws:rds/instance:Instance", "p2", m{"engine": "mysql"}),
				res("c", "aws:rds/instance:Instance", "x", m{"instanceClass": "db.t4g.small", "replicateSourceDb": cost.Unknown{}}),
			},
			state: "unpriced", reason: "which database it replicates is not known",
		},
		"MariaDB":            {[]cost.Resource{res("", "aws:rds/instance:Instance", "x", m{"engine": "mariadb", "instanceClass": "db.t4g.small"})}, cost.Options{}, "unpriced", `no prices for the engine "mariadb"`},
		"dead letters":       {[]cost.Resource{res("", "aws:sqs/queue:Queue", "x-dlq", m{})}, cost.Options{}, "usage", "only messages that failed"},
		"bucket, no traffic": {[]cost.Resource{res("", "aws:s3/bucket:Bucket", "x", m{})}, cost.Options{}, "usage", "give a traffic profile"},
		"gateway endpoint":   {[]cost.Resource{res("", "aws:ec2/vpcEndpoint:VpcEndpoint", "x", m{"serviceName": "com.amazonaws.us-east-1.s3"})}, cost.Options{}, "free", "gateway endpoints"},
		"CDN's logs": {[]cost.Resource{
			res("", "aws:cloudwatch/logDeliverySource:LogDeliverySource", "s", m{"logType": "ACCESS_LOGS", "resourceArn": cost.Unknown{}}),
			res("", "aws:cloudwatch/logDelivery:LogDelivery", "x", m{}),
		}, cost.Options{}, "free", "cost nothing to deliver"},
		"others' logs": {[]cost.Resource{
			res("", "aws:cloudwatch/logDeliverySource:LogDeliverySource", "s", m{"logType": "ACCESS_LOGS", "resourceArn": "arn:aws:apigateway:us-east-1::/apis/1"}),
			res("", "aws:cloudwatch/logDelivery:LogDelivery", "x", m{}),
		}, cost.Options{}, "usage", "paid per GB of log"},
		"component":   {[]cost.Resource{res("", "rung:components:Network", "x", m{})}, cost.Options{}, "free", "not a cloud resource"},
		"empty group": {[]cost.Resource{res("", "aws:autoscaling/group:Group", "x", m{"minSize": 0.0, "maxSize": 4.0, "launchTemplate": m{"name": "lt"}}), res("", "aws:ec2/launchTemplate:LaunchTemplate", "lt", m{"name": "lt", "instanceType": "m7g.large"})}, cost.Options{}, "free", "its size is 0"},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimator(t, tt.opts).Estimate(tt.resources)
			notes := map[string][]cost.Note{"free": e.Free, "usage": e.UsageBased, "unpriced": e.Unpriced}[tt.state]
			for _, n := range notes {
				if n.Name == "x" || n.Name == "x-dlq" {
					assert.Contains(t, n.Reason, tt.reason)
					return
				}
			}
			require.Fail(t, "x is not "+tt.state, "%+v", e)
		})
	}
}

func TestFallbackIsLabelled(t *testing.T) {
	e := estimator(t, cost.Options{Region: "sa-east-1"}).Estimate([]cost.Resource{res("", "aws:ec2/natGateway:NatGateway", "x", m{"connectivityType": "private"})})
	require.Len(t, e.Lines, 1)
	assert.Equal(t, "fallback: us-east-1 price, none known for sa-east-1", e.Lines[0].Note)
	assert.Equal(t, "sa-east-1", e.Lines[0].Region)
}

// A mixed fleet, by hand: capacity 2 to 8, expected 4. One is on-demand and a
// quarter of the rest; the others are spot. The first type weighs 2 units, so
// half as many instances run.
func TestMixedFleetWithWeights(t *testing.T) {
	resources := []cost.Resource{
		res("", "aws:autoscaling/group:Group", "web", m{
			"minSize": 2.0, "maxSize": 8.0, "desiredCapacity": 4.0,
			"mixedInstancesPolicy": m{
				"instancesDistribution": m{"onDemandBaseCapacity": 1.0, "onDemandPercentageAboveBaseCapacity": 25.0},
				"launchTemplate": m{
					"launchTemplateSpecification": m{"launchTemplateId": cost.Unknown{}},
					"overrides":                   l{m{"instanceType": "m7g.large", "weightedCapacity": "2"}, m{"instanceType": "m6g.medium", "weightedCapacity": "1"}},
				},
			},
		}),
		res("", "aws:ec2/launchTemplate:LaunchTemplate", "web-template", m{"blockDeviceMappings": l{m{"ebs": m{"volumeSize": 10.0, "volumeType": "gp3"}}}}),
		res("", "aws:autoscaling/policy:Policy", "web-cpu", m{"autoscalingGroupName": cost.Unknown{}}),
	}
	checkLines(t, estimator(t, cost.Options{}).Estimate(resources), "web", map[string]want{
		// on-demand units: 1 + 0.25×(n−1) = 1.25, 1.75, 2.75; halved; × 730 × 0.0816 = 59.568
		"instance hours, m7g.large": {"37.23", "52.12", "81.91"},
		// spot units: 0.75, 2.25, 5.25; halved; per unit m7g.large costs 0.0408 and m6g.medium 0.0385:
		// relative to the first 0.94363, mean 0.97181, 1. × 59.568 × 0.3, 0.4, 0.5
		"spot instance hours, m7g.large": {"6.32", "26.05", "78.18"},
		"root volume, gp3":               {"0.80", "1.60", "3.20"}, // 10 GB × 0.08 × 1, 2, 4 instances
	})
}

func TestReplicaInheritsFromItsSource(t *testing.T) {
	primary := res("database", "aws:rds/instance:Instance", "primary", m{"identifier": "orders", "engine": "postgres", "instanceClass": "db.m7g.large", "allocatedStorage": 200.0, "storageType": "gp3"})
	other := res("other", "aws:rds/instance:Instance", "other", m{"engine": "mysql", "instanceClass": "db.m7g.large", "allocatedStorage": 10.0})
	wants := map[string]want{
		"db.t4g.medium hours, PostgreSQL Single-AZ": flat("47.45"), // 730 × 0.065
		"storage, gp3 Single-AZ":                    flat("23.00"), // 200 × 0.115, not RDS's default of 20 GB
	}
	for name, source := range map[string]any{
		"by identifier":                "orders",
		"by ARN":                       "arn:aws:rds:us-east-1:123456789012:db:orders",
		"by component while not known": cost.Unknown{},
		"by component behind a secret": cost.Secret,
		"by the engine's own sentinel": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
	} {
		t.Run(name, func(t *testing.T) {
			replica := res("database", "aws:rds/instance:Instance", "x", m{"instanceClass": "db.t4g.medium", "replicateSourceDb": source})
			checkLines(t, estimator(t, cost.Options{}).Estimate([]cost.Resource{primary, other, replica}), "x", wants)
		})
	}
	t.Run("by recorded dependency", func(t *testing.T) {
		replica := res("elsewhere", "aws:rds/instance:Instance", "x", m{"instanceClass": "db.t4g.medium", "replicateSourceDb": cost.Unknown{}})
		replica.Dependencies = map[string][]string{"replicateSourceDb": {primary.URN}}
		checkLines(t, estimator(t, cost.Options{}).Estimate([]cost.Resource{primary, other, replica}), "x", wants)
	})
}

func TestExtendedSupportBeginsWithTheDay(t *testing.T) {
	old := []cost.Resource{res("", "aws:rds/instance:Instance", "x", m{"engine": "postgres", "engineVersion": "13.15", "instanceClass": "db.m7g.large", "multiAz": true, "allocatedStorage": 20.0, "storageType": "gp3"})}
	for name, tt := range map[string]struct {
		now  string
		want string
	}{
		"the day before":           {"2026-02-28", ""},
		"the first day":            {"2026-03-01", "292.00"}, // 2 vCPUs × 2 zones × 730 × 0.1
		"the third year is dearer": {"2028-03-01", "unpriced"},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimator(t, cost.Options{Now: day(t, tt.now)}).Estimate(old)
			got := ""
			for _, l := range e.Lines {
				if l.Item == "extended support of postgres 13" {
					got = l.Monthly.StringFixed(2)
				}
			}
			for _, n := range e.Unpriced {
				if n.Item == "extended support of postgres 13" {
					got = "unpriced"
				}
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestThreeDashboardsAreFree(t *testing.T) {
	var resources []cost.Resource
	for _, name := range []string{"a", "b", "c", "d"} {
		resources = append(resources, res("", "aws:cloudwatch/dashboard:Dashboard", name, m{}))
	}
	e := estimator(t, cost.Options{}).Estimate(resources)
	assert.Equal(t, "3.00", e.Expected.StringFixed(2))
	checkLines(t, e, "d", map[string]want{"dashboard": flat("3.00")})
}

func TestCustomMetricsArePaidOnceAndTenAreFree(t *testing.T) {
	var resources []cost.Resource
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"} {
		for _, alarm := range []string{"high", "low"} {
			resources = append(resources, res("", "aws:cloudwatch/metricAlarm:MetricAlarm", name+alarm, m{"namespace": "CWAgent", "metricName": "mem_used_percent", "dimensions": m{"Host": name}}))
		}
	}
	resources = append(resources, res("", "aws:cloudwatch/metricAlarm:MetricAlarm", "aws", m{"namespace": "AWS/EC2", "metricName": "CPUUtilization"}))
	e := estimator(t, cost.Options{}).Estimate(resources)
	assert.Equal(t, "2.60", e.Expected.StringFixed(2)) // 23 alarms × 0.10, and the eleventh metric × 0.30
	checkLines(t, e, "khigh", map[string]want{"alarm metrics": flat("0.10"), "custom metric CWAgent mem_used_percent": flat("0.30")})
	checkLines(t, e, "klow", map[string]want{"alarm metrics": flat("0.10")})
}

func TestDrawnMetricsArePaidUnlessAnAlarmWatchesThem(t *testing.T) {
	var resources []cost.Resource
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} { // the ten that are free
		resources = append(resources, res("", "aws:cloudwatch/metricAlarm:MetricAlarm", name, m{"namespace": "app", "metricName": name, "dimensions": m{"Stack": "s"}}))
	}
	const body = `{"widgets": [
		{"type": "text", "properties": {"markdown": "## web"}},
		{"type": "metric", "properties": {"metrics": [
			["app", "a", "Stack", "s", {"stat": "p95"}],
			["app", "k", "Stack", "s", {"stat": "Sum"}],
			["app", "k", "Stack", "s", {"stat": "Maximum"}],
			["app", "k", "Stack", "other"],
			["AWS/EC2", "CPUUtilization", "InstanceId", "i-1"],
			[".", "l", ".", "."],
			[{"expression": "m1+m2"}],
			["app", "half a pair", "Stack"]]}}]}`
	resources = append(resources, res("", "aws:cloudwatch/dashboard:Dashboard", "board", m{"dashboardBody": body}))
	e := estimator(t, cost.Options{}).Estimate(resources)
	assert.Equal(t, "1.60", e.Expected.StringFixed(2)) // 10 alarms × 0.10, and k twice × 0.30
	for _, odd := range []any{cost.Unknown{}, "no JSON", `{"widgets": 1}`} {
		e := estimator(t, cost.Options{}).Estimate([]cost.Resource{res("", "aws:cloudwatch/dashboard:Dashboard", "board", m{"dashboardBody": odd})})
		assert.Len(t, e.Lines, 1)
	}
}

func TestLogGroupOfMetricsIsNotTheApps(t *testing.T) {
	server := []cost.Resource{
		res("server", "aws:ec2/instance:Instance", "server", m{"instanceType": "t4g.small"}),
		res("server", "aws:cloudwatch/logGroup:LogGroup", "server-metrics", m{"retentionInDays": 1.0}),
	}
	e := estimator(t, cost.Options{Traffic: ladder.Stages()[2].Traffic}).Estimate(server)
	checkLines(t, e, "server-metrics", map[string]want{"metrics' events taken in": flat("0.02")}) // 1 KB × 43,800 minutes × 0.50 a GB
}

func TestSnapshotPolicyPricesTheVolumesOfItsTags(t *testing.T) {
	e := estimator(t, cost.Options{}).Estimate([]cost.Resource{
		res("", "aws:ebs/volume:Volume", "mine", m{"size": 20.0, "type": "gp3", "tags": m{"backup": "daily"}}),
		res("", "aws:ebs/volume:Volume", "other", m{"size": 500.0, "type": "gp3", "tags": m{"backup": "no"}}),
		res("", "aws:dlm/lifecyclePolicy:LifecyclePolicy", "x", m{"policyDetails": m{"targetTags": m{"backup": "daily"}}}),
	})
	checkLines(t, e, "x", map[string]want{"snapshots": {"0.50", "1.00", "2.00"}}) // 20 GB × 0.05
}
