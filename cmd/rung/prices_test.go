package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview/view"
)

// storage is an offer file in AWS's form with the price of a gp3 GB.
const storage = `{"formatVersion":"v1.0","offerCode":"AmazonEC2","version":"20261110120000","publicationDate":"2026-11-10T12:00:00Z",
"products":{"GP3":{"sku":"GP3","productFamily":"Storage","attributes":{"volumeApiName":"gp3","usagetype":"EBS:VolumeUsage.gp3"}}},
"terms":{"OnDemand":{"GP3":{"GP3.T":{"offerTermCode":"T","sku":"GP3","effectiveDate":"2026-11-01T00:00:00Z","termAttributes":{},"priceDimensions":{
"GP3.T.1":{"rateCode":"GP3.T.1","description":"","beginRange":"0","endRange":"Inf","unit":"GB-Mo","pricePerUnit":{"USD":"%s"},"appliesTo":[]}}}}}}}`

// priceList serves the file at a price, and lets the user's prices be a file of
// the test's.
func priceList(t *testing.T, usd string) (url, file string) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/offers/v1.0/aws/AmazonEC2/current/region_index.json", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"formatVersion":"v1.0","regions":{"us-east-1":{"regionCode":"us-east-1","currentVersionUrl":"/file"}}}`)
	})
	mux.HandleFunc("/file", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, storage, usd) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	file = filepath.Join(t.TempDir(), "prices.csv")
	t.Setenv(cost.PricesEnv, file)
	return server.URL, file
}

func TestPricesAreRefreshedAndUsed(t *testing.T) {
	url, file := priceList(t, "0.0900000000")
	dir := t.TempDir()
	before := billIn(t, rung(t, dir, "cost", "1", "--format", "json"))
	assert.Nil(t, before.Cost.OwnPrices)

	got := rung(t, dir, "prices", "refresh", "--from", url, "--service", "EBS")
	require.Equal(t, codeDone, got.code, got.err)
	for _, want := range []string{
		"EBS: gp3", "$0.08 (2024-07-01) → $0.09 (2026-11-10) per GB-month in us-east-1",
		"1 price is changed or new, 0 confirmed, 15 left as before", "13: the list has no such product",
		"1 price comes first, your own, the youngest of 2026-11-10, in\n" + file,
	} {
		assert.Contains(t, got.out, want)
	}
	assert.Contains(t, got.err, "Reading AmazonEC2 in us-east-1 …")

	after := rung(t, dir, "cost", "1")
	assert.Contains(t, after.out, "at prices of your own, the youngest of 2026-11-10 (see `rung prices`)")
	assert.True(t, billIn(t, rung(t, dir, "cost", "1", "--format", "json")).Cost.To.GreaterThan(before.Cost.To.Decimal))
	t.Setenv(cost.PricesEnv, "none")
	assert.Equal(t, before, billIn(t, rung(t, dir, "cost", "1", "--format", "json")), "the built-in ones are still there")
}

func TestPricesInEveryFormat(t *testing.T) {
	url, _ := priceList(t, "0.0900000000")
	for format, want := range map[string]string{"json": `"is": "0.09"`, "markdown": "| EBS | gp3 | us-east-1 | $0.08",
		"html": "$0.09 (2026-11-10)"} {
		t.Setenv(cost.PricesEnv, filepath.Join(t.TempDir(), "prices.csv"))
		args := []string{"prices", "refresh", "--from", url, "--service", "EBS", "--format", format}
		got := rung(t, t.TempDir(), args...)
		require.Equal(t, codeDone, got.code, got.err)
		assert.Contains(t, got.out, want)
	}
	var shown view.Prices
	require.NoError(t, json.Unmarshal([]byte(rung(t, t.TempDir(), "prices", "--format", "json").out), &shown))
	assert.Equal(t, 1, shown.Own)
	assert.Nil(t, shown.Refresh)
	assert.NotZero(t, shown.BuiltIn)
}

// A list that cannot be read leaves the user's prices as they were.
func TestPricesStayWhenTheListIsNotThere(t *testing.T) {
	url, file := priceList(t, "0.0900000000")
	dir := t.TempDir()
	require.Equal(t, codeDone, rung(t, dir, "prices", "refresh", "--from", url, "--service", "EBS").code)
	was, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, args := range [][]string{
		{"--from", "http://127.0.0.1:1", "--service", "EBS"},
		{"--from", url}, // has no other offer
	} {
		got := rung(t, dir, append([]string{"prices", "refresh"}, args...)...)
		assert.Equal(t, codeFailed, got.code)
		assert.Contains(t, got.err, "rung: prices refresh: read the prices of ")
		assert.Contains(t, got.err, "nothing was changed")
		is, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(was), string(is))
	}
}

func TestPricesRefuse(t *testing.T) {
	url, file := priceList(t, "0.0900000000")
	got := rung(t, t.TempDir(), "prices", "refresh", "--from", url, "--regions", "us-east-1,eu-wets-1", "--service",
		"Elastic")
	assert.Equal(t, codeUsage, got.code)
	assert.Contains(t, got.err, `--regions: got "eu-wets-1"`)
	assert.Contains(t, got.err, "did you mean eu-west-1?")
	assert.Contains(t, got.err, `--service: got "Elastic", want one of ALB, API Gateway`)
	require.NoError(t, os.WriteFile(file, []byte("a,b\n"), 0o600))
	for _, args := range [][]string{{"prices"}, {"cost", "1"}, {"prices", "refresh", "--from", url}} {
		got := rung(t, t.TempDir(), args...)
		assert.Equal(t, codeFailed, got.code, args)
		assert.Contains(t, got.err, "read your prices from "+file)
		assert.Contains(t, got.err, "set RUNG_PRICES=none")
	}
}
