package cloudflare_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/cloudflare"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestWorkers(t *testing.T) {
	c := account(t)
	own := sim.Props{"accountId": cloudflare.AccountID}
	n := c.Settled(token.CloudflareWorkersKvNamespace, "settings", with(own, sim.Props{"title": "settings"}))
	assert.Regexp(t, `^[0-9a-f]{32}$`, n.ID)
	kv := with(own, sim.Props{"namespaceId": n.ID, "key": "rules", "value": "{}"})
	k := c.Settled(token.CloudflareWorkersKv, "rules", kv)
	assert.Equal(t, n.ID+"/rules", k.ID)
	module := with(own, sim.Props{
		"name": "edge", "content": "export default { fetch(r) { return fetch(r) } }", "module": true, "compatibilityDate": "2025-01-01",
		"kvNamespaceBindings": []any{map[string]any{"name": "SETTINGS", "namespaceId": n.ID}},
	})
	s := c.Settled(token.CloudflareWorkersScript, "edge", module)
	onShop := sim.Props{"zoneId": byHand, "pattern": "shop.example.com/*", "scriptName": "edge"}
	r := c.Settled(token.CloudflareWorkersRoute, "edge", onShop)

	for name, tt := range map[string]struct {
		token string
		in    sim.Props
		want  string
	}{
		"title taken":      {token.CloudflareWorkersKvNamespace, with(own, sim.Props{"title": "settings"}), "10014"},
		"no namespace":     {token.CloudflareWorkersKv, with(kv, sim.Props{"namespaceId": strings.Repeat("0", 32)}), "10013"},
		"long key":         {token.CloudflareWorkersKv, with(kv, sim.Props{"key": strings.Repeat("k", 513)}), "exceeds key length limit of 512"},
		"script's name":    {token.CloudflareWorkersScript, with(module, sim.Props{"name": "My Edge"}), "lower-case letters"},
		"not as a module":  {token.CloudflareWorkersScript, with(module, sim.Props{"name": "b", "module": false}), "Set module to true"},
		"no handler":       {token.CloudflareWorkersScript, with(module, sim.Props{"name": "b", "content": "1"}), "no registered event handlers"},
		"date":             {token.CloudflareWorkersScript, with(module, sim.Props{"name": "b", "compatibilityDate": "today"}), "compatibilityDate"},
		"binding to none":  {token.CloudflareWorkersScript, with(module, sim.Props{"name": "b", "kvNamespaceBindings": []any{map[string]any{"name": "S", "namespaceId": "x"}}}), "10041"},
		"pattern":          {token.CloudflareWorkersRoute, with(onShop, sim.Props{"pattern": "https://shop.example.com/"}), "Invalid route pattern"},
		"star in between":  {token.CloudflareWorkersRoute, with(onShop, sim.Props{"pattern": "shop.example.com/*/x"}), "Invalid route pattern"},
		"the same pattern": {token.CloudflareWorkersRoute, onShop, "already exists"},
		"no script":        {token.CloudflareWorkersRoute, with(onShop, sim.Props{"pattern": "b.example.com/*", "scriptName": "none"}), "10019"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Create(tt.token, "refused", tt.in)
			require.ErrorContains(t, err, tt.want)
		})
	}
	require.NoError(t, c.Delete(r))
	require.NoError(t, c.Delete(s))
	require.NoError(t, c.Delete(k))
	require.NoError(t, c.Delete(n))
}
