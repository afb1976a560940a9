package pricelist_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/cost/pricelist"
)

func day() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }

// refresh reads one service from a list of some files.
func refresh(t *testing.T, files map[string]string, service cost.Service, regions ...string) (pricelist.Result, error) {
	t.Helper()
	return pricelist.Refresh(t.Context(), catalogue(t), pricelist.Options{
		From: served(t, files), Services: []cost.Service{service}, Regions: regions, Now: day,
	})
}

// found is the new price of a SKU in a region; empty when there is none.
func found(r pricelist.Result, sku, region string) string {
	for _, c := range r.Changes {
		if c.New.SKU == sku && c.New.Region == region {
			return c.New.USD.String()
		}
	}
	return ""
}

// why is the reason why a price stays; empty when it does not.
func why(r pricelist.Result, sku, region string) string {
	for _, l := range r.Left {
		if l.Key.SKU == sku && l.Key.Region == region {
			return l.Reason
		}
	}
	return ""
}

func TestRefreshReadsNewPrices(t *testing.T) {
	r, err := refresh(t, map[string]string{"AWSELB/us-east-1": offerFile("AWSELB", balancers("", "0.03", "0.008")...)},
		cost.ALB)
	require.NoError(t, err)
	require.Len(t, r.Changes, 2)
	hour, unit := r.Changes[0], r.Changes[1]
	assert.Equal(t, "0.0225", hour.Old.USD.String())
	assert.Equal(t, "0.03", hour.New.USD.String())
	assert.False(t, hour.Same())
	assert.True(t, unit.Same(), "confirmed, with a new date")
	assert.Equal(t, "2026-11-10", hour.New.AsOf, "the day on which AWS published it")
	assert.Equal(t, "AWS Price List offer file AWSELB 20261110120000, SKU ALBHOUR, refreshed 2026-11-22", hour.New.Source)
	assert.True(t, hour.New.Sourced())
	assert.Empty(t, r.Left)
}

// Where the catalogue has no price for a region, that of us-east-1 says which
// product it is.
func TestRefreshFindsPricesOfFurtherRegions(t *testing.T) {
	files := map[string]string{
		"AmazonRDS/us-east-1": offerFile("AmazonRDS", database("", "db.r7g.xlarge", "0.50")),
		"AmazonRDS/eu-west-1": offerFile("AmazonRDS", database("EU-", "db.r7g.xlarge", "0.56")),
	}
	r, err := refresh(t, files, cost.RDS, "us-east-1", "eu-west-1", "ap-east-2")
	require.NoError(t, err)
	const name = "db.r7g.xlarge PostgreSQL Single-AZ on-demand"
	assert.Equal(t, "0.5", found(r, name, "us-east-1"))
	assert.Equal(t, "0.56", found(r, name, "eu-west-1"))
	assert.Equal(t, "AWS does not offer it in this region", why(r, name, "ap-east-2"))
}

func database(prefix, class, usd string) sku {
	return sku{"DB" + class, "Database Instance", map[string]string{
		"instanceType": class, "databaseEngine": "PostgreSQL", "deploymentOption": "Single-AZ", "usagetype": prefix + "InstanceUsage:" + class,
	}, flat("Hrs", usd)}
}

func TestRefreshKnowsStepsBundlesAndUnits(t *testing.T) {
	api := sku{"API", "API Calls", map[string]string{"usagetype": "USE1-ApiGatewayHttpRequest"}, []step{
		{"0", "300000000", "Requests", "0.0000011"}, {"300000000", "Inf", "Requests", "0.00000095"},
	}}
	throughput := sku{"GP3T", "Provisioned Throughput",
		map[string]string{"volumeApiName": "gp3", "usagetype": "EBS:VolumeP-Throughput.gp3"}, flat("GiBps-mo", "40.96")}
	area := sku{"EDGE", "Data Transfer",
		map[string]string{"transferType": "CloudFront Outbound", "fromLocation": "United States"}, []step{
			{"0", "10240", "GB", "0.084"}, {"10240", "51200", "GB", "0.079"},
		}}
	queue := sku{"SQS", "API Request", map[string]string{"queueType": "Standard", "usagetype": "Requests-RBP"}, []step{
		{"0", "1000000", "Requests", "0"}, {"100000000000", "Inf", "Requests", "0.0000003"}, {"1000000", "100000000000", "Requests", "0.00000041"},
	}}
	for name, tt := range map[string]struct {
		service cost.Service
		file    string
		text    string
		sku     string
		region  string
		want    string
	}{
		"the first step, by the million": {cost.APIGateway, "AmazonApiGateway/us-east-1", offerFile("AmazonApiGateway", api), "HTTP API requests, first 300M", "us-east-1", "1.1"},
		"the second step":                {cost.APIGateway, "AmazonApiGateway/us-east-1", offerFile("AmazonApiGateway", api), "HTTP API requests, over 300M", "us-east-1", "0.95"},
		"the first that costs":           {cost.SQS, "AWSQueueService/us-east-1", offerFile("AWSQueueService", queue), "standard requests", "us-east-1", "0.41"},
		"another unit":                   {cost.EBS, "AmazonEC2/us-east-1", offerFile("AmazonEC2", throughput), "gp3 throughput above 125 MB/s", "us-east-1", "0.04"},
		"an edge area": {cost.CloudFront, "AmazonCloudFront", offerFile("AmazonCloudFront", area),
			"data out to internet, US, Mexico, Canada, next 40 TB", "edge:US, Mexico, Canada", "0.079"},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{tt.file: tt.text, "AWSLambda/us-east-1": offerFile("AWSLambda")}
			r, err := refresh(t, files, tt.service)
			require.NoError(t, err)
			assert.Equal(t, tt.want, found(r, tt.sku, tt.region), why(r, tt.sku, tt.region))
		})
	}
}

// What cannot be told for certain stays as it is, with the reason.
func TestRefreshLeavesWhatIsNotCertain(t *testing.T) {
	hour := func(id, usd string) sku {
		return sku{id, "Load Balancer-Application", map[string]string{"usagetype": "LoadBalancerUsage"}, flat("Hrs", usd)}
	}
	for name, tt := range map[string]struct {
		products []sku
		want     string
	}{
		"not in the file":       {nil, "the list has no such product"},
		"two that differ":       {[]sku{hour("A", "0.02"), hour("B", "0.03")}, "two products fit, A at 0.02 USD and B at 0.03 USD"},
		"out of proportion":     {[]sku{hour("A", "16.4")}, "the list has 16.4 USD per Hrs, which is out of proportion to 0.0225 USD per hour"},
		"no longer paid for":    {[]sku{hour("A", "0")}, "SKU A: it has no on-demand price for that step"},
		"in yuan":               {[]sku{hour("A", "")}, `SKU A: its price is "", want USD`},
		"steps where none were": {[]sku{{"A", "Load Balancer-Application", map[string]string{"usagetype": "LoadBalancerUsage"}, []step{{"0", "10", "Hrs", "0.02"}, {"10", "Inf", "Hrs", "0.03"}}}}, "SKU A: it has several steps of price, and no one knows which is meant"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := refresh(t, map[string]string{"AWSELB/us-east-1": offerFile("AWSELB", tt.products...)}, cost.ALB)
			require.NoError(t, err)
			assert.Empty(t, found(r, "ALB hour", "us-east-1"))
			assert.Equal(t, tt.want, why(r, "ALB hour", "us-east-1"))
		})
	}
	r, err := refresh(t, map[string]string{"AWSELB/us-east-1": offerFile("AWSELB", hour("A", "0.02"), hour("B", "0.02"))},
		cost.ALB)
	require.NoError(t, err)
	assert.Equal(t, "0.02", found(r, "ALB hour", "us-east-1"), "AWS names some products twice, at one price")

	r, err = refresh(t, nil, cost.Cloudflare)
	require.NoError(t, err)
	assert.Equal(t, "Cloudflare publishes no list for programs", why(r, "Pro plan, billed monthly", cost.Global))
}

// A list that cannot be read changes nothing, and says which file it was.
func TestRefreshFailsAsAWhole(t *testing.T) {
	whole := offerFile("AWSELB", balancers("", "0.03", "0.008")...)
	for name, tt := range map[string]struct{ text, want string }{
		"a page for people":      {"<html>sign in</html>", "it is not an offer file as AWS documents it: invalid character"},
		"another form":           {`{"products": []}`, "it is not an offer file as AWS documents it: got [, want an object"},
		"no products":            {`{"offerCode": "AWSELB", "version": "1"}`, "it has no products"},
		"prices before products": {`{"terms": {}, "products": {}}`, "its terms stand before its products"},
		"cut off":                {whole[:len(whole)/2], "it is not an offer file as AWS documents it: unexpected EOF"},
		"another offer":          {strings.Replace(whole, `"offerCode":"AWSELB"`, `"offerCode":"AmazonRDS"`, 1), `it is the file of "AmazonRDS"`},
		"no date":                {strings.Replace(whole, `"publicationDate":"2026-11-10T12:00:00Z",`, "", 1), "it says neither which version it is nor when it was published"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := refresh(t, map[string]string{"AWSELB/us-east-1": tt.text}, cost.ALB)
			require.ErrorContains(t, err, tt.want)
			assert.ErrorContains(t, err, "read the prices of AWSELB in us-east-1 from http://127.0.0.1")
			assert.ErrorContains(t, err, "nothing was changed")
			assert.Empty(t, r)
		})
	}
}

func TestRefreshWithoutAList(t *testing.T) {
	ask := func(url string) error {
		_, err := pricelist.Refresh(t.Context(), catalogue(t),
			pricelist.Options{From: url, Services: []cost.Service{cost.ALB}})
		return err
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	assert.ErrorContains(t, ask(closed.URL),
		"read the prices of AWSELB in us-east-1 from "+closed.URL+", so nothing was changed: it answered 404 Not Found")
	closed.Close()
	assert.ErrorContains(t, ask(closed.URL), "no answer: dial tcp")
	index := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"regions": {}}`))
	}))
	defer index.Close()
	assert.ErrorContains(t, ask(index.URL), "its index of regions is not as AWS documents it: it names none")
}
