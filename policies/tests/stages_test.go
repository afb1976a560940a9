package tests_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/policies/pack"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rule/ruletest"
	"github.com/rung-dev/rung/policies/rules"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/accepted"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// stageStack is a stage with a configuration, and the settings that go with it.
func stageStack(t testing.TB, given map[string]string, opts ...record.Option) (*rule.Stack, rule.Settings) {
	t.Helper()
	keys := map[string]string{}
	for k, v := range given {
		keys[config.Namespace+":"+k] = v
	}
	st := ruletest.Stack(recordtest.Run(t, stacks.Program(app), append(opts, record.Config(keys))...))
	set, err := pack.Settings(given, time.Now())
	require.NoError(t, err)
	return st, set
}

// app stands for a built binary.
var app = artifact.Artifact{Path: "app", SHA256: strings.Repeat("a1", 32)}

// zone is the id of a Cloudflare zone.
const zone = "0123456789abcdef0123456789abcdef"

// choices are what the configuration offers, each with the first stage that
// knows it; further keys make it complete.
var choices = []struct {
	name string
	from ladder.Number
	to   ladder.Number // zero for no end
	keys map[string]string
}{
	{"defaults", 1, 0, nil},
	{"domain", 1, 0, map[string]string{"domain": "example.com"}},
	{"own zone", 1, 0, map[string]string{"domain": "example.com", "hostedZone": "Z0123456789ABCDEFGHIJ"}},
	{"abroad", 1, 0, map[string]string{"regions": "eu-central-1"}},
	{"no CDN", 2, 3, map[string]string{"cdn": "none"}},
	{"no CDN, named", 2, 3, map[string]string{"cdn": "none", "domain": "example.com"}},
	// Without a CDN the load balancer carries it all, and the month costs more.
	{"no CDN and money", 4, 0, map[string]string{"cdn": "none", "domain": "example.com", "budget": "1000000"}},
	{"Cloudflare", 2, 4, map[string]string{"cdn": "cloudflare", "domain": "example.com", "cloudflareZone": zone}},
	{"Cloudflare", 5, 0, map[string]string{"cdn": "cloudflare", "domain": "example.com", "cloudflareZone": zone, "cloudflareAccount": zone}},
	{"handover", 3, 3, map[string]string{"handover": "pending"}},
	{"handover, named", 3, 3, map[string]string{"handover": "pending", "domain": "example.com"}},
	{"handover, Cloudflare", 3, 3, map[string]string{"handover": "pending", "cdn": "cloudflare", "domain": "example.com", "cloudflareZone": zone}},
	{"handed over", 3, 0, map[string]string{"handover": "done"}},
	{"one NAT", 3, 0, map[string]string{"nat": "single"}},
	{"NAT machine", 3, 3, map[string]string{"nat": "instance"}},
	{"no flow logs", 3, 0, map[string]string{"flowLogs": "false"}},
	{"database in one zone", 3, 0, map[string]string{"database.multiAz": "false"}},
	{"no replica", 3, 0, map[string]string{"database.replicas": "0"}},
	{"cache in shards", 3, 0, map[string]string{"cache.clusterMode": "enabled", "cache.shards": "2"}},
	{"redis", 3, 0, map[string]string{"cache.engine": "redis"}},
	{"no spot", 3, 0, map[string]string{"web.spotShare": "0", "workers.spotShare": "0"}},
	{"reserved", 3, 3, map[string]string{"reservedInstances": "c7g.medium=2"}},
	{"committed", 3, 0, map[string]string{"commitment": "three-years"}},
	{"sticky", 3, 0, map[string]string{"balancer.stickySeconds": "600", "balancer.slowStartSeconds": "60", "balancer.algorithm": "round_robin"}},
	{"an app of your own with services", 1, 0, map[string]string{"app": `{"binary":"a","health":"/","stopSeconds":60,"bootSeconds":20,` +
		`"needs":["database"],"services":[{"name":"orders","paths":["/orders*"],"store":"own"},{"name":"mail","paths":["/mail"]}]}`}},
	{"an app of your own", 1, 0, map[string]string{"app": `{"image":"123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:` +
		strings.Repeat("a1", 32) + `","commands":{"worker":"work","release":"migrate"},"secrets":{"KEY":null,"TOKEN":"ssm:/shop/token"},` +
		`"needs":["database","cache","queue","uploads"]}`}},
	{"e-mail", 1, 0, map[string]string{"alertEmail": "a@example.com"}},
	{"predictive", 3, 0, map[string]string{"web.predictive": "true"}},
	{"three zones", 5, 0, map[string]string{"zones": "3", "services.min": "3"}},
	{"four zones", 3, 3, map[string]string{"zones": "4", "web.min": "4"}},
	{"four zones, with services", 4, 4, map[string]string{"zones": "4", "web.min": "4", "services.min": "4"}},
	{"keys at the edge", 6, 0, map[string]string{"domain": "example.com", "edge.apiKeys": "shop", "edge.apiKeyPaths": "/api/partner", "edge.experiment": "home=50"}},
	{"confirmed", 3, 0, map[string]string{"confirmDataLoss": "database-primary"}},
}

// variants are the built stages with their defaults and with each choice.
func variants() map[string]map[string]string {
	all := map[string]map[string]string{}
	for n := ladder.First; n <= config.Built; n++ {
		for _, c := range choices {
			if n < c.from || c.to > 0 && n > c.to {
				continue
			}
			keys := maps.Clone(c.keys)
			if keys == nil {
				keys = map[string]string{}
			}
			keys["stage"] = fmt.Sprint(n)
			all[fmt.Sprintf("stage %d, %s", n, c.name)] = keys
		}
	}
	return all
}

// TestStagesPass holds every stage against every rule.
func TestStagesPass(t *testing.T) {
	for name, given := range variants() {
		t.Run(name, func(t *testing.T) {
			st, set := stageStack(t, given)
			for _, r := range rules.All() {
				if r.LevelFor(set) == rule.Disabled {
					continue
				}
				got := r.On(st, set)
				for _, f := range set.Accept(r.ID, got.Found) {
					t.Errorf("%s %s: %s", r.LevelFor(set), r.ID, f.Message)
				}
				for _, u := range got.Undecided {
					t.Errorf("undecided %s: %s %s", r.ID, u.Name, u.Property)
				}
			}
		})
	}
}

// TestEveryDepartureIsNeeded keeps the list of departures honest: a name that
// covers nothing on any configuration is to be removed.
func TestEveryDepartureIsNeeded(t *testing.T) {
	used := map[string]bool{}
	for _, given := range variants() {
		st, set := stageStack(t, given)
		held := accepted.For(accepted.Config{Stage: set.Stage, Get: func(k string) string { return given[k] }})
		for _, r := range rules.All() {
			for _, f := range r.On(st, set).Found {
				note(used, held, r.ID, f.Name)
			}
		}
	}
	for _, e := range accepted.Entries() {
		for _, name := range e.Resources {
			if e.From <= config.Built {
				assert.True(t, used[e.Rule+" "+name+" "+e.When], "%s for %s %s covers nothing", e.Rule, name, e.When)
			}
		}
	}
}

// note marks the names of the entries by which a finding is let pass.
func note(used map[string]bool, held []accepted.Entry, rule, resource string) {
	for _, e := range held {
		for _, name := range e.Resources {
			if one := (accepted.Entry{Resources: []string{name}}); e.Rule == rule && one.Covers(resource) {
				used[rule+" "+name+" "+e.When] = true
			}
		}
	}
}

// TestPreviewDecidesOrSaysSo runs the stages with nothing computed known.
func TestPreviewDecidesOrSaysSo(t *testing.T) {
	for name, given := range variants() {
		if !regexp.MustCompile(`defaults|domain|Cloudflare`).MatchString(name) {
			continue // other choices change no shape of what is not known
		}
		st, set := stageStack(t, given, record.Preview(true))
		for _, r := range rules.All() {
			for _, f := range set.Accept(r.ID, r.On(st, set).Found) {
				t.Errorf("%s, %s: %s", name, r.ID, f.Message)
			}
		}
	}
}
