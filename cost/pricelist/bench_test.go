package pricelist

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rung-dev/rung/cost"
)

// BenchmarkReadOffer reads a file the size of a hundredth of EC2's.
func BenchmarkReadOffer(b *testing.B) {
	var products, terms strings.Builder
	for i := range 3000 {
		comma := ","
		if i == 0 {
			comma = ""
		}
		fmt.Fprintf(&products,
			`%s"SKU%d":{"sku":"SKU%d","productFamily":"Compute Instance","attributes":{"instanceType":"m%d.large","operatingSystem":"Linux","tenancy":"Shared","preInstalledSw":"NA","licenseModel":"No License required","capacitystatus":"Used","location":"US East (N. Virginia)","regionCode":"us-east-1","usagetype":"BoxUsage:m%d.large","operation":"RunInstances","vcpu":"2","memory":"8 GiB","processorFeatures":"Intel AVX; Intel AVX2; Intel AVX512; Intel Turbo"}}`, comma, i, i, i, i)
		fmt.Fprintf(&terms, `%s"SKU%d":{"SKU%d.T":{"offerTermCode":"T","sku":"SKU%d","effectiveDate":"2026-11-01T00:00:00Z","priceDimensions":{"SKU%d.T.1":{"rateCode":"SKU%d.T.1","description":"$0.1 per On Demand Linux instance hour","beginRange":"0","endRange":"Inf","unit":"Hrs","pricePerUnit":{"USD":"0.1000000000"},"appliesTo":[]}},"termAttributes":{}}}`, comma, i, i, i, i, i)
	}
	text := `{"offerCode":"AmazonEC2","version":"1","publicationDate":"2026-11-10T12:00:00Z","products":{` +
		products.String() + `},"terms":{"OnDemand":{` + terms.String() + `}}}`
	var queries []query
	for i := range 200 {
		q, _ := queryOf(cost.Key{Service: cost.EC2, SKU: fmt.Sprintf("m%d.large Linux on-demand", i), Region: "us-east-1"})
		queries = append(queries, q)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readOffer(strings.NewReader(text), queries); err != nil {
			b.Fatal(err)
		}
	}
}
