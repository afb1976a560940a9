package plan

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
)

// recorded is the file of an offline cloud after `rung up N`, by gzip -9n; stage 4's has
// `--set database.proxy=always`.
func recorded(t *testing.T, name string) cloud.Cloud {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".json.gz"))
	require.NoError(t, err)
	defer f.Close()
	plain, err := gzip.NewReader(f)
	require.NoError(t, err)
	text, err := io.ReadAll(plain)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "cloud.json")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	c, err := cloud.Read(path)
	require.NoError(t, err)
	return c
}

// place is a machine with everything installed, on which machines have addresses in
// the order in which they are asked for.
func place() site.Site {
	given := map[string]string{}
	return site.Site{Dir: "/lab", Privileged: true,
		Programs: site.Programs{Postgres: map[int]string{15: "/pg"}, Redis: "/bin/redis-server", RedisCLI: "/bin/redis-cli",
			HAProxy: "/bin/haproxy", Nginx: "/bin/nginx", PgBouncer: "/bin/pgbouncer"},
		Address: func(machine string, _ ...int) (string, error) {
			if given[machine] == "" {
				given[machine] = fmt.Sprintf("127.16.0.%d", len(given)+1)
			}
			return given[machine], nil
		}}
}

func secret(name string) string { return "secret of " + name }

// until decides again and again, everything being well at once, until nothing more is
// to come.
func until(t *testing.T, in Input) Output {
	t.Helper()
	for range 50 {
		out, err := Decide(in)
		require.NoError(t, err)
		if !out.Under {
			return out
		}
		in.Machines, in.Now = out.Machines, in.Now.Add(time.Second)
		in.Well = map[string]bool{}
		for _, m := range out.Machines {
			in.Well[machines.UnitOf(m)] = true
		}
	}
	require.Fail(t, "it never settles")
	return Output{}
}

func input(c cloud.Cloud) Input {
	return Input{Cloud: c, Site: place(), Executable: "/bin/rung", Secret: secret, Now: time.Unix(1000, 0),
		Machines: map[string]ledger.Machine{}}
}

func kinds(units []unit.Unit) map[string]int {
	count := map[string]int{}
	for _, u := range units {
		words := strings.Fields(strings.TrimSuffix(u.What, ","))
		count[strings.Join(words[:min(3, len(words))], " ")]++
	}
	return count
}

func TestStage3BecomesServers(t *testing.T) {
	out := until(t, input(recorded(t, "stage3")))
	got := kinds(out.Units)
	assert.Equal(t, 1, got["PostgreSQL 15, primary"])
	assert.Equal(t, 2, got["PostgreSQL 15, replica"])
	assert.Equal(t, 1, got["Redis, primary"])
	assert.Equal(t, 1, got["HAProxy for loadbalancer-alb"])
	assert.Equal(t, 1, got["nginx for cdn-distribution"])
	assert.Equal(t, 1, got["SQS, SNS, S3,"])
	require.NotEmpty(t, out.Doors)
	assert.Regexp(t, `^http://127\.16\.`, out.Doors[0].URL, "people come in by the CDN")
	assert.Len(t, out.Machines, 3, "two web machines and a worker")
}

func TestMachinesAreToldOfTheLab(t *testing.T) {
	out := until(t, input(recorded(t, "stage3")))
	for _, u := range out.Units {
		if !strings.HasPrefix(u.What, "machine of") {
			continue
		}
		text := strings.Join(u.Environment, "\n")
		assert.NotContains(t, text, "rds.amazonaws.com")
		assert.NotContains(t, text, "cache.amazonaws.com")
		assert.Regexp(t, `(?m)^DATABASE_HOST=127\.16\.`, text)
		assert.Regexp(t, `(?m)^DATABASE_READERS=127\.16\.[0-9.]+,127\.16\.`, text)
		assert.Regexp(t, `(?m)^REDIS_URL=rediss://127\.16\.`, text)
		assert.Contains(t, text, "APP_PUBLIC_URL=http://127.16.")
		assert.Contains(t, text, "AWS_ENDPOINT_URL=http://127.16.")
		assert.Contains(t, text, "APP_LISTEN="+u.Address+":8080")
		assert.Contains(t, text, "GOMAXPROCS=1", "each has its share of the processor")
		assert.GreaterOrEqual(t, len(u.After), 5, "it starts after its stores: %v", u.After)
		require.Len(t, u.Prepare, 1)
		assert.Equal(t, "migrate", u.Prepare[0].Program[1])
	}
}

// What is decided twice is the same: else everything would be started anew for ever.
func TestDecisionsAreSettled(t *testing.T) {
	in := input(recorded(t, "stage3"))
	first := until(t, in)
	in.Machines = first.Machines
	in.Well = map[string]bool{}
	for _, u := range first.Units {
		in.Well[u.Name] = true
	}
	for range 20 {
		again, err := Decide(in)
		require.NoError(t, err)
		for i, u := range again.Units {
			require.Equal(t, first.Units[i].Starting(), u.Starting(), u.Name)
			require.Equal(t, first.Units[i].Loaded(), u.Loaded(), u.Name)
		}
	}
}

func TestNoTypeIsLeftOutSilently(t *testing.T) {
	c := recorded(t, "stage3")
	out := until(t, input(c))
	for _, typ := range c.Types() {
		said := slices.ContainsFunc(out.Notes, func(n unit.Note) bool { return strings.HasPrefix(n.About, typ+" ") })
		_, plain := quietTypes[typ]
		ours := strings.HasPrefix(typ, "aws:") || strings.HasPrefix(typ, "cloudflare:")
		assert.True(t, said || runs[typ] || plain || !ours, typ)
	}
}

func TestAnEmptyCloudRunsNothing(t *testing.T) {
	out := until(t, input(cloud.Of(nil)))
	assert.Empty(t, out.Units)
	assert.Empty(t, out.Keep)
}

// A machine may fetch what the app's user has set, beside what the cloud holds.
func TestMachinesHaveTheSecretsOfTheUser(t *testing.T) {
	d := decision{Input: Input{Cloud: recorded(t, "stage3"), Site: place(), Secret: secret,
		Kept: map[string]string{"rung/dev/KEY": "one"}}}
	require.NoError(t, d.services())
	assert.Equal(t, "one", d.around.Vault["rung/dev/KEY"])
	assert.Greater(t, len(d.around.Vault), 1)
}

// New machines of a fleet are taken back when the alarm rings that the plan has for that:
// the lab says so, and what it launched before is what it launches.
func TestAnAlarmOfThePlanGoesBack(t *testing.T) {
	in := input(recorded(t, "stage3"))
	old := until(t, in)
	in.Machines = old.Machines
	group, gate := "", ""
	for _, g := range machines.Groups(in.Cloud, nil) {
		if len(g.Gates) > 0 {
			group, gate = g.Name, g.Gates[0]
		}
	}
	require.NotEmpty(t, gate, "the recorded fleet has a gate")
	before := ""
	for id, m := range in.Machines { // they were launched with something else
		if m.Group == group {
			before = m.Launch + "-before"
			m.Launch = before
			in.Machines[id] = m
		}
	}
	in.Well = map[string]bool{}
	for range 5 {
		out, err := Decide(in)
		require.NoError(t, err)
		require.Empty(t, out.Returned)
		in.Machines, in.Now = out.Machines, in.Now.Add(time.Second)
		for _, m := range out.Machines {
			in.Well[machines.UnitOf(m)] = true
		}
	}
	in.Ringing = map[string]string{gate: "errors"}
	out, err := Decide(in)
	require.NoError(t, err)
	require.Len(t, out.Returned, 1)
	assert.Contains(t, out.Returned[0], group)
	in.Machines, in.Refused, in.Ringing = out.Machines, out.Refused, nil
	for _, m := range until(t, in).Machines {
		if m.Group == group {
			assert.Equal(t, before, m.Launch)
		}
	}
}
