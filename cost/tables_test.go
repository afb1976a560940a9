package cost

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/outside/figure"
	"github.com/rung-dev/rung/region"
)

func TestTablesHoldEveryMachine(t *testing.T) {
	c := loaded(t)
	for _, tt := range []struct {
		key  Key
		want string
	}{
		{Key{EC2, "t2.micro Linux on-demand", HomeRegion}, "0.0116"},
		{Key{EC2, "m5.large Linux on-demand", "sa-east-1"}, "0.153"},
		{Key{EC2, "t3.medium Windows on-demand", HomeRegion}, "0.06"},
		{Key{RDS, "db.t3.micro MySQL Single-AZ on-demand", HomeRegion}, "0.017"},
		{Key{RDS, "db.t4g.medium MariaDB Single-AZ on-demand", HomeRegion}, "0.065"},
		{Key{RDS, "db.t3.large SQL Server Web Single-AZ on-demand", HomeRegion}, "0.232"},
		{Key{RDS, "db.t3.large Oracle SE2 Single-AZ on-demand", HomeRegion}, "0.3"},
		{Key{RDS, "db.t3.large MySQL Multi-AZ (1 standby) on-demand", HomeRegion}, "0.272"},
		{Key{Aurora, "db.t3.medium Aurora MySQL (Standard) on-demand", HomeRegion}, "0.082"},
		{Key{Aurora, "db.r6g.large Aurora PostgreSQL (I/O-Optimized) on-demand", HomeRegion}, "0.338"},
		{Key{ElastiCache, "cache.t4g.micro Memcached node on-demand", HomeRegion}, "0.016"},
		{Key{ElastiCache, "cache.t2.micro Redis OSS node on-demand", HomeRegion}, "0.017"},
		{Key{OpenSearch, "m6g.large.search on-demand", "eu-west-1"}, "0.143"},
	} {
		p, err := c.Lookup(tt.key)
		require.NoError(t, err)
		assert.Equal(t, tt.want, p.USD.String(), tt.key)
		assert.Equal(t, tt.key, p.Key)
		assert.True(t, p.Sourced(), tt.key)
		assert.Equal(t, "hour", p.Unit)
	}
	for _, k := range []Key{
		{EC2, "t2.micro Linux on-demand", "mars-north-1"}, {EC2, "m5.large Solaris on-demand", HomeRegion},
		{EC2, "m5.metal Windows on-demand extra", HomeRegion}, {EC2, " Linux on-demand", HomeRegion},
	} {
		assert.False(t, c.Has(k), k)
	}
}

// A type that no table holds costs as its family does by size, and says so.
func TestTypesBeyondTheTablesGoBySize(t *testing.T) {
	files := fstest.MapFS{"prices/tables/x.csv": {Data: []byte(
		"type,us-east-1,eu-west-1\nm9.large,0.1,\nm9.2xlarge,0.4,\nm9.metal,9,\n")}}
	c := &Catalogue{tables: map[Service][]*typeTable{}}
	require.NoError(t, c.addTable(files, map[string]source{"s": {text: "list"}})(
		[]string{"x", "EC2", "* Linux on-demand", "hour", "1", "2026-01-01", "s"}))

	for typ, want := range map[string]string{"m9.xlarge": "0.2", "m9.4xlarge": "0.8", "m9.medium": "0.05",
		"m9.24xlarge": "4.8"} {
		p, ok := c.At(Key{EC2, typ + " Linux on-demand", HomeRegion})
		require.True(t, ok, typ)
		assert.Equal(t, want, p.USD.String(), typ)
		assert.Contains(t, p.Rule, "by size")
		assert.False(t, p.Sourced(), "it was not read")
	}
	for _, k := range []Key{{EC2, "m9.metal-2 Linux on-demand", HomeRegion}, {EC2, "m8.large Linux on-demand", HomeRegion},
		{EC2, "m9.xlarge Linux on-demand", "eu-west-1"}} {
		assert.False(t, c.Has(k), k)
	}
}

// Every cell of every table is a price above zero, in a region that exists.
func TestTablesAreWellFormed(t *testing.T) {
	known := map[string]bool{}
	cells := 0
	require.NoError(t, loaded(t).checkTables(func(_ Service, typ, where, text string, _ *typeTable) {
		if !known[where] {
			if _, ok := region.Get(where); !ok && !strings.Contains(where, "-gov-") {
				assert.Regexp(t, `^[a-z]{2}-[a-z]+-\d$`, where)
			}
			known[where] = true
		}
		if text == "" {
			return
		}
		cells++
		usd, err := figure.Parse(text)
		require.NoError(t, err)
		require.True(t, usd.IsPositive(), typ, where)
	}))
	assert.Greater(t, cells, 100_000)
}

func TestTablesRefuseBadRows(t *testing.T) {
	files := fstest.MapFS{"prices/tables/x.csv": {Data: []byte("type\n")}}
	sources := map[string]source{"s": {}}
	for want, row := range map[string][]string{
		"asterisk":            {"x", "EC2", "Linux", "hour", "1", "", "s"},
		"above zero":          {"x", "EC2", "* Linux", "hour", "0", "", "s"},
		"unknown id":          {"x", "EC2", "* Linux", "hour", "1", "", "t"},
		"file does not exist": {"y", "EC2", "* Linux", "hour", "1", "", "s"},
	} {
		c := &Catalogue{tables: map[Service][]*typeTable{}}
		assert.ErrorContains(t, c.addTable(files, sources)(row), want)
	}
}
