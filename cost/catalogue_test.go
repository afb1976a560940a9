package cost

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func loaded(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	require.NoError(t, err)
	return c
}

func TestCatalogueHoldsDatedFacts(t *testing.T) {
	c := loaded(t)
	assert.Greater(t, c.Len(), 900)
	unverified := 0
	for k, p := range c.prices {
		assert.NotEmpty(t, p.Unit, k)
		assert.NotEmpty(t, p.Source, k)
		assert.Equal(t, k, p.Key)
		if p.Unverified {
			unverified++
			assert.False(t, p.Sourced(), k)
		}
	}
	assert.Greater(t, unverified, 10, "hearsay must be marked")
	assert.Equal(t, "2026-10-07", c.newest().Format("2006-01-02"))
}

func TestLookup(t *testing.T) {
	c := loaded(t)
	p, err := c.Lookup(Key{EC2, "t4g.small Linux on-demand", HomeRegion})
	require.NoError(t, err)
	assert.Equal(t, "0.0168", p.USD.String())
	assert.Equal(t, "hour", p.Unit)
	assert.Equal(t, "2026-07-20", p.AsOf)
	assert.True(t, p.Sourced())

	for name, tt := range map[string]struct {
		key  Key
		want string
	}{
		"only elsewhere": {Key{EC2, "t4g.small Linux on-demand", "mars-north-1"}, `no price for EC2 "t4g.small Linux on-demand" in mars-north-1 (there is one for us-east-1)`},
		"nowhere":        {Key{EC2, "t9.huge Linux on-demand", HomeRegion}, `no price for EC2 "t9.huge Linux on-demand" in us-east-1`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Lookup(tt.key)
			var missing *MissingError
			require.True(t, errors.As(err, &missing))
			assert.EqualError(t, err, tt.want)
		})
	}
}

func TestUnitsOfSale(t *testing.T) {
	c := loaded(t)
	for name, tt := range map[string]struct {
		key  Key
		want string
	}{
		"hours":          {Key{ALB, "ALB hour", HomeRegion}, "1"},
		"millions":       {Key{SQS, "standard requests", HomeRegion}, "1000000"},
		"ten thousands":  {Key{CloudFront, "HTTPS requests, India", "edge:India"}, "10000"},
		"thousands":      {Key{S3, "GET/SELECT and other requests (Tier2)", HomeRegion}, "1000"},
		"half a million": {Key{Cloudflare, "Load Balancing DNS queries over first 500,000", Global}, "500000"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := c.Lookup(tt.key)
			require.NoError(t, err)
			assert.Equal(t, tt.want, p.Per().String())
		})
	}
}

// Every SKU that a pricing function spells out must exist in the home region,
// or a typing error would make a resource unpriced for good.
func TestFixedSKUsExist(t *testing.T) {
	c := loaded(t)
	keys := []Key{
		{ALB, "ALB hour", HomeRegion}, {ALB, "LCU", HomeRegion}, {NLB, "NLB hour", HomeRegion}, {NLB, "NLCU", HomeRegion},
		{NATGateway, "NAT gateway hour", HomeRegion}, {NATGateway, "data processed", HomeRegion},
		{PublicIPv4, "in-use public IPv4 address", HomeRegion},
		{EBS, "magnetic (standard)", HomeRegion}, {EBS, "st1", HomeRegion}, {EBS, "sc1", HomeRegion}, {EBS, "snapshot storage (standard tier)", HomeRegion},
		{EBS, "gp3 IOPS above 3,000", HomeRegion}, {EBS, "gp3 throughput above 125 MB/s", HomeRegion}, {EBS, "io1 provisioned IOPS", HomeRegion},
		{RDS, "RDS Proxy", HomeRegion}, {RDS, "Extended Support years 1-2", HomeRegion}, {RDS, "io1 provisioned IOPS Single-AZ", HomeRegion},
		{RDS, "gp3 provisioned IOPS above baseline, Multi-AZ", HomeRegion}, {RDS, "magnetic storage Single-AZ", HomeRegion},
		{RDS, "Performance Insights long-term retention db.t3", HomeRegion},
		{Aurora, "storage (Standard)", HomeRegion}, {Aurora, "storage (I/O-Optimized)", HomeRegion}, {Aurora, "I/O requests (Standard)", HomeRegion},
		{Aurora, "Serverless v2 ACU (Standard)", HomeRegion}, {Aurora, "Serverless v2 ACU (I/O-Optimized)", HomeRegion},
		{CloudFront, "CloudFront Functions invocations", Global}, {CloudFront, "dedicated-IP custom SSL", Global},
		{CloudWatch, "standard-resolution alarm metric", HomeRegion}, {CloudWatch, "high-resolution alarm metric", HomeRegion},
		{CloudWatch, "composite alarm", HomeRegion}, {CloudWatch, "custom metric, first 10,000", HomeRegion}, {CloudWatch, "dashboard", HomeRegion}, {CloudWatch, "Logs ingestion (Standard class)", HomeRegion},
		{CloudWatch, "Logs storage (archived)", HomeRegion}, {CloudWatch, "EC2 detailed monitoring (7 metrics per instance)", HomeRegion},
		{DataTransfer, "inter-AZ (each direction)", HomeRegion},
		{S3, "Standard storage, first 50 TB", HomeRegion}, {S3, "GET/SELECT and other requests (Tier2)", HomeRegion},
		{SQS, "standard requests", HomeRegion}, {SQS, "FIFO requests", HomeRegion}, {EventBridge, "custom events", HomeRegion},
		{SecretsManager, "secret", HomeRegion}, {KMS, "customer managed key", HomeRegion}, {SSM, "advanced parameter storage", HomeRegion},
		{WAF, "web ACL", HomeRegion}, {WAF, "rule", HomeRegion}, {WAF, "rule group / managed rule group in ACL", HomeRegion}, {WAF, "requests", HomeRegion},
		{Route53, "hosted zone (first 25)", Global}, {Route53, "health check, AWS endpoint", Global}, {Route53, "health check optional feature, AWS endpoint", Global},
		{VPCEndpoint, "interface endpoint (per AZ)", HomeRegion}, {VPCEndpoint, "gateway load balancer endpoint", HomeRegion},
		{GlobalAccelerator, "accelerator", Global}, {GlobalAccelerator, "DT-Premium, US/Europe clients to us-east-1 (dominant direction)", HomeRegion},
		{OpenSearch, "EBS gp2 storage", HomeRegion}, {OpenSearch, "EBS gp3 storage", HomeRegion}, {CloudMap, "registered resource", HomeRegion}, {DynamoDB, "provisioned RCU", HomeRegion}, {DynamoDB, "provisioned WCU", HomeRegion},
		{EKS, "cluster", HomeRegion}, {Cloudflare, "Pro plan, billed monthly", Global}, {Cloudflare, "Business plan, billed monthly", Global},
		{Cloudflare, "Load Balancing base (2 origins)", Global},
	}
	for _, t := range egressTiers {
		keys = append(keys, Key{DataTransfer, t.sku, HomeRegion})
	}
	for _, t := range io2Tiers {
		keys = append(keys, Key{EBS, t.sku, HomeRegion})
	}
	for _, region := range []string{"us-east-1", "eu-west-1", "ap-south-1", "ap-northeast-1", "ap-southeast-1",
		"ap-southeast-2", "sa-east-1", "me-south-1"} {
		area := nearestEdge(region)
		for _, t := range edgeTiers {
			keys = append(keys, Key{CloudFront, "data out to internet, " + area + ", " + t.name, edgePrefix + area})
		}
		keys = append(keys, Key{CloudFront, "HTTPS requests, " + area, edgePrefix + area})
	}
	for _, k := range keys {
		_, err := c.Lookup(k)
		assert.NoError(t, err)
	}
	for _, a := range [][2]string{{"CloudFront", "data out to internet"}, {"CloudFront", "requests"},
		{"CloudFront", "function invocations"}, {"CloudWatch", "dashboards"}, {"CloudWatch",
			"custom metrics"}, {"Data transfer", "internet egress"}} {
		_, ok := c.Allowance(Service(a[0]), a[1])
		assert.True(t, ok, a)
	}
}

// The discount of spot is an assumption; the samples that the catalogue holds
// must bear it out: expected somewhere between the cheapest and the dearest.
func TestSpotDiscountAgreesWithTheSamples(t *testing.T) {
	c := loaded(t)
	var lowest, highest float64 = 1, 0
	samples := 0
	for k, p := range c.prices {
		if k.Service != "EC2 spot" {
			continue
		}
		typ, _, _ := strings.Cut(k.SKU, " ")
		list, err := c.Lookup(Key{EC2, onDemand(typ), k.Region})
		if err != nil {
			continue
		}
		discount := 1 - p.USD.Div(list.USD).InexactFloat64()
		lowest, highest = min(lowest, discount), max(highest, discount)
		samples++
	}
	require.GreaterOrEqual(t, samples, 10)
	assert.Less(t, lowest, DefaultSpot().Expected.InexactFloat64())
	assert.Greater(t, highest, DefaultSpot().Expected.InexactFloat64())
}

func TestDamagedCatalogueNamesEveryBadRow(t *testing.T) {
	files := fstest.MapFS{
		"prices/sources.csv":       {Data: []byte("id,unverified,source\ns1,maybe,AWS\n")},
		"prices/added-sources.csv": {Data: []byte("id,unverified,source\na1,false,AWS\n")},
		"prices/prices.csv":        {Data: []byte("service,sku,region,unit,usd,asOf,source\nEC2,x,r,hour,cheap,2026,a1\nEC2,y,r,hour,1,2026,a9\nEC2,z,r,hour,1,2026,a1\nEC2,z,r,hour,2,2026,a1\n")},
		"prices/added.csv":         {Data: []byte("service,sku,region,unit,usd,asOf,source\n")},
		"prices/tables.csv":        {Data: []byte("file,service,sku,unit,times,asOf,source\n")}, "prices/allowances.csv": {Data: []byte("service,item,unit,quantity,source\nEC2,a,GB,-1,a1\n")},
	}
	_, err := read(files)
	for _, want := range []string{
		`sources.csv line 2: unverified: got "maybe"`, `prices.csv line 2: usd: got "cheap"`,
		`prices.csv line 3: source: unknown id "a9"`,
		`prices.csv line 5: a second price`, `allowances.csv line 2: quantity: got "-1"`,
	} {
		assert.ErrorContains(t, err, want)
	}
	delete(files, "prices/added.csv")
	_, err = read(files)
	assert.ErrorContains(t, err, "added.csv")
}

func TestVCPUs(t *testing.T) {
	for class, want := range map[string]string{
		"db.t4g.micro": "2", "db.m7g.medium": "1", "db.m7g.large": "2", "db.r7g.xlarge": "4", "db.r7g.16xlarge": "64", "db.x2.metal": "", "odd": "",
	} {
		got, ok := vcpus(class)
		assert.Equal(t, want != "", ok, class)
		if ok {
			assert.Equal(t, want, got.String(), class)
		}
	}
}

func TestSpanBetween(t *testing.T) {
	s := span{num(5), num(15), num(40)}
	for name, tt := range map[string]struct {
		lower, upper int
		want         span
	}{
		"first step":  {0, 10, span{num(5), num(10), num(10)}},
		"second step": {10, 30, span{num(0), num(5), num(20)}},
		"last step":   {30, -1, span{num(0), num(0), num(10)}},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.between(num(tt.lower), num(tt.upper))
			assert.True(t, got.Low.Equal(tt.want.Low) && got.Expected.Equal(tt.want.Expected) && got.High.Equal(tt.want.High),
				"%v", got)
		})
	}
}
