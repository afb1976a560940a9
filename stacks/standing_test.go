package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/aurora"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
)

func parsed(t *testing.T, pairs ...string) config.Config {
	t.Helper()
	raw := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		raw[pairs[i]] = pairs[i+1]
	}
	cfg, err := config.Parse(raw)
	require.NoError(t, err)
	return cfg
}

// A stack does not move, and is told so by the key that would move it.
func TestAStackStaysInItsRegion(t *testing.T) {
	for name, tt := range map[string]struct {
		has   map[string]any
		pairs []string
		want  string
	}{
		"a new stack":                 {nil, []string{"stage", "1", "regions", "eu-west-1"}, ""},
		"at home":                     {map[string]any{"network": "10.0.0.0/16"}, []string{"stage", "1"}, ""},
		"elsewhere":                   {map[string]any{"network": "10.0.0.0/16"}, []string{"stage", "1", "regions", "eu-west-1"}, "home is us-east-1"},
		"elsewhere on stage 4":        {map[string]any{"network": "10.0.0.0/16"}, []string{"stage", "4", "regions", "eu-west-1"}, "make another stack (--stack), or have both from stage 5 on: us-east-1,eu-west-1"},
		"a range of its own":          {map[string]any{"network": "10.64.0.0/16"}, []string{"stage", "1", "network.ranges", "eu-west-1=10.64.0.0/16"}, "home is eu-west-1"},
		"a range of its own, at home": {map[string]any{"network": "10.64.0.0/16"}, []string{"stage", "1", "regions", "eu-west-1", "network.ranges", "eu-west-1=10.64.0.0/16"}, ""},
		"a further region first":      {map[string]any{"network": "10.0.0.0/16", "regions": []any{"us-east-1", "eu-west-1"}}, []string{"stage", "5", "regions", "eu-west-1,us-east-1"}, "home is us-east-1"},
	} {
		t.Run(name, func(t *testing.T) {
			err := CheckPrevious(tt.has, parsed(t, tt.pairs...))
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, "rung:regions: got")
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), "network.ranges", "what is to blame is the region")
		})
	}
}

func TestWhatStandsIsTold(t *testing.T) {
	state := map[string]map[string]any{
		"server":                 {"ami": "ami-0000000000000000a"},
		"server-data":            {"size": 40.0},
		"web-group":              {"minSize": 2.0},
		"database-primary":       {"allocatedStorage": 120.0, "engineVersion": "17.5"},
		"users-database-primary": {"allocatedStorage": 100.0},
		"cache-group":            {"clusterMode": "compatible"},
		"artifacts-boot-server":  {"content": "put x <<'E'\nRUNG_PORT='8080'\nRUNG_HEALTH='/health'\nE\n"},
	}
	has := func(_, name string) (asked, has map[string]any) {
		return map[string]any{"allocatedStorage": 100.0}, state[name]
	}
	for name, tt := range map[string]struct {
		pairs         []string
		note, refused string
	}{
		"an older PostgreSQL":        {[]string{"stage", "3", "database.version", "16"}, "", "rung:database.version: the database has PostgreSQL 17.5"},
		"another image":              {[]string{"stage", "1", "ami", "ami-0000000000000000b"}, "rung:ami changes nothing here: server keeps the image that it was made with, ami-0000000000000000a", ""},
		"the same image":             {[]string{"stage", "1", "ami", "ami-0000000000000000a"}, "", ""},
		"an image for fleets":        {[]string{"stage", "3", "ami", "ami-0000000000000000b"}, "", ""},
		"a smaller volume":           {[]string{"stage", "1", "server.dataGiB", "30"}, "", "rung:server.dataGiB: the volume has 40 GiB"},
		"a larger volume":            {[]string{"stage", "1", "server.dataGiB", "50"}, "", ""},
		"a default that is smaller":  {[]string{"stage", "1"}, "", ""},
		"a minimum that is followed": {[]string{"stage", "3", "web.min", "3", "web.schedules", `[{"name":"a","recurrence":"0 8 * * *","min":4}]`}, "change the min of the schedules", ""},
		"a minimum":                  {[]string{"stage", "3", "web.min", "3"}, "", ""},
		"a smaller database":         {[]string{"stage", "3", "database.storageGiB", "50"}, "", "rung:database.storageGiB: the database's disk has 120 GiB"},
		"a database that grew":       {[]string{"stage", "3", "database.storageGiB", "100"}, "", ""},
		"a smaller users' database":  {[]string{"stage", "4", "usersDatabase.storageGiB", "50"}, "", "rung:usersDatabase.storageGiB: the database's disk has 100 GiB"},
		"another port": {[]string{"stage", "1", "app", `{"binary":"a","port":3000}`}, "",
			"rung:app: the server was set up for an app at port 8080, " +
				"and would undo a release that serves at 3000: want port: 8080"},
		"the same port":               {[]string{"stage", "2", "app", `{"binary":"a","port":8080}`}, "", ""},
		"another port beside a fleet": {[]string{"stage", "3", "app", `{"binary":"a","port":3000}`, "handover", "pending"}, "", "rung:app: the server"},
		"another port without it":     {[]string{"stage", "3", "app", `{"binary":"a","port":3000}`}, "", ""},
		"another health path": {[]string{"stage", "1", "app", `{"binary":"a","health":"/up"}`},
			"health: server goes on asking at /health, with which it was set up", ""},
		"the mode before": {[]string{"stage", "3", "cache.clusterMode", "disabled"}, "", "AWS knows no way back: want compatible"},
		"the next mode":   {[]string{"stage", "3", "cache.clusterMode", "enabled"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			given := map[string]bool{}
			for i := 0; i < len(tt.pairs); i += 2 {
				given[tt.pairs[i]] = true
			}
			notes, err := CheckStanding(has, parsed(t, tt.pairs...), given)
			if tt.refused != "" {
				require.True(t, config.IsProblem(err))
				require.ErrorContains(t, err, tt.refused)
				return
			}
			require.NoError(t, err)
			if tt.note == "" {
				assert.Empty(t, notes)
				return
			}
			require.Len(t, notes, 1)
			assert.Contains(t, notes[0], tt.note)
		})
	}
	state["cache-group"] = map[string]any{"clusterMode": "disabled"}
	_, err := CheckStanding(has, parsed(t, "stage", "3", "cache.clusterMode", "enabled"),
		map[string]bool{"cache.clusterMode": true})
	require.ErrorContains(t, err, "want compatible first")
}

// The move into Aurora is no way down: a new one has no older major version than any
// database that a stack may have. One that stands keeps what it has, with the way up.
func TestAuroraIsNoWayDown(t *testing.T) {
	for _, version := range []string{"16", "17"} {
		cfg := parsed(t, "database.version", version, "stage", "5")
		assert.GreaterOrEqual(t, majorOf(aurora.DefaultEngineVersion), majorOf(cfg.Database.Version))
	}
	_, err := config.Parse(map[string]string{"stage": "5", "database.version": "18"})
	require.Error(t, err, "a version that is added here must be one that Aurora has")

	notes := func(version string, pairs ...string) []string {
		found, err := CheckStanding(func(typ, _ string) (asked, has map[string]any) {
			if typ == token.RDSGlobalCluster && version != "" {
				return nil, map[string]any{"engineVersionActual": version, "globalClusterIdentifier": "dev-global"}
			}
			return nil, nil
		}, parsed(t, append(pairs, "stage", "5")...), nil)
		require.NoError(t, err)
		return found
	}
	require.Len(t, notes("16.8", "database.global", "aurora"), 1)
	assert.Contains(t, notes("16.8", "database.global", "aurora")[0],
		"--global-cluster-identifier dev-global --engine-version 17.7")
	assert.Empty(t, notes("17.7", "database.global", "aurora"))
	assert.Empty(t, notes("17.4", "database.global", "aurora"))
	assert.Empty(t, notes("", "database.global", "aurora"), "a new one")
	assert.Empty(t, notes("16.8"), "without Aurora")
}

// Each row names a key that there is.
func TestEffectsNameKeys(t *testing.T) {
	for _, e := range Effects() {
		assert.NotEmpty(t, config.Allowed(e.Key), e.Key)
	}
}
