package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

func TestStores(t *testing.T) {
	checkCases(t, map[string]lineCase{
		"a reservation of a database covers one of its class": {
			resources: []cost.Resource{res("", token.RDSInstance, "x", m{"engine": "postgres", "instanceClass": "db.t4g.small", "allocatedStorage": 20.0, "storageType": "gp3"})},
			opts:      cost.Options{Reserved: map[string]int{"db.t4g.small": 1}},
			want: map[string]want{
				"reserved db.t4g.small hours, PostgreSQL Single-AZ": flat("17.01"), // 730 × 0.0233, at list
				"storage, gp3 Single-AZ":                            flat("2.30"),
			},
		},
		"one reservation for two nodes": {
			resources: []cost.Resource{res("", token.ElastiCacheReplicationGroup, "x", m{"engine": "valkey", "nodeType": "cache.t4g.small", "numCacheClusters": 2.0})},
			opts:      cost.Options{Reserved: map[string]int{"cache.t4g.small": 1}},
			want: map[string]want{
				"reserved node hours, cache.t4g.small Valkey": flat("12.85"), // 730 × 0.0176, at list
				"node hours, cache.t4g.small Valkey":          flat("18.69"),
			},
		},
		"Multi-AZ is a price of its own": {
			resources: []cost.Resource{res("", token.RDSInstance, "x", m{"engine": "postgres", "instanceClass": "db.t4g.small", "multiAz": true, "allocatedStorage": 20.0, "storageType": "gp3"})},
			want: map[string]want{
				"db.t4g.small hours, PostgreSQL Multi-AZ": flat("47.45"), // 730 × 0.065, not 2 × 730 × 0.032
				"storage, gp3 Multi-AZ":                   flat("4.60"),  // 20 × 0.23
			},
		},
		"IOPS of a small RDS gp3 volume count from 3,000": {
			resources: []cost.Resource{res("", token.RDSInstance, "x", m{"engine": "postgres", "instanceClass": "db.t4g.small", "allocatedStorage": 399.0, "storageType": "gp3", "iops": 3_500.0})},
			want: map[string]want{
				"db.t4g.small hours, PostgreSQL Single-AZ": flat("23.36"), // 730 × 0.032
				"storage, gp3 Single-AZ":                   flat("45.89"), // 399 × 0.115 = 45.885
				"IOPS above 3000":                          flat("10.00"), // 500 × 0.02
			},
		},
		"a cache of shards": {
			resources: []cost.Resource{res("", token.ElastiCacheReplicationGroup, "x", m{"engine": "valkey", "nodeType": "cache.r7g.large", "numNodeGroups": 3.0, "replicasPerNodeGroup": 2.0})},
			want:      map[string]want{"node hours, cache.r7g.large Valkey": flat("1151.06")}, // 9 × 730 × 0.1752 = 1151.064
		},
		"a search domain with masters": {
			resources: []cost.Resource{res("", token.OpenSearchDomain, "x", m{
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
				res("", token.RDSCluster, "c",
					m{"engine": "aurora-postgresql", "clusterIdentifier": "c",
						"serverlessv2ScalingConfiguration": m{"minCapacity": 0.5, "maxCapacity": 8.0}}),
				res("", token.RDSClusterInstance, "x",
					m{"instanceClass": "db.serverless", "clusterIdentifier": "c"}),
			},
			want: map[string]want{"serverless capacity units": {"43.80", "208.05", "700.80"}}, // 0.5, a quarter of the way, and 8 × 730 × 0.12
		},
		"a proxy costs by the vCPUs behind it": {
			resources: []cost.Resource{
				res("db", token.RDSInstance, "d", m{"instanceClass": "db.m7g.xlarge", "engine": "postgres"}),
				res("db", token.RDSProxy, "x", m{}),
			},
			want: map[string]want{"proxy vCPU hours": flat("43.80")}, // 4 × 730 × 0.015
		},
	})
}

func TestReplicaInheritsFromItsSource(t *testing.T) {
	primary := res("database", token.RDSInstance, "primary",
		m{"identifier": "orders", "engine": "postgres", "instanceClass": "db.m7g.large", "allocatedStorage": 200.0,
			"storageType": "gp3"})
	other := res("other", token.RDSInstance, "other",
		m{"engine": "mysql", "instanceClass": "db.m7g.large", "allocatedStorage": 10.0})
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
			replica := res("database", token.RDSInstance, "x",
				m{"instanceClass": "db.t4g.medium", "replicateSourceDb": source})
			checkLines(t, estimator(t, cost.Options{}).Estimate([]cost.Resource{primary, other, replica}), "x", wants)
		})
	}
	t.Run("by recorded dependency", func(t *testing.T) {
		replica := res("elsewhere", token.RDSInstance, "x",
			m{"instanceClass": "db.t4g.medium", "replicateSourceDb": cost.Unknown{}})
		replica.Dependencies = map[string][]string{"replicateSourceDb": {primary.URN}}
		checkLines(t, estimator(t, cost.Options{}).Estimate([]cost.Resource{primary, other, replica}), "x", wants)
	})
}

func TestExtendedSupportBeginsWithTheDay(t *testing.T) {
	old := []cost.Resource{res("", token.RDSInstance, "x",
		m{"engine": "postgres", "engineVersion": "13.15", "instanceClass": "db.m7g.large", "multiAz": true,
			"allocatedStorage": 20.0, "storageType": "gp3"})}
	for name, tt := range map[string]struct {
		now  string
		want string
	}{
		"the day before":           {"2026-02-28", ""},
		"the first day":            {"2026-03-01", "292.00"}, // 2 vCPUs × 2 zones × 730 × 0.1
		"the third year is dearer": {"2028-03-01", "584.00"},
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
