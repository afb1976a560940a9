package pricelist

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
)

// A file of AWS's list that is none is refused, however it is damaged.
func FuzzReadOffer(f *testing.F) {
	f.Add(`{"offerCode":"AmazonEC2","version":"1","publicationDate":"2026-11-10T12:00:00Z","products":{"A":{"productFamily":` +
		`"NAT Gateway","attributes":{"usagetype":"NatGateway-Hours"}}},"terms":{"OnDemand":{"A":{"A.T":{"priceDimensions":` +
		`{"A.T.1":{"unit":"Hrs","pricePerUnit":{"USD":"1e9"}}}}}}}}`)
	f.Add(`{"products":[],"terms":{}}`)
	q, ok := queryOf(cost.Key{Service: cost.NATGateway, SKU: "NAT gateway hour", Region: cost.HomeRegion})
	require.True(f, ok)
	f.Fuzz(func(t *testing.T, text string) {
		o, err := readOffer(strings.NewReader(text), []query{q})
		if err != nil {
			return
		}
		for _, steps := range o.found[0] {
			if price, _, err := usd(steps, q.step); err == nil {
				require.False(t, price.IsNegative())
			}
		}
	})
}
