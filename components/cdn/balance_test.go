package cdn

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func balanced(codes ...string) func(*Args) {
	region := map[string]string{"use1": "us-east-1", "euw1": "eu-west-1", "apse2": "ap-southeast-2"}
	return func(a *Args) {
		a.Origin.HTTPS = true
		a.Balance = &Balance{AccountID: pulumi.String("account"), Email: "ops@example.com"}
		for _, code := range codes {
			a.Balance.Cells = append(a.Balance.Cells,
				Cell{Region: region[code], Code: code, Host: pulumi.String(code + ".elb.amazonaws.com")})
		}
	}
}

func TestBalancerSpreadsOverRegions(t *testing.T) {
	rec := run(t, Cloudflare, balanced("use1", "euw1"))
	home, abroad := recordtest.Named(t, rec, token.CloudflareLoadBalancerPool, "cdn-pool-use1"),
		recordtest.Named(t, rec, token.CloudflareLoadBalancerPool,
			"cdn-pool-euw1")
	b := recordtest.Only(t, rec, token.CloudflareLoadBalancer)
	assert.Equal(t, "shop.example.com", b.String("name"))
	assert.Equal(t, []any{home.ID, abroad.ID}, b.Value("defaultPoolIds"))
	assert.Equal(t, home.ID, b.String("fallbackPoolId"))
	assert.Equal(t, "dynamic_latency", b.String("steeringPolicy"))
	assert.True(t, b.Bool("proxied"), "or the world would see the origins")
	assert.Equal(t, "euw1.elb.amazonaws.com", abroad.String("origins[0].address"))
	assert.Equal(t, []any{"WEU"}, abroad.Value("checkRegions"), "all of the world is for Enterprise plans only")
	assert.Equal(t, "ops@example.com", abroad.String("notificationEmail"))
}

func TestMonitorAsksAsTheCDNWould(t *testing.T) {
	m := recordtest.Only(t, run(t, Cloudflare, balanced("use1")), token.CloudflareLoadBalancerMonitor)
	assert.Equal(t, "https", m.String("type"))
	assert.InDelta(t, 443, m.Number("port"), 0)
	assert.Equal(t, contract.StatusPath, m.String("path"))
	assert.Equal(t, "Host", m.String("headers[0].header"))
	assert.Equal(t, "shop.example.com", m.String("headers[0].values[0]"))
	assert.Equal(t, contract.OriginHeader, m.String("headers[1].header"))
	assert.True(t, m.Secret("headers"))
}

// The record of the one origin stays beneath the load balancer: nothing that
// exists is replaced, and a region that joins creates its pool.
func TestBalancerIsAddedToWhatServes(t *testing.T) {
	alone := run(t, Cloudflare, func(a *Args) { a.Origin.HTTPS = true })
	before, after := run(t, Cloudflare, balanced("use1", "euw1")), run(t, Cloudflare, balanced("use1", "euw1", "apse2"))
	const recordType = token.CloudflareRecord
	assert.Equal(t, recordtest.Only(t, alone, recordType).Inputs, recordtest.Only(t, before, recordType).Inputs)
	for _, pool := range before.All(token.CloudflareLoadBalancerPool) {
		assert.Equal(t, pool.Inputs, recordtest.Named(t, after, token.CloudflareLoadBalancerPool, pool.Name).Inputs)
	}
	assert.Equal(t, recordtest.Only(t, before, token.CloudflareLoadBalancer).URN,
		recordtest.Only(t, after, token.CloudflareLoadBalancer).URN)
	recordtest.None(t, alone, token.CloudflareLoadBalancer)
}

func TestBalanceIsChecked(t *testing.T) {
	change := func(f func(*Balance)) func(*Args) {
		return func(a *Args) {
			balanced("use1", "euw1")(a)
			f(a.Balance)
		}
	}
	for name, tt := range map[string]struct {
		kind   Kind
		change func(*Args)
		want   string
	}{
		"complete":        {Cloudflare, balanced("use1", "euw1"), ""},
		"CloudFront":      {CloudFront, balanced("use1"), "Balance: Cloudflare only"},
		"no account":      {Cloudflare, change(func(b *Balance) { b.AccountID = nil }), "Balance.AccountID: required"},
		"unknown way":     {Cloudflare, change(func(b *Balance) { b.Steering = "moon" }), `Balance.Steering: got "moon"`},
		"no region":       {Cloudflare, balanced(), "Balance.Cells: got none"},
		"twice":           {Cloudflare, balanced("use1", "use1"), "want each region once"},
		"no such region":  {Cloudflare, change(func(b *Balance) { b.Cells[0].Region = "moon-1" }), `Region: got "moon-1"`},
		"nobody to serve": {Cloudflare, change(func(b *Balance) { b.Cells[0].Host = nil }), "Host: required"},
	} {
		t.Run(name, func(t *testing.T) {
			err := front(tt.kind, tt.change).withDefaults().validate()
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestEveryRegionIsAskedFromNear(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1": "ENAM", "us-west-2": "WNAM", "ca-central-1": "ENAM", "sa-east-1": "SSAM", "eu-north-1": "WEU", "ap-northeast-1": "NEAS",
		"ap-southeast-1": "SEAS", "ap-southeast-2": "OC", "ap-south-1": "SAS", "me-south-1": "ME", "af-south-1": "SAF", "moon-1": "", "": "",
	} {
		assert.Equal(t, want, Cell{Region: region}.checkRegion(), region)
	}
}
