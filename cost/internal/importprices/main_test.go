package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRunWritesSortedTables(t *testing.T) {
	dir := t.TempDir()
	facts := filepath.Join(dir, "facts.json")
	require.NoError(t, os.WriteFile(facts, []byte(`{"prices":[
		{"service":"S3","sku":"storage","region":"us-east-1","unit":"GB-month","usd":0.023,"source":"AWS","asOf":"2026-09-28"},
		{"service":"S3","sku":"kept by hand","region":"us-east-1","unit":"GB","usd":9,"source":"AWS","asOf":"2026-09-28"},
		{"service":"Public IPv4","sku":"in-use public IPv4 address (attached, NAT, ALB, EC2)","region":"us-east-1","unit":"hour","usd":5e-3,"source":"a page, third party","asOf":null}
	]}`), 0o600))

	added := "service,sku,region,unit,usd,asOf,source\nS3,kept by hand,us-east-1,GB,1,,a1\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "added.csv"), []byte(added), 0o600))

	require.NoError(t, run([]string{facts, dir}))

	prices, err := os.ReadFile(filepath.Join(dir, "prices.csv"))
	require.NoError(t, err)
	assert.Equal(t, "service,sku,region,unit,usd,asOf,source\nPublic IPv4,in-use public IPv4 "+
		"address,us-east-1,hour,5e-3,,s2\nS3,storage,us-east-1,GB-month,0.023,2026-09-28,s1\n", string(prices))
	sources, err := os.ReadFile(filepath.Join(dir, "sources.csv"))
	require.NoError(t, err)
	assert.Equal(t, "id,unverified,source\ns1,false,AWS\ns2,true,\"a page, third party\"\n", string(sources))
}

func TestRunRefuses(t *testing.T) {
	assert.ErrorContains(t, run(nil), "two arguments")
	assert.ErrorIs(t, run([]string{"absent.json", "."}), os.ErrNotExist)
}
