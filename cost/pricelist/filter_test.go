package pricelist

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
)

// A filter for a price that the catalogue does not have is a typing error.
func TestEveryFilterIsOfAPrice(t *testing.T) {
	c, err := cost.Load()
	require.NoError(t, err)
	used := map[string]int{}
	for _, k := range append(c.Keys(), c.TableKeys(cost.HomeRegion)...) {
		matches := 0
		for _, f := range filters() {
			if f.service == k.Service && f.sku.MatchString(k.SKU) {
				used[f.sku.String()+string(f.service)]++
				matches++
			}
		}
		assert.LessOrEqual(t, matches, 1, "%v", k)
	}
	for _, f := range filters() {
		assert.NotZero(t, used[f.sku.String()+string(f.service)], "%s %s", f.service, f.sku)
		assert.NotEmpty(t, f.attributes[0])
	}
}

func TestQueriesAreFilledIn(t *testing.T) {
	for name, tt := range map[string]struct {
		key  cost.Key
		file file
		want condition
	}{
		"an instance type":     {cost.Key{Service: cost.EC2, SKU: "c7g.xlarge Linux on-demand", Region: "eu-west-1"}, file{"AmazonEC2", "eu-west-1"}, condition{name: "instanceType", value: "c7g.xlarge"}},
		"the region itself":    {cost.Key{Service: cost.DataTransfer, SKU: "inter-region to eu-west-1", Region: "us-east-1"}, file{"AWSDataTransfer", "us-east-1"}, condition{name: "fromRegionCode", value: "us-east-1"}},
		"where it goes":        {cost.Key{Service: cost.DataTransfer, SKU: "inter-region to eu-west-1", Region: "us-east-1"}, file{"AWSDataTransfer", "us-east-1"}, condition{name: "toRegionCode", value: "eu-west-1"}},
		"an edge area":         {cost.Key{Service: cost.CloudFront, SKU: "HTTPS requests, Europe, Israel", Region: "edge:Europe, Israel"}, file{"AmazonCloudFront", allRegions}, condition{name: "location", value: "Europe"}},
		"a part of a value":    {cost.Key{Service: cost.OpenSearch, SKU: "m7g.large.search on-demand", Region: "us-east-1"}, file{"AmazonES", "us-east-1"}, condition{name: "usagetype", value: "ESInstance", part: true}},
		"with or without EUW1": {cost.Key{Service: cost.NLB, SKU: "NLCU", Region: "eu-west-2"}, file{"AWSELB", "eu-west-2"}, condition{name: "usagetype", value: "LCUUsage", prefixed: true}},
	} {
		t.Run(name, func(t *testing.T) {
			q, ok := queryOf(tt.key)
			require.True(t, ok)
			assert.Equal(t, tt.file, q.file)
			assert.Contains(t, q.attributes, tt.want)
		})
	}
	_, ok := queryOf(cost.Key{Service: cost.EC2, SKU: "t3.medium Linux reserved standard 1yr no-upfront",
		Region: "us-east-1"})
	assert.False(t, ok)
}

func TestPrefixesOfRegions(t *testing.T) {
	c := newCondition("usagetype=*LoadBalancerUsage")
	for usage, want := range map[string]bool{
		"LoadBalancerUsage": true, "EU-LoadBalancerUsage": true, "USE1-LoadBalancerUsage": true, "us-east-1-LoadBalancerUsage": true,
		"TS-LoadBalancerUsage": false, "EU-TS-LoadBalancerUsage": false, "DedicatedLoadBalancerUsage": false, "": false,
	} {
		assert.Equal(t, want, c.holds(map[string]string{"usagetype": usage}), usage)
	}
	assert.False(t, c.holds(nil))
}

// productOf is the product that a query asks for, with nothing else about it.
func productOf(q query) product {
	p := product{Family: q.family, Attributes: map[string]string{}}
	for _, c := range q.attributes {
		p.Attributes[c.name] = c.value
	}
	return p
}

// The product of one filter must not pass for that of another, or its price
// would be taken for that of something else.
func TestFiltersDoNotOverlap(t *testing.T) {
	c, err := cost.Load()
	require.NoError(t, err)
	byFile, _ := Options{Regions: []string{cost.HomeRegion}}.withDefaults().queries(c)
	require.NotEmpty(t, byFile)
	for _, queries := range byFile {
		byType := indexByType(queries) // the types of the tables are too many to compare each with each
		for _, q := range queries {
			p := productOf(q)
			require.True(t, q.takes(p), "%v", q.key)
			for _, i := range append(byType[""], byType[p.Attributes[typeAttribute]]...) {
				other := queries[i]
				if same := assert.ObjectsAreEqual(productOf(other), p); !same {
					assert.False(t, other.takes(p), "%v takes the product of %v", other.key, q.key)
				}
			}
		}
	}
}
