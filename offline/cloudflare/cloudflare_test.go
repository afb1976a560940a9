package cloudflare_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/cloudflare"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

const (
	byHand = "023e105f4ecef8ad9ca31a8372d0c353"
)

func account(t *testing.T) *simtest.Cloud {
	t.Helper()
	pkg, err := cloudflare.Package()
	require.NoError(t, err)
	return simtest.New(t, pkg, sim.Props{})
}

func with(in, changes sim.Props) sim.Props {
	out := in.Copy()
	for k, v := range changes {
		out[k] = v
		if v == nil {
			delete(out, k)
		}
	}
	return out
}

// front is the record that the CDN component makes, caching the ruleset.
var front = sim.Props{
	"zoneId": byHand, "name": "shop.example.com", "type": "CNAME", "content": "origin.example.com", "proxied": true, "ttl": 1.0, "comment": "rung",
}

func caching(rules ...any) sim.Props {
	return sim.Props{
		"zoneId": byHand, "name": "cache", "kind": "zone", "phase": "http_request_cache_settings", "description": "What may be cached", "rules": rules,
	}
}

func cacheRule(changes sim.Props) map[string]any {
	return with(sim.Props{
		"ref": "static", "expression": `(http.host eq "shop.example.com" and starts_with(http.request.uri.path, "/static/"))`, "action": "set_cache_settings",
		"actionParameters": map[string]any{
			"cache": true, "edgeTtl": map[string]any{"mode": "override_origin", "default": 31536000.0}, "browserTtl": map[string]any{"mode": "respect_origin"},
		},
	}, changes)
}

func TestSettles(t *testing.T) {
	c := account(t)
	z := c.Settled(token.CloudflareZone, "shop", sim.Props{"accountId": cloudflare.AccountID, "zone": "example.com"})
	assert.Regexp(t, `^[0-9a-f]{32}$`, z.ID)
	c.Settled(token.CloudflareZoneSettingsOverride, "shop", sim.Props{"zoneId": byHand, "settings": map[string]any{
		"ssl": "strict", "alwaysUseHttps": "on", "minTlsVersion": "1.2", "http3": "on", "brotli": "on",
	}})
	c.Settled(token.CloudflareTieredCache, "shop", sim.Props{"zoneId": byHand, "cacheType": "smart"})
	r := c.Settled(token.CloudflareRecord, "shop", front)
	assert.Equal(t, "shop.example.com", r.Str("hostname"))
	assert.Equal(t, "origin.example.com", r.Str("value"))
	inZone := c.Settled(token.CloudflareRecord, "www", with(front, sim.Props{"zoneId": z.ID, "name": "www"}))
	assert.Equal(t, "www.example.com", inZone.Str("hostname"))
	root := c.Settled(token.CloudflareRecord, "root", with(front, sim.Props{"zoneId": z.ID, "name": "@"}))
	assert.Equal(t, "example.com", root.Str("hostname"))
	c.Settled(token.CloudflareRuleset, "cache",
		caching(cacheRule(nil), cacheRule(sim.Props{"ref": "private", "actionParameters": map[string]any{"cache": false}})))
	c.Settled(token.CloudflareRuleset, "headers",
		with(caching(), sim.Props{"name": "headers", "phase": "http_response_headers_transform",
			"rules": []any{map[string]any{
				"ref": "security", "expression": "true", "action": "rewrite", "actionParameters": map[string]any{"headers": []any{
					map[string]any{"name": "X-Frame-Options", "operation": "set", "value": "SAMEORIGIN"},
				}},
			}}}))
}

func TestReplaceOrUpdate(t *testing.T) {
	c := account(t)
	for name, tt := range map[string]struct {
		token       string
		in, changes sim.Props
		replaced    bool
	}{
		"record name":    {token.CloudflareRecord, front, sim.Props{"name": "other.example.com"}, true},
		"record type":    {token.CloudflareRecord, front, sim.Props{"type": "A", "content": "192.0.2.1"}, true},
		"record content": {token.CloudflareRecord, front, sim.Props{"content": "new.example.com"}, false},
		"record proxied": {token.CloudflareRecord, front, sim.Props{"proxied": false}, false},
		"ruleset phase":  {token.CloudflareRuleset, caching(), sim.Props{"phase": "http_request_origin"}, true},
		"ruleset name":   {token.CloudflareRuleset, caching(), sim.Props{"name": "other"}, true},
		"ruleset rules":  {token.CloudflareRuleset, caching(), sim.Props{"rules": []any{cacheRule(nil)}}, false},
		"settings":       {token.CloudflareZoneSettingsOverride, sim.Props{"zoneId": byHand, "settings": map[string]any{"ssl": "full"}}, sim.Props{"settings": map[string]any{"ssl": "strict"}}, false},
		"settings' zone": {token.CloudflareZoneSettingsOverride, sim.Props{"zoneId": byHand}, sim.Props{"zoneId": strings.Repeat("a", 32)}, true},
		"tiered cache":   {token.CloudflareTieredCache, sim.Props{"zoneId": byHand, "cacheType": "smart"}, sim.Props{"cacheType": "off"}, false},
		"zone":           {token.CloudflareZone, sim.Props{"accountId": "a", "zone": "example.com"}, sim.Props{"zone": "example.org"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.Must(tt.token, "r", tt.in)
			diff, _, err := c.Diff(r, with(tt.in, tt.changes))
			require.NoError(t, err)
			require.NotEmpty(t, diff.DetailedDiff)
			assert.Equal(t, tt.replaced, len(diff.ReplaceKeys) > 0, "replaces on %v", diff.ReplaceKeys)
			require.NoError(t, c.Delete(r))
		})
	}
}

func TestRefuses(t *testing.T) {
	c := account(t)
	taken := c.Must(token.CloudflareRecord, "taken", front)
	c.Must(token.CloudflareRuleset, "taken", caching())
	c.Must(token.CloudflareZone, "taken", sim.Props{"accountId": "a", "zone": "example.com"})
	on := func(changes sim.Props) sim.Props {
		return with(with(front, sim.Props{"name": "new.example.com"}), changes)
	}
	plain := func(kind, content string) sim.Props {
		return on(sim.Props{"type": kind, "content": content, "proxied": false})
	}
	rules := func(changes sim.Props) sim.Props {
		return with(caching(cacheRule(changes)), sim.Props{"zoneId": strings.Repeat("b", 32)})
	}
	headers := func(h map[string]any) sim.Props {
		return with(rules(nil), sim.Props{"phase": "http_request_late_transform", "rules": []any{map[string]any{
			"expression": "true", "action": "rewrite", "actionParameters": map[string]any{"headers": []any{h}},
		}}})
	}
	ttl := func(mode map[string]any) sim.Props {
		return rules(sim.Props{"actionParameters": map[string]any{"edgeTtl": mode}})
	}
	for name, tt := range map[string]struct {
		token string
		in    sim.Props
		want  []string
	}{
		"zone id":       {token.CloudflareRecord, on(sim.Props{"zoneId": "example.com"}), []string{"7003", "32 hex digits"}},
		"zone taken":    {token.CloudflareZone, sim.Props{"accountId": "a", "zone": "example.com"}, []string{"1061"}},
		"same record":   {token.CloudflareRecord, front, []string{"already exists", taken.ID}},
		"address too":   {token.CloudflareRecord, with(front, sim.Props{"type": "A", "content": "192.0.2.1"}), []string{"81053", taken.ID}},
		"A":             {token.CloudflareRecord, plain("A", "origin.example.com"), []string{"9005", "CNAME"}},
		"AAAA":          {token.CloudflareRecord, plain("AAAA", "192.0.2.1"), []string{"9006"}},
		"CNAME":         {token.CloudflareRecord, plain("CNAME", "192.0.2.1"), []string{"9007", "host name"}},
		"CNAME to self": {token.CloudflareRecord, plain("CNAME", "new.example.com"), []string{"itself"}},
		"MX":            {token.CloudflareRecord, plain("MX", "mail.example.com"), []string{"priority"}},
		"NS":            {token.CloudflareRecord, plain("NS", "192.0.2.1"), []string{"host name"}},
		"type":          {token.CloudflareRecord, plain("ALIAS", "x"), []string{"CNAME"}},
		"proxied TXT":   {token.CloudflareRecord, on(sim.Props{"type": "TXT", "content": "x"}), []string{"cannot be proxied"}},
		"proxied ttl":   {token.CloudflareRecord, on(sim.Props{"ttl": 300.0}), []string{"ttl must be set to 1"}},
		"ttl":           {token.CloudflareRecord, on(sim.Props{"ttl": 30.0, "proxied": false}), []string{"60 to 86400"}},
		"two contents":  {token.CloudflareRecord, on(sim.Props{"value": "x"}), []string{"conflicts"}},
		"no content":    {token.CloudflareRecord, on(sim.Props{"content": nil}), []string{"content, value, data"}},
		"setting name":  {token.CloudflareZoneSettingsOverride, sim.Props{"zoneId": byHand, "settings": map[string]any{"alwaysUseHttp": "on"}}, []string{"did you mean alwaysUseHttps?"}},
		"setting value": {token.CloudflareZoneSettingsOverride, sim.Props{"zoneId": byHand, "settings": map[string]any{"ssl": "on"}}, []string{"strict"}},
		"switch":        {token.CloudflareZoneSettingsOverride, sim.Props{"zoneId": byHand, "settings": map[string]any{"http3": "yes"}}, []string{`"on" "off"`}},
		"tiered":        {token.CloudflareTieredCache, sim.Props{"zoneId": byHand, "cacheType": "big"}, []string{"smart"}},
		"phase taken":   {token.CloudflareRuleset, with(caching(), sim.Props{"name": "second"}), []string{"already exists", "one ruleset for each phase"}},
		"phase":         {token.CloudflareRuleset, with(caching(), sim.Props{"phase": "http_request"}), []string{"http_request_origin"}},
		"no zone":       {token.CloudflareRuleset, with(caching(), sim.Props{"zoneId": nil}), []string{"zoneId, accountId"}},
		"action":        {token.CloudflareRuleset, rules(sim.Props{"action": "rewrite"}), []string{"rules[0]", "set_cache_settings"}},
		"ref":           {token.CloudflareRuleset, with(caching(cacheRule(nil), cacheRule(nil)), sim.Props{"zoneId": strings.Repeat("b", 32)}), []string{"rules[1]", "unique"}},
		"expression":    {token.CloudflareRuleset, rules(sim.Props{"expression": `(http.host eq "a"`}), []string{"not closed"}},
		"quote":         {token.CloudflareRuleset, rules(sim.Props{"expression": `http.host eq "a`}), []string{"not closed"}},
		"no expression": {token.CloudflareRuleset, rules(sim.Props{"expression": " "}), []string{"empty"}},
		"ttl mode":      {token.CloudflareRuleset, ttl(map[string]any{"mode": "forever"}), []string{"override_origin"}},
		"ttl default":   {token.CloudflareRuleset, ttl(map[string]any{"mode": "override_origin"}), []string{"edgeTtl.default"}},
		"ttl no use":    {token.CloudflareRuleset, ttl(map[string]any{"mode": "respect_origin", "default": 60.0}), []string{"edgeTtl.default"}},
		"header":        {token.CloudflareRuleset, headers(map[string]any{"name": "X", "operation": "set"}), []string{"headers[0]", "value"}},
		"header name":   {token.CloudflareRuleset, headers(map[string]any{"operation": "set", "value": "x"}), []string{"needs a name"}},
		"header gone":   {token.CloudflareRuleset, headers(map[string]any{"name": "X", "operation": "remove", "value": "x"}), []string{"neither"}},
		"rate":          {token.CloudflareRuleset, with(rules(nil), sim.Props{"phase": "http_ratelimit", "rules": []any{map[string]any{"expression": "true", "action": "block"}}}), []string{"ratelimit"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Create(tt.token, "refused", tt.in)
			require.Error(t, err)
			for _, word := range tt.want {
				assert.ErrorContains(t, err, word)
			}
		})
	}
}
