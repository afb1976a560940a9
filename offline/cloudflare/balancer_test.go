package cloudflare_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/cloudflare"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

var asking = sim.Props{
	"accountId": cloudflare.AccountID, "type": "https", "path": "/ready", "expectedCodes": "200", "port": 443.0, "method": "GET",
	"headers": []any{
		map[string]any{"header": "Host", "values": sim.List("shop.example.com")},
		map[string]any{"header": "X-Origin", "values": sim.List("sesame")},
	},
}

func pooled(name, monitor string, origins ...string) sim.Props {
	var list []any
	for _, o := range origins {
		list = append(list, map[string]any{"name": o, "address": o + ".example.net", "enabled": true, "weight": 1.0})
	}
	return sim.Props{
		"accountId": cloudflare.AccountID, "name": name, "monitor": monitor, "checkRegions": sim.List("WEU"), "origins": list, "minimumOrigins": 1.0,
	}
}

func TestBalancerSettles(t *testing.T) {
	c := account(t)
	c.Must(token.CloudflareRecord, "front", front) // the record of the name may stay beneath
	m := c.Settled(token.CloudflareLoadBalancerMonitor, "m", asking)
	p, q := c.Settled(token.CloudflareLoadBalancerPool, "p", pooled("use1", m.ID, "a")),
		c.Settled(token.CloudflareLoadBalancerPool, "q", pooled("euw1", m.ID, "b"))
	in := sim.Props{
		"zoneId": byHand, "name": "shop.example.com", "defaultPoolIds": sim.List(p.ID, q.ID), "fallbackPoolId": p.ID, "proxied": true,
		"steeringPolicy": "dynamic_latency", "adaptiveRoutings": []any{map[string]any{"failoverAcrossPools": true}},
	}
	b := c.Settled(token.CloudflareLoadBalancer, "b", in)
	for name, changes := range map[string]sim.Props{
		"another order": {"defaultPoolIds": sim.List(q.ID, p.ID)}, "fewer pools": {"defaultPoolIds": sim.List(p.ID)}, "steering": {"steeringPolicy": "off"},
	} {
		diff, _, err := c.Diff(b, with(in, changes))
		require.NoError(t, err)
		assert.NotEmpty(t, diff.ChangedKeys, name)
		assert.Empty(t, diff.ReplaceKeys, name)
	}
	require.ErrorContains(t, c.Delete(q), "1005")
	require.ErrorContains(t, c.Delete(m), "1005")
	fewer, err := c.Update(b, with(in, sim.Props{"defaultPoolIds": sim.List(p.ID)}))
	require.NoError(t, err)
	require.NoError(t, c.Delete(q), "a region leaves once the load balancer has forgotten it")
	require.NoError(t, c.Delete(fewer))
	require.NoError(t, c.Delete(p))
	require.NoError(t, c.Delete(m))
}

func TestBalancerRefused(t *testing.T) {
	c := account(t)
	m := c.Must(token.CloudflareLoadBalancerMonitor, "m", asking)
	p := c.Must(token.CloudflareLoadBalancerPool, "p", pooled("use1", m.ID, "a"))
	in := sim.Props{"zoneId": byHand, "name": "shop.example.com", "defaultPoolIds": sim.List(p.ID), "fallbackPoolId": p.ID,
		"proxied": true}
	c.Must(token.CloudflareLoadBalancer, "b", in)
	for name, tt := range map[string]struct {
		token string
		in    sim.Props
		want  string
	}{
		"no origin":      {token.CloudflareLoadBalancerPool, pooled("euw1", m.ID), "1002"},
		"origin twice":   {token.CloudflareLoadBalancerPool, pooled("euw1", m.ID, "a", "a"), "unique"},
		"too few":        {token.CloudflareLoadBalancerPool, with(pooled("euw1", m.ID, "a"), sim.Props{"minimumOrigins": 2.0}), "minimum_origins"},
		"name taken":     {token.CloudflareLoadBalancerPool, pooled("use1", m.ID, "a"), "1002"},
		"name":           {token.CloudflareLoadBalancerPool, pooled("use 1", m.ID, "a"), "hyphens"},
		"region":         {token.CloudflareLoadBalancerPool, with(pooled("euw1", m.ID, "a"), sim.Props{"checkRegions": sim.List("MOON")}), "WEU"},
		"no monitor":     {token.CloudflareLoadBalancerPool, pooled("euw1", "none", "a"), "1002"},
		"no pool":        {token.CloudflareLoadBalancer, with(in, sim.Props{"name": "a.example.com", "defaultPoolIds": sim.List("none")}), "1002"},
		"balanced twice": {token.CloudflareLoadBalancer, in, "already exists"},
		"ttl":            {token.CloudflareLoadBalancer, with(in, sim.Props{"name": "a.example.com", "ttl": 30.0}), "proxied"},
		"blind":          {token.CloudflareLoadBalancerMonitor, with(asking, sim.Props{"expectedCodes": nil}), "2xx"},
		"no port":        {token.CloudflareLoadBalancerMonitor, with(asking, sim.Props{"type": "tcp", "port": nil}), "port"},
		"impatient":      {token.CloudflareLoadBalancerMonitor, with(asking, sim.Props{"timeout": 60.0}), "1 to 10"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Create(tt.token, name, tt.in)
			require.ErrorContains(t, err, tt.want)
		})
	}
}
