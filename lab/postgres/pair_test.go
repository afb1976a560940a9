package postgres

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestAStandbyTakesOverOnlyWhereEveryCommitWaitedForIt(t *testing.T) {
	proven := ledger.Pair{Sync: true, Proven: true}
	for name, tt := range map[string]struct {
		pair                   ledger.Pair
		lost, settled, standby bool
		want                   ledger.Pair
		fails                  bool
	}{
		"a primary alone waits for nobody":               {settled: true},
		"a standby is to be seen to follow":              {settled: true, standby: true, want: ledger.Pair{Follows: true}},
		"before that nobody waits for it":                {pair: ledger.Pair{Follows: true}, standby: true, want: ledger.Pair{Follows: true}},
		"then the primary is told to wait":               {pair: ledger.Pair{Follows: true}, settled: true, standby: true, want: ledger.Pair{Follows: true, Sync: true}},
		"but not while it is worked on":                  {standby: true},
		"that it waits is believed when it is settled":   {pair: ledger.Pair{Sync: true}, settled: true, standby: true, want: proven},
		"and not before":                                 {pair: ledger.Pair{Sync: true}, standby: true, want: ledger.Pair{Sync: true}},
		"without its standby it waits no more":           {pair: proven, settled: true, want: ledger.Pair{}},
		"lost: the standby takes over":                   {pair: proven, lost: true, standby: true, want: ledger.Pair{Second: true, Epoch: 1}, fails: true},
		"and back, the next time":                        {pair: ledger.Pair{Second: true, Epoch: 1, Sync: true, Proven: true}, lost: true, standby: true, want: ledger.Pair{Epoch: 2}, fails: true},
		"not one that commits were not seen to wait for": {pair: ledger.Pair{Sync: true}, lost: true, standby: true, want: ledger.Pair{Sync: true}},
		"nor one that is away itself":                    {pair: proven, lost: true, want: proven},
	} {
		got, fails := step(tt.pair, tt.lost, tt.settled, tt.standby)
		assert.Equal(t, tt.want, got, name)
		assert.Equal(t, tt.fails, fails, name)
	}
}

// multiAZ is a database with a standby and a replica.
func multiAZ() cloud.Cloud {
	instance := func(id string, more sim.Props) *sim.Entry {
		p := sim.Props{"identifier": id, "address": id + ".rds", "engine": "postgres", "engineVersion": "15.4",
			"resourceId": "db-" + id, "username": "rung", "password": "p", "dbName": "app"}
		for k, v := range more {
			p[k] = v
		}
		return &sim.Entry{Type: token.RDSInstance, ID: id, Name: id, Region: "us-east-1", Properties: p}
	}
	return cloud.Of([]*sim.Entry{instance("main", sim.Props{"multiAz": true}),
		instance("read", sim.Props{"replicateSourceDb": "main"})})
}

func here() site.Site {
	return site.Site{Dir: "/lab", Programs: site.Programs{Postgres: map[int]string{15: "/pg"}},
		Address: func(machine string, _ ...int) (string, error) { return "127.1.1.1/" + machine, nil }}
}

func unitsOf(t *testing.T, pairs map[string]ledger.Pair) map[string]unit.Unit {
	t.Helper()
	part, err := Instances(multiAZ(), here(), pairs, func(string) string { return "secret" })
	require.NoError(t, err)
	all := map[string]unit.Unit{}
	for _, u := range part.Units {
		all[u.Name] = u
	}
	return all
}

func TestHalvesChangePlacesAndTheAddressStays(t *testing.T) {
	const a, b, read, at = "main/postgresql", "main/postgresql-2", "read/postgresql", "127.1.1.1/rds/us-east-1/main"
	before := unitsOf(t, nil)
	require.Len(t, before, 4, "two halves, a replica and a backup")
	assert.Equal(t, at, before[a].Address)
	assert.NotEqual(t, at, before[b].Address)
	assert.Equal(t, []string{a}, before[b].After)
	assert.Equal(t, []string{a}, before[read].After)

	after := unitsOf(t, map[string]ledger.Pair{"rds/us-east-1/main": {Second: true, Epoch: 1, Sync: true}})
	assert.Equal(t, at, after[b].Address, "the endpoint goes with the writes")
	assert.Equal(t, before[b].Address, after[a].Address)
	assert.Equal(t, []string{b}, after[a].After, "and what lost its place begins as a copy")
	assert.Equal(t, before[b].Dir, after[b].Dir, "the data stays where it is")
	assert.Equal(t, "/lab/data/main-db-main/begun-1", after[a].Prepare[0].Mark)
	assert.NotContains(t, after[b].Prepare[0].Program, "/pg/initdb", "nothing is made in the place of data")
	assert.NotEqual(t, before[read].Starting(), after[read].Starting(), "replicas are copied anew")
	assert.Contains(t, after[b].Files[0].Content, "synchronous_standby_names = 'rung_main_standby'")
	assert.Contains(t, after[b].Ready[0].Input, "sync_state = 'sync'")
	assert.Regexp(t, "^SET synchronous_commit = local;", after[b].Ready[0].Input, "its end would wait for a standby's")
	assert.NotContains(t, before[a].Files[0].Content, "synchronous_standby_names")
	follows := unitsOf(t, map[string]ledger.Pair{"rds/us-east-1/main": {Follows: true}})[a]
	assert.NotContains(t, follows.Files[0].Content, "synchronous_standby_names", "no commit waits for a copy")
	assert.Contains(t, follows.Ready[0].Input, "AND state = 'streaming') THEN")
	assert.Equal(t, before["main/backup"].Starting(), after["main/backup"].Starting())
}

func TestPairsOfACloud(t *testing.T) {
	sight := Sight{Well: map[string]bool{"main/postgresql-2": true}, Lost: map[string]bool{"main/postgresql": true}}
	pairs, fence := Pairs(multiAZ(), map[string]ledger.Pair{"rds/us-east-1/main": {Sync: true, Proven: true}}, sight)
	assert.Equal(t, map[string]ledger.Pair{"rds/us-east-1/main": {Second: true, Epoch: 1}}, pairs)
	assert.Equal(t, []string{"main/postgresql"}, fence)
	assert.Equal(t, []string{"primary", "standby", "replica"}, roles(Members(multiAZ(), pairs)))
	assert.Equal(t, "main/postgresql-2", Members(multiAZ(), pairs)[0].Unit)
}

func roles(all []Member) (names []string) {
	for _, m := range all {
		names = append(names, m.Role)
	}
	return names
}
