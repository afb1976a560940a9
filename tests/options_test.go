package tests

import (
	"testing"
)

const zone = "cloudflareZone=0123456789abcdef0123456789abcdef"

// Every choice that the configuration offers can really be deployed, and is
// stable: a second up changes nothing.
func TestOptions(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string][]string{
		"a domain":                {"domain=example.com", "domainDelegated=true", "dnsTtlSeconds=1"},
		"cloudflare":              {"cdn=cloudflare", "domain=example.com", zone, "dnsTtlSeconds=1"},
		"no cdn":                  {"cdn=none"},
		"no cdn, a domain":        {"cdn=none", "domain=example.com", "domainDelegated=true", "dnsTtlSeconds=1"},
		"one nat gateway":         {"nat=single"},
		"a nat instance":          {"nat=instance"},
		"three zones":             {"zones=3", "web.min=3"},
		"redis in cluster mode":   {"cache.engine=redis", "cache.clusterMode=enabled", "cache.shards=2"},
		"no replicas":             {"database.replicas=0"},
		"three replicas":          {"database.replicas=3", "database.replicaClass=db.m7g.xlarge"},
		"a worker that waits":     {"workers.min=1", "flowLogs=false"},
		"ireland":                 {"regions=eu-west-1", "domain=example.com", "domainDelegated=true", "dnsTtlSeconds=1"},
		"reserved and predictive": {"reservedInstances=c7g.medium=2", "web.predictive=true", "web.spotShare=0"},
		"round robin, sticky":     {"balancer.algorithm=round_robin", "balancer.slowStartSeconds=60", "balancer.stickySeconds=3600"},
		"weighted":                {"balancer.algorithm=weighted_random", "alertEmail=ops@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUser(t, append(settings, "budget=5000")...)
			u.does("up", "3")
			u.settled("3")
			u.consistent()
		})
	}
}

// Choices that may be changed on a living stack are changed in place: nothing
// that holds data is replaced.
func TestOptionsChangeInPlace(t *testing.T) {
	t.Parallel()
	u := newUser(t, "budget=5000")
	u.does("up", "3")
	for _, settings := range [][]string{
		{"cache.clusterMode=compatible"},
		{"cache.clusterMode=enabled"},
		{"cache.shards=2"},
		{"database.replicas=2", "database.class=db.m7g.xlarge", "database.storageGiB=200"},
		{"zones=3", "web.min=3"},
		{"balancer.algorithm=round_robin", "balancer.slowStartSeconds=30"},
		{"nat=single"},
	} {
		u.settings = append(u.settings, settings...)
		u.report("up", "3").keepsData(t)
		u.settled("3")
	}
	u.consistent()
}

// A site with a domain climbs as one without does. One that goes to Cloudflare
// has its zone there, and so gets its domain together with the CDN.
func TestClimbWithADomain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ first, then []string }{
		"cloudfront": {[]string{"domain=example.com", "domainDelegated=true"}, nil},
		"cloudflare": {nil, []string{"domain=example.com", "cdn=cloudflare", zone}},
		"no cdn":     {[]string{"domain=example.com", "domainDelegated=true"}, []string{"cdn=none"}},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUser(t, append([]string{"dnsTtlSeconds=1", "budget=5000"}, tt.first...)...)
			u.does("up", "1")
			u.settings = append(u.settings, tt.then...)
			for _, stage := range []string{"2", "3"} {
				u.report("up", stage).keepsData(t)
				u.settled(stage)
			}
			u.consistent()
		})
	}
}
