package cost_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

const ownHeader = "service,sku,region,unit,usd,asOf,source\n"

// ownPrices lets the user's file be one of the test's, and returns its path.
func ownPrices(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "some", "prices.csv")
	t.Setenv(cost.PricesEnv, path)
	if text != "" {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return path
}

func TestOwnPricesWin(t *testing.T) {
	path := ownPrices(t, "\ufeff"+ownHeader+"NAT gateway,NAT gateway hour,us-east-1,hour,0.05,2026-11-10,the list\nNAT "+
		"gateway,NAT gateway hour,mars-1,hour,9,2026-11-11,the list\n")
	c, err := cost.LoadUser()
	require.NoError(t, err)
	n, from, asOf := c.Own()
	assert.Equal(t, 2, n)
	assert.Equal(t, path, from)
	assert.Equal(t, "2026-11-11", asOf)
	e := cost.NewEstimator(c, cost.Options{}).Estimate([]cost.Resource{res("", token.EC2NatGateway, "x",
		m{"connectivityType": "private"})})
	assert.Equal(t, "36.50", e.Expected.StringFixed(2)) // 730 × 0.05
	assert.Equal(t, "the list", e.Lines[0].Source)
	assert.True(t, e.Lines[0].Own)
	built, err := cost.Load()
	require.NoError(t, err)
	n, _, _ = built.Own()
	assert.Zero(t, n, "the built-in catalogue knows none")
}

func TestAPriceBeyondAllBoundsIsRefused(t *testing.T) {
	for _, usd := range []string{"1e1000000000", "1e-1000000000", strings.Repeat("9", 1<<20), "Inf"} {
		ownPrices(t, ownHeader+"NAT gateway,NAT gateway hour,us-east-1,hour,"+usd+",2026-11-10,the list\n")
		_, err := cost.LoadUser()
		assert.ErrorContains(t, err, "line 2: usd", "%.30s", usd)
	}
}

func TestNoOwnPrices(t *testing.T) {
	ownPrices(t, "")
	c, err := cost.LoadUser()
	require.NoError(t, err, "no file is no fault")
	n, path, _ := c.Own()
	assert.Zero(t, n)
	assert.Empty(t, path)
	t.Setenv(cost.PricesEnv, "none")
	assert.Empty(t, cost.UserFile())
	_, err = cost.SaveUser(nil)
	assert.ErrorContains(t, err, "set RUNG_PRICES to one")
}

func TestDamagedOwnPricesAreNotPassedOver(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"another table":      {"a,b\n1,2\n", "wrong number of fields"},
		"another first line": {"service,sku,region,unit,price,asOf,source\n", "its first line should be service,sku,region,unit,usd,asOf,source"},
		"no number":          {ownHeader + "S3,x,us-east-1,GB,cheap,2026-11-10,s\n", `line 2: usd: got "cheap"`},
		"less than nothing":  {ownHeader + "S3,x,us-east-1,GB,-1,2026-11-10,s\n", `line 2: usd: got "-1"`},
		"twice":              {ownHeader + "S3,x,us-east-1,GB,1,2026-11-10,s\nS3,x,us-east-1,GB,2,2026-11-10,s\n", "line 3: a second price"},
	} {
		t.Run(name, func(t *testing.T) {
			path := ownPrices(t, tt.text)
			_, err := cost.LoadUser()
			require.ErrorContains(t, err, tt.want)
			assert.ErrorContains(t, err, path)
			assert.ErrorContains(t, err, "set RUNG_PRICES=none")
			_, err = cost.SaveUser(nil)
			assert.Error(t, err, "what cannot be read is not written over")
		})
	}
}

func TestSavedPricesAreRead(t *testing.T) {
	path := ownPrices(t, ownHeader+"NAT gateway,NAT gateway "+
		"hour,us-east-1,hour,0.05,2026-11-10,older\nS3,mine,us-east-1,GB,1,2026-01-01,by hand\n")
	k := cost.Key{Service: cost.NATGateway, SKU: "NAT gateway hour", Region: "us-east-1"}
	at, err := cost.SaveUser([]cost.Price{{Key: k, Unit: "hour", USD: decimal.RequireFromString("0.06"),
		AsOf: "2026-11-20", Source: "newer, with a comma"}})
	require.NoError(t, err)
	assert.Equal(t, path, at)
	c, err := cost.LoadUser()
	require.NoError(t, err)
	p, _ := c.At(k)
	assert.Equal(t, "0.06", p.USD.String())
	assert.Equal(t, "newer, with a comma", p.Source)
	assert.True(t, c.Has(cost.Key{Service: cost.S3, SKU: "mine", Region: "us-east-1"}), "what was there stays")
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, left, 1, "no temporary file is left")
}

func FuzzOwnPrices(f *testing.F) {
	f.Add(ownHeader + "NAT gateway,NAT gateway hour,us-east-1,hour,0.05,2026-11-10,the list\n")
	f.Add(ownHeader + "EBS,gp3,us-east-1,\"10,000 requests\",-1,,\n")
	f.Fuzz(func(t *testing.T, text string) {
		ownPrices(t, text)
		c, err := cost.LoadUser()
		if err != nil {
			return
		}
		e := cost.NewEstimator(c, cost.Options{}).Estimate([]cost.Resource{res("", token.EC2NatGateway, "x", m{})})
		require.False(t, e.Expected.IsNegative())
	})
}
