package main_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/policies/accepted"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rules"
	"github.com/rung-dev/rung/policies/settings"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/artifact"
)

// recorded makes the stack of a recorded run as the engine would show it: with
// its inputs, and with its outputs laid over them.
func recorded(rec *record.Recording) *rule.Stack {
	var all []rule.Resource
	for _, r := range rec.Resources {
		in := resource.FromResourcePropertyMap(r.InputMap)
		out := in.AsMap()
		maps.Insert(out, resource.FromResourcePropertyMap(r.OutputMap).All)
		if r.ID != "" {
			out["id"] = property.New(r.ID)
		}
		res := rule.New(r.Type, r.Name, r.URN, property.NewMap(out))
		res.Parent, res.Protect, res.Region, res.Inputs = r.Parent, r.Protect, r.Region, rule.Object(in)
		all = append(all, res)
	}
	return rule.NewStack(all)
}

// rungStack is a rung with a configuration, and the settings that go with it.
func rungStack(t testing.TB, config map[string]string, opts ...record.Option) (*rule.Stack, rule.Settings) {
	t.Helper()
	keys := map[string]string{}
	for k, v := range config {
		keys["rung:"+k] = v
	}
	get := func(k string) string { return config[k] }
	st := recorded(recordtest.Run(t, stacks.Program(app), append(opts, record.Config(keys))...))
	set, err := settings.Parse(get, rules.All(), time.Now())
	require.NoError(t, err)
	accepted.Apply(&set, get)
	return st, set
}

// app stands for a built binary.
var app = artifact.Artifact{Path: "app", SHA256: strings.Repeat("a1", 32)}

// zone is the id of a Cloudflare zone.
const zone = "0123456789abcdef0123456789abcdef"

// variants are the rungs with their defaults and with each choice that the
// configuration offers.
func variants() map[string]map[string]string {
	return map[string]map[string]string{
		"stage 1":                {"stage": "1"},
		"stage 1, domain":        {"stage": "1", "domain": "example.com"},
		"stage 2":                {"stage": "2"},
		"stage 2, domain":        {"stage": "2", "domain": "example.com"},
		"stage 2, no CDN":        {"stage": "2", "cdn": "none"},
		"stage 2, Cloudflare":    {"stage": "2", "cdn": "cloudflare", "domain": "example.com", "cloudflareZone": zone},
		"stage 3":                {"stage": "3"},
		"stage 3, domain":        {"stage": "3", "domain": "example.com"},
		"stage 3, handover":      {"stage": "3", "handover": "pending"},
		"stage 3, both":          {"stage": "3", "handover": "pending", "domain": "example.com"},
		"stage 3, done":          {"stage": "3", "handover": "done"},
		"stage 3, no CDN":        {"stage": "3", "cdn": "none"},
		"stage 3, no CDN, named": {"stage": "3", "cdn": "none", "domain": "example.com"},
		"stage 3, Cloudflare":    {"stage": "3", "cdn": "cloudflare", "domain": "example.com", "cloudflareZone": zone},
		"stage 3, one NAT":       {"stage": "3", "nat": "single"},
		"stage 3, NAT machine":   {"stage": "3", "nat": "instance"},
		"stage 3, no flow logs":  {"stage": "3", "flowLogs": "false"},
		"stage 3, one zone db":   {"stage": "3", "database.multiAz": "false"},
		"stage 3, no replica":    {"stage": "3", "database.replicas": "0"},
		"stage 3, cluster":       {"stage": "3", "cache.clusterMode": "enabled", "cache.shards": "2"},
		"stage 3, redis":         {"stage": "3", "cache.engine": "redis"},
		"stage 3, no spot":       {"stage": "3", "web.spotShare": "0", "workers.spotShare": "0"},
		"stage 3, reserved":      {"stage": "3", "reservedInstances": "c7g.medium=2"},
		"stage 3, sticky":        {"stage": "3", "balancer.stickySeconds": "600", "balancer.slowStartSeconds": "60", "balancer.algorithm": "round_robin"},
		"stage 3, e-mail":        {"stage": "3", "alertEmail": "a@example.com"},
		"stage 3, predictive":    {"stage": "3", "web.predictive": "true"},
		"stage 3, four zones":    {"stage": "3", "zones": "4", "web.min": "4"},
		"stage 3, confirmed":     {"stage": "3", "confirmDataLoss": "database-primary"},
	}
}

// TestRungsPass holds every rung against every rule.
func TestRungsPass(t *testing.T) {
	for name, config := range variants() {
		t.Run(name, func(t *testing.T) {
			st, set := rungStack(t, config)
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

// TestEveryDepartureIsNeeded keeps the list of departures honest: one that
// covers nothing on any configuration is to be removed.
func TestEveryDepartureIsNeeded(t *testing.T) {
	used := map[string]bool{}
	for _, config := range variants() {
		st, set := rungStack(t, config)
		for _, r := range rules.All() {
			for _, f := range r.On(st, set).Found {
				if e, ok := set.Exception(r.ID, f); ok {
					used[r.ID+" "+e.Resource] = true
				}
			}
		}
	}
	for _, e := range accepted.Entries() {
		for _, name := range e.Resources {
			assert.True(t, used[e.Rule+" "+name], "%s for %s covers nothing", e.Rule, name)
		}
	}
}

// TestPreviewDecidesOrSaysSo runs the rungs with nothing computed known.
func TestPreviewDecidesOrSaysSo(t *testing.T) {
	for _, n := range []string{"1", "2", "3"} {
		st, set := rungStack(t, map[string]string{"stage": n}, record.Preview(true))
		for _, r := range rules.All() {
			for _, f := range set.Accept(r.ID, r.On(st, set).Found) {
				t.Errorf("stage %s, %s: %s", n, r.ID, f.Message)
			}
		}
	}
}

// TestMemoryAgreesWithTheComponent: the pack may not import components, so it
// has the table of classes once more.
func TestMemoryAgreesWithTheComponent(t *testing.T) {
	for _, family := range []string{"t3", "t4g", "m5", "m6g", "m6i", "m7g", "m7i", "m8g", "r5", "r6g", "r6i", "r7g", "r7i", "r8g", "x9"} {
		for _, size := range []string{"micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"} {
			class := "db." + family + "." + size
			if want, err := database.MemoryGiB(class); err == nil {
				got, ok := rules.MemoryGiB(class)
				assert.True(t, ok, class)
				assert.Equal(t, want, got, class)
			}
		}
	}
}
