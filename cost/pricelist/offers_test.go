package pricelist_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
)

// sku is a product with the steps of its on-demand price.
type sku struct {
	id, family string
	attributes map[string]string
	steps      []step
}

// step is from, to, unit and USD.
type step [4]string

// flat is a price without steps.
func flat(unit, usd string) []step { return []step{{"0", "Inf", unit, usd}} }

// offerFile writes an offer file in the form that AWS documents:
// https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
// Behind the on-demand prices come reservations, as in AWS's own files.
func offerFile(code string, products ...sku) string {
	list, onDemand := map[string]any{}, map[string]any{}
	for _, p := range products {
		list[p.id] = map[string]any{"sku": p.id, "productFamily": p.family, "attributes": p.attributes}
		dimensions := map[string]any{}
		for i, s := range p.steps {
			code := fmt.Sprintf("%s.JRTCKXETXF.%d", p.id, i)
			dimensions[code] = map[string]any{
				"rateCode": code, "description": "a step", "beginRange": s[0], "endRange": s[1], "unit": s[2],
				"appliesTo": []string{}, "pricePerUnit": map[string]string{"USD": s[3]},
			}
		}
		onDemand[p.id] = map[string]any{p.id + ".JRTCKXETXF": map[string]any{
			"offerTermCode": "JRTCKXETXF", "sku": p.id, "effectiveDate": "2026-11-01T00:00:00Z", "priceDimensions": dimensions, "termAttributes": map[string]any{},
		}}
	}
	return fmt.Sprintf(`{"formatVersion":"v1.0","disclaimer":"for information","offerCode":%q,"version":"20261110120000","publicationDate":"2026-11-10T12:00:00Z","products":%s,"terms":{"OnDemand":%s,"Reserved":{"X":`,
		code, encoded(list), encoded(onDemand)) + `"not read"}}}`
}

func encoded(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and maps always encode
	}
	return string(b)
}

// served is a Price List that holds some offer files: by offer and region, or
// by offer alone for the file of all regions.
func served(t *testing.T, files map[string]string) string {
	t.Helper()
	mux := http.NewServeMux()
	regions := map[string]map[string]any{}
	for name, text := range files {
		code, region, regional := strings.Cut(name, "/")
		path := "/offers/v1.0/aws/" + code + "/current/index.json"
		if regional {
			path = "/offers/v1.0/aws/" + code + "/20261110120000/" + region + "/index.json"
			if regions[code] == nil {
				regions[code] = map[string]any{}
			}
			regions[code][region] = map[string]string{"regionCode": region, "currentVersionUrl": path}
		}
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) })
	}
	for code, list := range regions {
		mux.HandleFunc("/offers/v1.0/aws/"+code+"/current/region_index.json", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, encoded(map[string]any{"formatVersion": "v1.0", "publicationDate": "2026-11-10T12:00:00Z",
				"regions": list}))
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func catalogue(t *testing.T) *cost.Catalogue {
	t.Helper()
	c, err := cost.Load()
	require.NoError(t, err)
	return c
}

// balancers are what AWS's file of load balancers has, with the traps of the
// real one: a trust store's usage ends like a load balancer's, and the network
// load balancer's is called the same.
func balancers(prefix, hour, unit string) []sku {
	of := func(id, family, usage, unit, usd string) sku {
		return sku{id, family, map[string]string{"locationType": "AWS Region", "usagetype": usage}, flat(unit, usd)}
	}
	return []sku{
		of("ALBHOUR", "Load Balancer-Application", prefix+"LoadBalancerUsage", "Hrs", hour),
		of("ALBTRUST", "Load Balancer-Application", prefix+"TS-LoadBalancerUsage", "Hrs", "0.0056"),
		of("ALBUNIT", "Load Balancer-Application", prefix+"LCUUsage", "LCU-Hrs", unit),
		of("NLBHOUR", "Load Balancer-Network", prefix+"LoadBalancerUsage", "Hrs", "0.0225"),
		of("NLBUNIT", "Load Balancer-Network", prefix+"LCUUsage", "LCU-Hrs", "0.006"),
	}
}
