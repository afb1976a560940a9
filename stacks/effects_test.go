package stacks_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/tests/inprocess"
)

// stand is a stack on which keys are changed: those that its stage is the first to
// have, unless others stands alone, and others.
type stand struct {
	on     settings
	others string
	alone  bool
}

// standing are the stacks; between them every key is tried where it does all that
// it can do.
var standing = map[string]stand{
	"stage 1": {on: settings{"stage": "1"}},
	"stage 1 named": {
		on:     settings{"stage": "1", "domain": "example.com", "alertEmail": "ops@example.com"},
		others: "domain hostedZone domainDelegated dnsTtlSeconds alertEmail", alone: true,
	},
	"stage 2": {on: settings{"stage": "2", "domain": "example.com"}},
	"stage 2 cloudflare": {
		on:     settings{"stage": "2", "cdn": "cloudflare", "domain": "example.com", "cloudflareZone": strings.Repeat("0c", 16)},
		others: "cloudflareZone", alone: true,
	},
	"stage 3": {on: settings{"stage": "3"}, others: "stage users peakRequestsPerSecond confirmDataLoss"},
	"stage 3 otherwise": {
		on: settings{
			"stage": "3", "nat": "instance", "handover": "pending", "cache.clusterMode": "compatible", "database.version": "16",
			"web.schedules": `[{"name":"noon","recurrence":"0 12 * * *","min":3}]`, "balancer.algorithm": "round_robin",
		},
		others: "ami nat handover cache.clusterMode database.version web.min web.schedules balancer.slowStartSeconds", alone: true,
	},
	"stage 4": {
		on:     settings{"stage": "4", "cdn": "none", "domain": "example.com", "cache.clusterMode": "enabled", "cache.shards": "2"},
		others: "cache.shards cache.clusterMode",
	},
	"stage 5": {on: settings{"stage": "5", "domain": "example.com", "regions": "us-east-1,eu-west-1"}, others: "regions web.schedules"},
	"stage 5 cloudflare": {
		on: settings{
			"stage": "5", "regions": "us-east-1,eu-west-1", "cdn": "cloudflare", "domain": "example.com",
			"cloudflareZone": strings.Repeat("0c", 16), "cloudflareAccount": strings.Repeat("0c", 16),
		},
		others: "cloudflareAccount", alone: true,
	},
	"stage 6": {on: settings{
		"stage": "6", "regions": "us-east-1", "zones": "3", "domain": "example.com", "edge.apiKeys": "shop", "edge.apiKeyPaths": "/api/partner",
	}, others: "zones"},
	"stage 6 plain": {
		on: settings{"stage": "6", "regions": "us-east-1", "zones": "3", "domain": "example.com"}, others: "edge.code", alone: true,
	},
}

// telling are values that show what the drawn ones of a key may not.
var telling = map[string][]string{
	"web.min": {"3"}, "zones": {"3"}, "services.min": {"3"}, "cache.shards": {"1", "3"}, "database.replicas": {"0"}, "usersDatabase.replicas": {"0"},
	"network.ranges": {"us-east-1=172.20.0.0/16"}, "app": {`{"binary":"bin/app","port":3000}`},
	"regions": {"us-east-1,eu-west-1,ap-southeast-2", "us-east-1"}, "alertEmail": {"night@example.com"}, "database.shards": {"1", "3"},
	"balancer.slowStartSeconds": {"60"}, "database.writeRegion": {"eu-west-1"}, "database.backupRegion": {"none"}, "edge.apiKeys": {"shop,mobile"}, "placementPartitions": {"3"}, "edge.code": {"false"},
}

// beginnings are the stages from which on keys do something, by how they begin; the
// longest beginning counts, and the others are of use from the first stage on.
var beginnings = map[string]string{
	"cdn": "2", "cloudflareZone": "2",
	"nat": "3", "deploy.": "3", "flowLogs": "3", "maintenance": "3", "zones": "3", "web.": "3", "workers.": "3", "balancer.": "3", "reserved": "3", "commitment": "3",
	"database.": "3", "cache.": "3", "handover": "3",
	"services.": "4", "usersDatabase.": "4", "search.": "4", "firewall.": "4", "database.proxy": "4",
	"database.shards": "5", "database.writeRegion": "5", "database.backupRegion": "5", "database.backupCopyDays": "5", "database.global": "5",
	"network.": "5", "traffic.": "5", "cloudflareAccount": "5",
	"edge.": "6", "originShield": "6", "capacityReservations": "6", "placementPartitions": "6",
}

func beginning(key string) string {
	longest, stage := "", "1"
	for begin, n := range beginnings {
		if strings.HasPrefix(key, begin) && len(begin) > len(longest) {
			longest, stage = begin, n
		}
	}
	return stage
}

// tried are how many values of a key are tried on each stack, besides the telling ones.
const tried = 2

// sightings are what was seen of each key's effects, with an example.
type sightings map[string]map[config.Effect]string

// What a change of a key does to a stack that stands is what rung config says it
// does, as the plan has it, for every key; and whatever the plan leaves out, the
// user is told.
func TestChangesDoWhatTheirKeysSay(t *testing.T) {
	seen := sightings{}
	for _, name := range slices.Sorted(maps.Keys(standing)) {
		t.Run(name, func(t *testing.T) { seen.changeAll(t, standing[name]) })
	}
	for _, k := range config.Keys() {
		found := seen[k.Name]
		if len(found) > 1 {
			delete(found, config.Nowhere) // a value that happens to be the same, or is of no use there
		}
		assert.ElementsMatch(t, k.Change.Does, slices.Collect(maps.Keys(found)), "%s: seen %v", k.Name, found)
	}
}

func (seen sightings) changeAll(t *testing.T, on stand) {
	s := on.on
	stack, err := inprocess.NewStack()
	require.NoError(t, err)
	_, err = stack.Up(stacks.Program(app), record.Config(namespaced(s)))
	require.NoError(t, err)
	for k := range values {
		other := slices.Contains(strings.Fields(on.others), k)
		if !other && (on.alone || beginning(k) != s["stage"]) {
			continue
		}
		for _, v := range append(examples(k), telling[k]...) {
			seen.change(t, stack, s, k, v)
		}
	}
}

// change puts down what another value of a key would do.
func (seen sightings) change(t *testing.T, stack *inprocess.Stack, s settings, key, value string) {
	changed := maps.Clone(s)
	changed[key] = value
	cfg, err := config.Parse(changed)
	if err != nil || s[key] == value {
		return // an error is what config has to say, not the plan
	}
	for e, why := range effects(t, stack, cfg, changed, key) {
		if seen[key] == nil {
			seen[key] = map[config.Effect]string{}
		}
		if seen[key][e] == "" {
			seen[key][e] = fmt.Sprintf("%s=%s on stage %s: %s", key, value, s["stage"], why)
		}
	}
}

// examples are some values of a key, the same on every run.
func examples(key string) []string {
	var list []string
	for seed := 0; seed < 40 && len(list) < tried; seed++ {
		if v := values[key].Example(seed); !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// effects are what a changed configuration would do, each with an example.
func effects(t *testing.T, stack *inprocess.Stack, cfg config.Config, s settings, key string) map[config.Effect]string {
	if err := stacks.CheckPrevious(stack.Outputs(), cfg); err != nil {
		return map[config.Effect]string{config.Refused: err.Error()}
	}
	given := map[string]bool{}
	for k := range s {
		given[k] = true
	}
	notes, err := stacks.CheckStanding(stateOf(stack), cfg, given)
	if err != nil {
		require.True(t, config.IsProblem(err))
		return map[config.Effect]string{config.Refused: err.Error()}
	}
	built := app
	if key == "artifact" {
		built.SHA256 = strings.Repeat("b2", 32)
	}
	plan, err := stack.Preview(stacks.Program(built), record.Config(namespaced(s)))
	if err != nil {
		require.True(t, config.IsProblem(err) || errors.Is(err, stacks.ErrServerLeft), "%s=%s: %v", key, s[key], err)
		return map[config.Effect]string{config.Refused: err.Error()}
	}
	found := map[config.Effect]string{}
	for _, step := range plan {
		e := effectOf(step)
		found[e] = step.String()
	}
	for _, step := range stack.Ignored() {
		found[config.Later] = step.String()
		told := slices.ContainsFunc(notes, func(n string) bool {
			return strings.Contains(n, config.Namespace+":"+key) && strings.Contains(n, step.Name)
		})
		assert.True(t, told, "%s=%s: %s does not change, and nobody says so: %v", key, s[key], step, notes)
	}
	if len(found) == 0 {
		found[config.Nowhere] = "no step"
	}
	return found
}

func effectOf(step inprocess.Step) config.Effect {
	_, holds := guard.HoldsData(step.Type)
	switch {
	case holds && (step.Op == inprocess.Replace || step.Op == inprocess.Delete):
		return config.Asks
	case step.Op == inprocess.Replace:
		return config.Anew
	}
	return config.InPlace
}

func stateOf(stack *inprocess.Stack) stacks.State {
	return func(typ, name string) (asked, has map[string]any) {
		for _, r := range stack.Held() {
			if r.Type == typ && r.Name == name {
				return r.Inputs, record.Plain(r.OutputMap)
			}
		}
		return nil, nil
	}
}
