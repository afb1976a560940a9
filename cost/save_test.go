package cost_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// savings are what could be had for less, "what: a month".
func savings(t *testing.T, o cost.Options, resources ...cost.Resource) map[string]string {
	t.Helper()
	catalogue, err := cost.Load()
	require.NoError(t, err)
	out := map[string]string{}
	last := ""
	for _, s := range cost.NewEstimator(catalogue, o).Savings(resources) {
		assert.NotEmpty(t, s.Risk)
		assert.NotEmpty(t, s.Change)
		assert.NotEmpty(t, s.Group)
		assert.NotEmpty(t, s.Names)
		if last != "" {
			previous, err := decimal.NewFromString(last)
			require.NoError(t, err)
			this := s.Monthly
			assert.True(t, this.LessThanOrEqual(previous), "the most money first")
		}
		last = s.Monthly.String()
		name := s.What
		if s.Commitment != "" {
			name += " (" + strings.SplitN(s.Commitment, ",", 2)[0] + ")"
		}
		if out[name] == "" {
			out[name] = s.Monthly.StringFixed(2)
		}
	}
	return out
}

func TestSavings(t *testing.T) {
	for name, tt := range map[string]struct {
		resources []cost.Resource
		want      map[string]string
	}{
		"a machine": {[]cost.Resource{res("", token.EC2Instance, "x", m{"instanceType": "m5.large", "associatePublicIpAddress": false, "rootBlockDevice": m{"volumeSize": 100.0, "volumeType": "gp2"}})},
			map[string]string{
				"Reserve 1 × m5.large in us-east-1 (1 year)":         "26.28", // 730 × (0.096 − 0.06)
				"A Compute Savings Plan of $0.071 an hour (1 year)":  "18.25", // 730 × (0.096 − 0.071)
				"A Compute Savings Plan of $0.049 an hour (3 years)": "34.31",
				"Reserve 1 × m5.large in us-east-1 (3 years)":        "40.15", // 0.041
				"EC2: m7g instead of m5":                             "10.51", // 0.0816
				"EBS: gp3 instead of gp2":                            "2.00",  // 100 × (0.1 − 0.08)
			}},
		"a cache": {[]cost.Resource{res("", token.ElastiCacheReplicationGroup, "x", m{"engine": "redis", "nodeType": "cache.t4g.small", "numCacheClusters": 2.0})},
			map[string]string{"ElastiCache: Valkey instead of Redis OSS": "9.34",
				"Reserve 2 × cache.t4g.small in us-east-1 (1 year)":  "14.60",
				"Reserve 2 × cache.t4g.small in us-east-1 (3 years)": "21.90"}},
		"an old Kubernetes": {[]cost.Resource{res("", token.EKSCluster, "x", m{"version": "1.30"})}, map[string]string{"Upgrade Kubernetes to a version in standard support": "365.00"}},
		"an old database": {[]cost.Resource{res("", token.RDSInstance, "x", m{"engine": "mysql", "engineVersion": "5.7", "instanceClass": "db.x9.large", "allocatedStorage": 20.0})},
			map[string]string{"End the extended support of mysql 5.7": "292.00"}}, // 2 vCPUs × 730 × 0.2
		"an address that nothing holds": {[]cost.Resource{res("", token.EC2Eip, "x", m{"id": "eipalloc-1", "instance": ""})}, map[string]string{"Give up an elastic IP that nothing holds": "3.65"}},
		"one that a gateway holds": {[]cost.Resource{res("", token.EC2Eip, "x", m{"id": "eipalloc-1"}), res("", token.EC2NatGateway, "n", m{"allocationId": "eipalloc-1"})},
			map[string]string{"A t4g.nano as NAT in the place of each NAT gateway": "29.78"}}, // 32.85 − 730 × 0.0042
		"what is stopped": {[]cost.Resource{res("", token.EC2Instance, "x", m{"instanceType": "m5.large", "instanceState": "stopped"})}, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, savings(t, cost.Options{}, tt.resources...)) })
	}
}

// Of what else can be had for less, each by itself.
func TestSavingsByPlansAndOfIdleThings(t *testing.T) {
	disk := m{"type": "io2", "size": 500.0, "iops": 5000.0}
	standing := m{"id": "vol-1", "type": "io2", "size": 500.0, "iops": 5000.0}
	gateway := func(name string) cost.Resource {
		return res("", token.EC2NatGateway, name, m{"connectivityType": "private"})
	}
	for what, tt := range map[string]struct {
		want      string
		resources []cost.Resource
	}{
		"A Database Savings Plan of $0.148 an hour (1 year)": {"14.72", []cost.Resource{ // 730 × 0.168 × 12 %
			res("", token.RDSInstance, "x", m{"engine": "postgres", "engineVersion": "17.2", "instanceClass": "db.m7g.large",
				"allocatedStorage": 20.0})}},
		"EBS: gp3 with 5000 IOPS instead of io2":            {"337.50", []cost.Resource{res("", token.EBSVolume, "x", disk)}}, // 62.50 + 325 − 40 − 10
		"Give up a disk that nothing of the stack attaches": {"387.50", []cost.Resource{res("", token.EBSVolume, "x", standing)}},
		"Give up a load balancer without a listener":        {"16.43", []cost.Resource{res("", token.LBLoadBalancer, "x", m{"id": "lb", "internal": true})}},
		"One NAT gateway in us-east-1 instead of 2":         {"32.85", []cost.Resource{gateway("a"), gateway("b")}}, // 730 × 0.045
		"A t4g.nano as NAT in the place of each NAT gateway": {"35.92", []cost.Resource{{URN: "urn:n", Type: token.EC2NatGateway, // 730 × (1.2 × 0.045 − 0.0048)
			Name: "n", Region: "eu-central-1", Props: m{"connectivityType": "private"}}}},
		"Half of the machines of fleets as spot": {"52.56", []cost.Resource{ // 3 × 730 × 0.096, a half, 50 % below
			res("", token.EKSNodeGroup, "x", m{"instanceTypes": []any{"m5.large"}, "scalingConfig": m{"desiredSize": 3.0,
				"minSize": 3.0, "maxSize": 3.0}})}},
	} {
		t.Run(what, func(t *testing.T) { assert.Equal(t, tt.want, savings(t, cost.Options{}, tt.resources...)[what]) })
	}
	attached := []cost.Resource{res("", token.EBSVolume, "x", standing), res("", token.EC2VolumeAttachment, "a",
		m{"volumeId": "vol-1"})}
	assert.NotContains(t, savings(t, cost.Options{}, attached...), "Give up a disk that nothing of the stack attaches")
}

// A flat-rate plan holds what the distribution carries, allowances and all, or is not offered.
func TestSavingsByFlatRates(t *testing.T) {
	old := res("", token.CloudFrontDistribution, "x",
		m{"defaultCacheBehavior": m{"forwardedValues": m{"queryString": true}}})
	catalogue, err := cost.Load()
	require.NoError(t, err)
	all := cost.NewEstimator(catalogue, cost.Options{Traffic: profile()}).Savings([]cost.Resource{old})
	require.Len(t, all, 1)
	assert.Contains(t, all[0].What, "flat-rate plan Business ($200 a month)")
	assert.Contains(t, all[0].Risk, "ForwardedValues")
	traffic := profile()
	traffic.Users *= 1_000
	assert.Empty(t, cost.NewEstimator(catalogue, cost.Options{Traffic: traffic}).Savings([]cost.Resource{old}),
		"more than any plan holds")
}
