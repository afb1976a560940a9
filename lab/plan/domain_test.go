package plan

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// named is stage 3's cloud with a zone of what its machines take for the site's name, which
// leads to the balancer.
func named(t *testing.T) (c cloud.Cloud, domain string) {
	t.Helper()
	was := recorded(t, "stage3")
	domain = was.All(token.CloudFrontDistribution)[0].Str("domainName")
	balancer := was.All(token.LBLoadBalancer)[0].Str("dnsName")
	type resources map[string]map[string]any
	all := resources{}
	add := func(typ, id string, properties map[string]any) {
		all["aws 123456789012 global "+typ+" "+id] = map[string]any{"provider": "aws", "account": "123456789012",
			"region": "global", "type": typ, "id": id, "name": id, "properties": properties}
	}
	for _, typ := range was.Types() {
		for _, r := range was.All(typ) {
			add(typ, r.ID, r.Props)
			all["aws 123456789012 global "+typ+" "+r.ID]["name"] = r.Name
		}
	}
	add(token.Route53Zone, "Z1", map[string]any{"name": domain})
	add(token.Route53Record, "Z1_A", map[string]any{"fqdn": domain, "type": "A",
		"aliases": []any{map[string]any{"name": balancer}}})
	text, err := json.Marshal(map[string]any{"version": 1, "account": "123456789012", "resources": all})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "cloud.json")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	c, err = cloud.Read(path)
	require.NoError(t, err)
	return c, domain
}

// People come in by the domain first; machines are told its address, and do not wait for it:
// it waits for them.
func TestMachinesDoNotWaitForTheirOwnSite(t *testing.T) {
	c, domain := named(t)
	out := until(t, input(c))
	at := slices.IndexFunc(out.Units, func(u unit.Unit) bool { return u.Name == domain+"/domain" })
	require.GreaterOrEqual(t, at, 0)
	assert.Equal(t, "http://"+out.Units[at].Address, out.Doors[0].URL)
	told := 0
	for _, u := range out.Units {
		if strings.Contains(strings.Join(u.Environment, " "), out.Doors[0].URL) {
			told++
			assert.NotContains(t, u.After, domain+"/domain", u.Name)
		}
	}
	assert.Positive(t, told, "the test has somebody who is told")
}
