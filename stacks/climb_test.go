package stacks

import (
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// on records a stage and gives its configuration.
func on(t *testing.T, n ladder.Number, pairs ...string) (config.Config, *record.Recording) {
	t.Helper()
	settings, raw := map[string]string{"stage": strconv.Itoa(int(n))}, map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		settings[pairs[i]] = pairs[i+1]
	}
	for k, v := range settings {
		raw[config.Namespace+":"+k] = v
	}
	cfg, err := config.Parse(settings)
	require.NoError(t, err)
	rec, err := record.Run(Program(artifact.Artifact{Path: "app", SHA256: strings.Repeat("a1", 32)}), record.Config(raw))
	require.NoError(t, err)
	return cfg, rec
}

// A group that names an alarm which no stage has would be left out in silence.
func TestSignalsNameAlarmsThatAreThere(t *testing.T) {
	for n := ladder.First; n <= config.Built; n++ {
		cfg, rec := on(t, n)
		var there []string
		for _, r := range append(rec.All(token.CloudWatchMetricAlarm), rec.All(token.CloudWatchCompositeAlarm)...) {
			there = append(there, r.Name)
		}
		for _, s := range signals(cfg) {
			for _, group := range s.any {
				for _, name := range group {
					assert.True(t, matches(strings.ReplaceAll(name, "/", "-"), there), "stage %d, %s: %s", n, s.name, name)
				}
			}
		}
	}
}

func matches(pattern string, names []string) bool {
	for _, name := range names {
		if fits, _ := path.Match(pattern, name); fits {
			return true
		}
	}
	return false
}

// Each stage but the last says what the next one changes, in every signal.
func TestSignalsSayWhatTheNextStageChanges(t *testing.T) {
	for n := ladder.First; n <= config.Built; n++ {
		cfg, rec := on(t, n)
		for _, s := range signals(cfg) {
			if s.firewall {
				assert.Contains(t, recordtest.Named(t, rec, token.CloudWatchMetricAlarm,
					"firewall-users-far").String("alarmDescription"), s.next)
				continue
			}
			kind := token.CloudWatchCompositeAlarm
			if s.limit != nil {
				kind = token.CloudWatchMetricAlarm
			}
			text := recordtest.Named(t, rec, kind, "climb-"+s.name).String("alarmDescription")
			assert.Contains(t, text, s.next)
			if n < config.Built && s.name != "cache" {
				assert.Contains(t, text, "Time to climb: stage "+strconv.Itoa(int(n)+1), "stage %d, %s", n, s.name)
			}
			assert.NotContains(t, text, "stage 7")
		}
	}
}

func TestRequestsAreThoseThatArrive(t *testing.T) {
	for name, tt := range map[string]struct {
		stage ladder.Number
		pairs map[string]string
		want  float64
	}{
		"stage 1 has no CDN":              {1, nil, 10},
		"a CDN answers three of four":     {2, nil, 24.5},
		"none does without a CDN":         {3, map[string]string{"cdn": "none"}, 1_000},
		"regions share what arrives":      {5, nil, 12_250},
		"with a third region the rest is": {5, map[string]string{"regions": "us-east-1,eu-west-1,ap-southeast-1"}, 8_166.7},
	} {
		t.Run(name, func(t *testing.T) {
			settings := map[string]string{"stage": strconv.Itoa(int(tt.stage))}
			for k, v := range tt.pairs {
				settings[k] = v
			}
			cfg, err := config.Parse(settings)
			require.NoError(t, err)
			assert.InDelta(t, tt.want, requestSignals(cfg, "x")[0].limit.at, 0.1)
		})
	}
}

func TestGroupsOfWhatIsThere(t *testing.T) {
	known := []string{"cache/node-1-evictions-high", "cache/node-2-evictions-high", "database/cpu-high",
		"database-shard-2/cpu-high", "loadbalancer/slow", "web/cache-cold"}
	for name, tt := range map[string]struct {
		give [][]string
		want [][]string
	}{
		"every node":           {[][]string{{"cache/node-*-evictions-high", "web/cache-cold"}}, [][]string{{known[0], "web/cache-cold"}, {known[1], "web/cache-cold"}}},
		"every shard":          {[][]string{{"database*/cpu-high", "loadbalancer/slow"}}, [][]string{{"database/cpu-high", "loadbalancer/slow"}, {"database-shard-2/cpu-high", "loadbalancer/slow"}}},
		"a fleet of one size":  {[][]string{{"web/at-max", "loadbalancer/slow"}}, nil},
		"nobody who feels it":  {[][]string{{"database/cpu-high", "server/app-slow"}}, nil},
		"one alarm for itself": {[][]string{{"loadbalancer/slow"}}, [][]string{{"loadbalancer/slow"}}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, signal{any: tt.give}.groups(known)) })
	}
}

// With the most shards that there may be, a signal asks no more alarms than
// CloudWatch takes.
func TestManyShardsFitOneAlarm(t *testing.T) {
	var known []string
	for n := 1; n <= 64; n++ {
		for _, alarm := range []string{"cpu-high", "memory-low", "storage-low"} {
			known = append(known, shardName(n)+"/"+alarm)
		}
	}
	known = append(known, usersDatabase+"/cpu-high", usersDatabase+"/storage-low", slowAtBalancer)
	for _, s := range storeSignals(config.Config{Stage: 6}) {
		asked := 0
		for _, group := range s.groups(known) {
			asked += len(group)
		}
		assert.LessOrEqual(t, asked, 100, s.name)
	}
}

// Where databases only follow others, their limits say nothing.
func TestOnlyTheWritersLimitsCount(t *testing.T) {
	_, rec := on(t, 5)
	recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "climb-writes")
	recordtest.Named(t, rec, token.CloudWatchCompositeAlarm, "climb-primary")
	there := map[string]bool{}
	for _, r := range append(rec.All(token.CloudWatchMetricAlarm), rec.All(token.CloudWatchCompositeAlarm)...) {
		there[r.Name] = r.Region == "eu-west-1"
	}
	assert.True(t, there["climb-euw1-requests"])
	assert.True(t, there["climb-euw1-fleet"])
	assert.NotContains(t, there, "climb-euw1-writes")
	assert.NotContains(t, there, "climb-euw1-primary")
}

// The table of signals in the documentation is made from the code.
func TestClimbDocumentIsCurrent(t *testing.T) {
	const file = "../docs/climb.md"
	var b strings.Builder
	b.WriteString("# Time to climb\n\nThe alarms that say which limit of a stage is near, made from the code with each " +
		"stage's defaults (`go test ./stacks -update`). " +
		"A busy part alone is well used: a signal asks several alarms at once, or waits for an hour.\n")
	for n := ladder.First; n <= config.Built; n++ {
		cfg, err := config.Parse(map[string]string{"stage": strconv.Itoa(int(n))})
		require.NoError(t, err)
		fmt.Fprintf(&b, "\n## Stage %d\n| signal | fires when | text |\n|---|---|---|\n", n)
		for _, s := range signals(cfg) {
			name := "climb-" + s.name
			if s.firewall {
				name = "firewall-users-far"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, s.when(), strings.TrimSpace(s.near+" "+s.next))
		}
	}
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
	}
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, b.String(), string(written), "run go test ./stacks -update")
}

// when is what the signal waits for, in words.
func (s signal) when() string {
	if s.limit != nil {
		return fmt.Sprintf("%s: 80 %% of %.4g for an hour", s.limit.what, s.limit.at)
	}
	if s.firewall {
		return fmt.Sprintf("%d %% of a day's requests come from countries far from the region", farPercent)
	}
	var groups []string
	for _, group := range s.any {
		groups = append(groups, "`"+strings.Join(group, "` and `")+"`")
	}
	return strings.Join(groups, "; or ")
}

func TestEveryRegionHasNeighbours(t *testing.T) {
	for _, region := range config.Regions() {
		assert.NotEmpty(t, near(region), region)
		assert.LessOrEqual(t, len(near(region)), 50, region)
		assert.Len(t, near(region), len(distinct(near(region))), region)
	}
	assert.Contains(t, near("us-east-1"), "CA")
	assert.NotContains(t, near("us-east-1"), "DE")
	assert.Contains(t, near("ap-southeast-2"), "NZ")
}

func distinct(list []string) map[string]bool {
	seen := map[string]bool{}
	for _, v := range list {
		seen[v] = true
	}
	return seen
}
