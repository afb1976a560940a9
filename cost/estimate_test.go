package cost_test

import (
	"bufio"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

func day(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	require.NoError(t, err)
	return d
}

// knownTypes are the type tokens that rung's six stages may use.
func knownTypes(t testing.TB) []string {
	t.Helper()
	f, err := os.Open("testdata/types.txt")
	require.NoError(t, err)
	defer f.Close()
	var out []string
	for s := bufio.NewScanner(f); s.Scan(); {
		out = append(out, s.Text())
	}
	return out
}

func TestEveryTypeOfTheStagesIsKnown(t *testing.T) {
	types := knownTypes(t)
	require.Greater(t, len(types), 130)
	for _, typ := range types {
		e := estimator(t, cost.Options{}).Estimate([]cost.Resource{res("", typ, "x", m{})})
		for _, n := range e.Unpriced {
			assert.NotContains(t, n.Reason, "unknown type", typ)
		}
	}
}

// states counts in how many states a resource ended.
func states(e cost.Estimate, urn string) int {
	n := 0
	for _, l := range e.Lines {
		if l.URN == urn {
			n = 1
		}
	}
	for _, notes := range [][]cost.Note{e.Free, e.UsageBased, e.Unpriced} {
		for _, note := range notes {
			if note.URN == urn && note.Item == "" {
				n++
			}
		}
	}
	return n
}

// dearTypes are the types with the most to go wrong.
var dearTypes = []string{
	token.EC2Instance, token.AutoScalingGroup, token.EC2LaunchTemplate,
	token.AutoScalingPolicy,
	token.RDSInstance, token.ElastiCacheReplicationGroup, token.ALBLoadBalancer,
	token.EBSVolume,
	token.RDSClusterInstance, token.OpenSearchDomain, token.DynamoDBTable,
	token.EC2SpotInstanceRequest,
}

// plausible are the properties that pricing functions read, with values that
// make sense.
var plausible = map[string][]any{
	"instanceType": {"t4g.small", "m7g.large", "x9.huge"}, "instanceClass": {"db.t4g.small", "db.m7g.large", "db.serverless"},
	"nodeType": {"cache.t4g.small"}, "engine": {"postgres", "mysql", "redis", "valkey", "aurora-postgresql"}, "engineVersion": {"16.4", "12.9", "8.0.36"},
	"storageType": {"gp2", "gp3", "io1", "io2"}, "allocatedStorage": {20.0, 400.0}, "iops": {3_000.0, 70_000.0}, "throughput": {500.0},
	"multiAz": {true}, "replicateSourceDb": {cost.Unknown{}, "x"}, "size": {8.0, 500.0}, "type": {"gp3", "io2", "standard"},
	"minSize": {0.0, 2.0}, "maxSize": {1.0, 8.0}, "desiredCapacity": {3.0}, "launchTemplate": {m{"name": "x"}, m{"id": cost.Unknown{}}},
	"mixedInstancesPolicy": {m{
		"instancesDistribution": m{"onDemandBaseCapacity": 1.0, "onDemandPercentageAboveBaseCapacity": 50.0},
		"launchTemplate":        m{"launchTemplateSpecification": m{"launchTemplateName": "x"}, "overrides": l{m{"instanceType": "m7g.large", "weightedCapacity": "2"}, m{"instanceType": "t4g.small"}}},
	}},
	"rootBlockDevice": {m{"volumeSize": 10.0}}, "ebsBlockDevices": {l{m{"volumeSize": 10.0}, m{"volumeSize": 20.0, "volumeType": "gp3"}}, l{m{}}},
	"blockDeviceMappings": {l{m{"ebs": m{"volumeSize": 9.0}}, m{"ebs": m{"volumeSize": 5.0}}}}, "instanceMarketOptions": {m{"marketType": "spot"}},
	"subnets": {l{"a", "b"}}, "subnetIds": {l{"a"}}, "subnetId": {"x", cost.Unknown{}}, "instance": {"x", cost.Unknown{}}, "allocationId": {"x"},
	"numCacheClusters": {2.0}, "numNodeGroups": {3.0}, "replicasPerNodeGroup": {1.0}, "loadBalancerType": {"application", "network", "gateway"}, "internal": {true, false},
	"monitoring": {true, m{"enabled": true}}, "origins": {l{m{"originAccessControlId": "E1"}}}, "retentionInDays": {30.0}, "vpcs": {l{m{}}}, "plan": {"pro", "free", "odd"},
	"clusterConfig": {m{"instanceType": "r7g.large.search", "instanceCount": 2.0}}, "ebsOptions": {m{"ebsEnabled": true, "volumeSize": 10.0}},
	"serverlessv2ScalingConfiguration": {m{"minCapacity": 0.5, "maxCapacity": 4.0}}, "clusterIdentifier": {"x"}, "autoscalingGroupName": {"x", cost.Unknown{}},
	"id": {"x"}, "name": {"x"}, "identifier": {"x"}, "proxied": {true}, "billingMode": {"PROVISIONED"}, "readCapacity": {5.0}, "writeCapacity": {5.0}, "instanceCount": {2.0},
}

// odd are values that no provider would take, or that are not known.
var odd = []any{cost.Unknown{}, cost.Secret, nil, true, "x", "", "-3", -2.0, -0.5, 0.0, 1e300, l{}, l{cost.Unknown{}},
	l{nil}, m{}}

// resource draws a resource of any type with a choice of properties, most of
// them plausible.
func resource(types []string) *rapid.Generator[cost.Resource] {
	keys := slices.Sorted(maps.Keys(plausible))
	return rapid.Custom(func(t *rapid.T) cost.Resource {
		p := m{}
		for _, k := range keys {
			switch rapid.IntRange(0, 9).Draw(t, k) {
			case 0, 1, 2, 3, 4:
				p[k] = rapid.SampledFrom(plausible[k]).Draw(t, k+" value")
			case 5:
				p[k] = rapid.SampledFrom(odd).Draw(t, k+" oddity")
			}
		}
		return cost.Resource{
			Type:      rapid.SampledFrom(types).Draw(t, "type"),
			Name:      rapid.SampledFrom([]string{"web", "jobs-dlq", "backups", "x-template", "y"}).Draw(t, "name"),
			Component: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "component"),
			Region:    rapid.SampledFrom([]string{"", "eu-west-1", "mars-north-1"}).Draw(t, "region"),
			Group:     rapid.IntRange(0, 20).Draw(t, "group") == 20,
			External:  rapid.IntRange(0, 20).Draw(t, "external") == 20,
			Props:     p,
		}
	})
}

func TestNothingVanishesAndLinesAddUp(t *testing.T) {
	// Types that cost money are listed twice more, because most properties are theirs.
	types := append(knownTypes(t), append(dearTypes, dearTypes...)...)
	types = append(types, "acme:what/ever:Thing", token.Stack, "pulumi:providers:aws",
		token.RandomId, token.CloudflareRecord, token.CloudflareZone, "")
	catalogue, err := cost.Load()
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		resources := rapid.SliceOfN(resource(types), 1, 12).Draw(t, "resources")
		for i := range resources {
			resources[i].URN = "urn:" + string(rune('a'+i))
		}
		stage, _ := ladder.Get(ladder.Number(rapid.IntRange(1, 6).Draw(t, "stage")))
		opts := cost.Options{Fallback: cost.Fallback(rapid.IntRange(0, 1).Draw(t, "fallback")),
			Reserved: map[string]int{"t4g.small": rapid.IntRange(0, 3).Draw(t, "reserved")}}
		if rapid.Bool().Draw(t, "traffic") {
			opts.Traffic = stage.Traffic
		}
		e := cost.NewEstimator(catalogue, opts).Estimate(resources)

		for _, r := range resources {
			assert.Equal(t, 1, states(e, r.URN), "%s %s", r.Type, r.URN)
		}
		var low, expected, high decimal.Decimal
		items := map[string]bool{}
		for _, line := range e.Lines {
			assert.False(t, items[line.URN+line.Item], "two lines of %s are called %q", line.Type, line.Item)
			items[line.URN+line.Item] = true
			low, expected, high = low.Add(line.Low), expected.Add(line.Monthly), high.Add(line.High)
			assert.False(t, line.Low.GreaterThan(line.Monthly) || line.Monthly.GreaterThan(line.High), "%+v", line)
			assert.False(t, line.Low.IsNegative(), "%+v", line)
			assert.NotEmpty(t, line.Source)
			assert.True(t, line.Monthly.Equal(line.Monthly.Round(2)))
		}
		assert.True(t, low.Equal(e.Low) && expected.Equal(e.Expected) && high.Equal(e.High))

		rand.Shuffle(len(resources), func(i, j int) { resources[i], resources[j] = resources[j], resources[i] })
		assert.Equal(t, e, cost.NewEstimator(catalogue, opts).Estimate(resources),
			"the order of the resources must not matter")
	})
}

func TestLinesAreQuantityTimesPrice(t *testing.T) {
	for _, file := range []string{"foreign-export.json", "foreign-preview.json"} {
		for _, line := range foreign(t, file).Lines {
			diff := line.Quantity.Mul(line.Price).Sub(line.Monthly).Abs()
			assert.True(t, diff.LessThan(decimal.New(1, -2)), "%s %s: %s × %s is not %s", line.Name, line.Item, line.Quantity,
				line.Price, line.Monthly)
		}
	}
}

func TestSubtotalsAndRatios(t *testing.T) {
	resources := append(fleet(), cdn()...)
	resources[0].Region = "eu-west-1"
	stage, err := ladder.Get(3)
	require.NoError(t, err)
	e := estimator(t, cost.Options{Traffic: stage.Traffic}).Estimate(resources)

	for _, parts := range [][]cost.Subtotal{e.ByComponent(), e.ByRegion()} {
		sum := decimal.Zero
		for i, p := range parts {
			sum = sum.Add(p.Expected)
			assert.True(t, i == 0 || !p.Expected.GreaterThan(parts[i-1].Expected), "dearest first")
		}
		assert.True(t, sum.Equal(e.Expected))
	}
	assert.Equal(t, "database", e.ByComponent()[0].Key)
	regions := []string{}
	for _, r := range e.ByRegion() {
		regions = append(regions, r.Key)
	}
	assert.ElementsMatch(t, []string{"us-east-1", "eu-west-1", cost.Global}, regions)

	// 764.31 a month for 100,000 users and 60,833,333 requests, but for the load balancer's region.
	assert.Equal(t, e.Expected.Div(decimal.NewFromInt(100)).StringFixed(2), e.PerThousandUsers(100_000).StringFixed(2))
	assert.Equal(t, "10.00", cost.Estimate{Expected: decimal.NewFromInt(20)}.PerMillionRequests(2_000_000).StringFixed(2))
	assert.True(t, e.PerThousandUsers(0).IsZero() && e.PerMillionRequests(0).IsZero())
}

func TestSourcedShareCountsOnlyVerifiedAndDatedPrices(t *testing.T) {
	e := estimator(t, cost.Options{}).Estimate([]cost.Resource{
		res("", token.SecretsManagerSecret, "dated", m{}),           // 0.40, dated
		res("", token.CloudWatchCompositeAlarm, "third party", m{}), // 0.50, third party
	})
	require.Empty(t, e.Unpriced)
	assert.Equal(t, "0.4444", e.SourcedShare().StringFixed(4)) // 0.40 of 0.90
	assert.Equal(t, "1", cost.Estimate{}.SourcedShare().String())
}

func TestNoteTextsAreSentencesWithoutLineBreaks(t *testing.T) {
	for _, file := range []string{"foreign-export.json", "foreign-preview.json"} {
		e := foreign(t, file)
		for _, notes := range [][]cost.Note{e.Free, e.UsageBased, e.Unpriced} {
			for _, n := range notes {
				assert.NotEmpty(t, n.Reason)
				assert.False(t, strings.ContainsAny(n.Reason, "\n\t"))
			}
		}
	}
}
