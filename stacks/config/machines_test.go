package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMachinesThatAreRefused(t *testing.T) {
	for _, tt := range []struct{ key, value, want string }{
		{"server.instanceType", "t4g.huge", "did you mean t4g.large?"},
		{"server.instanceType", "t4g.huge!", "AWS spells no machine type so"},
		{"server.instanceType", "t4g.nano", "0.5 GiB of memory is too little"},
		{"server.instanceType", "t3.small", "the app is built for Graviton, not for x86_64: want a Graviton (arm64) machine type"},
		{"server.instanceType", "m9i.large!", "the app is built for Graviton"},
		{"server.instanceType", "m7i.large", "m7g.large is near"},
		{"server.instanceType", "c9g.large", "Where AWS has it by now, write c9g.large!"},
		{"server.instanceType", "!", "want a Graviton"},
		{"web.instanceTypes", "c7g.zzz", `"c7g.zzz": AWS has no machine type of that name; did you mean c7g.`},
		{"web.instanceTypes", "c7g.zzz,t3.small,c7g.large,c6g.large", `"t3.small": the app is built for Graviton`},
		{"web.instanceTypes", "c9g.large!,c9g.large!,c7g.large,c6g.large", `"c9g.large" stands twice`},
		{"web.instanceTypes", "[]", "want a list of Graviton"},
		{"services.instanceTypes", `["m7g.large","m7.large"]`, `"m7.large": `},
		{"workers.instanceTypes", "db.m7g.large", "did you mean m7g.large?"},
		{"database.class", "db.foo.bar", "such as db.m7g.large"},
		{"database.class", "db.foo.bar!", "AWS spells no database instance class so"},
		{"database.class", "m7g.large", "did you mean db.m7g.large?"},
		{"database.class", "db.t2.micro", "too old for PostgreSQL"},
		{"database.class", "db.m7g.24xlarge", "no database instance class that rung knows"},
		{"database.class", "db.m9g.micro!", "its name does not tell its memory"},
		{"database.replicaClass", "db.serverless", "want a database instance class"},
		{"usersDatabase.class", "db.m7g", "want a database instance class"},
		{"cache.nodeType", "cache.foo.bar", "such as cache.t4g.small"},
		{"cache.nodeType", "cache.r6gd.xlarge", "a part of the data on disk"},
		{"cache.nodeType", "cache.m9g.micro!", "does not tell its processors"},
		{"search.instanceType", "foo.bar.search", "such as m7g.large.search"},
		{"search.instanceType", "i4g.large.search", "disks of its own"},
		{"search.masterType", "or1.medium.search", "hold data only"},
		{"reservedInstances", "c7g.zzz=2", `"c7g.zzz": AWS has no machine type`},
		{"reservedInstances", "db.foo.bar=2", "AWS has no database instance class"},
		{"reservedInstances", "c7g.medium=2,c7g.medium=3", "want counts"},
		{"reservedInstances", "c7g.medium=-1", "want counts"},
	} {
		_, err := Parse(set("stage", "4", tt.key, tt.value))
		var ps Problems
		require.ErrorAs(t, err, &ps, "%s=%s", tt.key, tt.value)
		assert.Contains(t, err.Error(), "rung:"+tt.key+": got ", tt.value)
		assert.Contains(t, err.Error(), tt.want, tt.value)
	}
}

func TestUnknownTypesAreTakenWhereTheUserInsists(t *testing.T) {
	c, err := Parse(set("stage", "4", "server.instanceType", "c9g.large!", "web.instanceTypes",
		"c9g.large!,c7g.large,m7g.large,m7g.24xlarge!",
		"database.class", "db.m9g.large!", "cache.nodeType", "cache.m9g.large!", "search.instanceType", "m9g.large.search!",
		"reservedInstances", "c9g.large!=2,db.m9g.large!=1", "workers.instanceTypes",
		"c7g.medium!,c6g.medium,m7g.medium,m6g.medium"))
	require.NoError(t, err)
	assert.Equal(t, []string{"c9g.large", "m7g.24xlarge", "db.m9g.large", "cache.m9g.large", "m9g.large.search"},
		sortedAs(c.Unknown,
			"c9g.large", "m7g.24xlarge", "db.m9g.large", "cache.m9g.large", "m9g.large.search"))
	assert.Equal(t, "c9g.large", c.Server.InstanceType)
	assert.Equal(t, []string{"c9g.large", "c7g.large", "m7g.large", "m7g.24xlarge"}, c.Web.InstanceTypes)
	assert.Equal(t, "c7g.medium", c.Workers.InstanceTypes[0], "a known one needs no insisting and takes it")
	assert.Equal(t, map[string]int{"c9g.large": 2, "db.m9g.large": 1}, c.ReservedInstances)
}

// sortedAs is the list in the order of another with the same items.
func sortedAs(list []string, order ...string) []string {
	var out []string
	for _, want := range order {
		for _, has := range list {
			if has == want {
				out = append(out, has)
			}
		}
	}
	if len(out) != len(list) {
		return list
	}
	return out
}

func TestDomains(t *testing.T) {
	label := strings.Repeat("a", 50)
	for _, tt := range []struct {
		stage, domain, want string
		more                []string
	}{
		{"2", "a.b", "want a domain", nil},
		{"2", "münchen.de", "want xn--mnchen-3ya.de, which is how DNS writes it", nil},
		{"1", "Example.com", "want example.com, which is how DNS writes it", nil},
		{"1", "example.com.", "want example.com, which is how DNS writes it", nil},
		{"1", "例え.テスト", "want xn--r8jz45g.xn--zckzah, which", nil},
		{"1", "ex ample.com", "want a domain", nil},
		{"1", "-.com", "want a domain", nil},
		{"1", "example.c0m", "want a domain", nil},
		{"2", label + ".example.xx.com", "65 characters: want at most 64", nil},
		{"3", label + ".xx.com", "57 characters: want at most 55, since balancer.DOMAIN may have 64", nil},
		{"5", label + ".de", "53 characters: want at most 50, since balancer-euw1.DOMAIN", nil},
		{"2", strings.Repeat(label+".", 5) + "com", "got", nil},
		{"2", strings.Repeat(label+".", 4) + strings.Repeat("b", 40) + ".com", "want at most 246", []string{"cdn", "cloudflare", "cloudflareZone", strings.Repeat("0a", 16)}},
	} {
		_, err := Parse(set(append(tt.more, "stage", tt.stage, "domain", tt.domain)...))
		require.ErrorContains(t, err, tt.want, tt.domain)
		assert.ErrorContains(t, err, "rung:domain: got")
	}
	for stage, domain := range map[string]string{
		"1": strings.Repeat(label+".", 4) + strings.Repeat("b", 45) + ".com", "2": label + ".example.x.com", "3": label + ".x.co", "5": strings.Repeat("a", 46) + ".com",
	} {
		_, err := Parse(set("stage", stage, "domain", domain))
		require.NoError(t, err)
	}
	c, err := Parse(set("stage", "1", "domain", "xn--mnchen-3ya.de"))
	require.NoError(t, err)
	assert.Equal(t, "xn--mnchen-3ya.de", c.Domain)
}

func TestValuesThatFailedInsideTheProgram(t *testing.T) {
	for _, tt := range []struct{ stage, key, value, want string }{
		{"3", "regions", "[]", "want a list of us-east-1"},
		{"3", "policy", "null", "want an object"},
		{"3", "alertEmail", strings.Repeat("a", 260) + "@example.com", "want an e-mail address"},
		{"4", "search.storageGiB", "101", ""},
	} {
		_, err := Parse(set("stage", tt.stage, tt.key, tt.value))
		if tt.want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, tt.want)
	}
	_, err := Parse(set("stage", "4", "search.instanceType", "t3.small.search", "search.storageGiB", "101",
		"search.instances", "12"))
	require.ErrorContains(t, err, "a disk of at most 100 GiB")
	require.ErrorContains(t, err, "at most 10 nodes of a t3 type")
}
