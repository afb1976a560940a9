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

// global is a global database of two regions, two instances in the first.
func global() cloud.Cloud {
	entry := func(token, id, region string, p sim.Props) *sim.Entry {
		return &sim.Entry{Type: token, ID: id, Name: id, Region: region, Properties: p}
	}
	member := func(id, region, of string, tier float64) *sim.Entry {
		return entry(token.RDSClusterInstance, id, region, sim.Props{"identifier": id, "clusterIdentifier": of,
			"promotionTier": tier,
			"endpoint":      id + ".rds.amazonaws.com"})
	}
	return cloud.Of([]*sim.Entry{
		entry(token.RDSGlobalCluster, "all", "us-east-1", sim.Props{"globalClusterIdentifier": "all", "databaseName": "app"}),
		entry(token.RDSCluster, "one", "us-east-1", sim.Props{"clusterIdentifier": "one", "engine": aurora,
			"engineVersion":  "17.4",
			"masterUsername": "app", "masterPassword": "pw", "globalClusterIdentifier": "all", "endpoint": "one.cluster",
			"readerEndpoint": "one.cluster-ro", "finalSnapshotIdentifier": "one-final"}),
		entry(token.RDSCluster, "two", "eu-west-1", sim.Props{"clusterIdentifier": "two", "engine": aurora,
			"engineVersion":           "17.4",
			"globalClusterIdentifier": "all", "endpoint": "two.cluster", "readerEndpoint": "two.cluster-ro"}),
		entry(token.RDSCluster, "sea", "us-east-1", sim.Props{"clusterIdentifier": "sea", "engine": "aurora-mysql"}),
		member("one-b", "us-east-1", "one", 1), member("one-a", "us-east-1", "one", 0), member("two-a", "eu-west-1", "two",
			0),
	})
}

func TestAClusterHasAWriterAndThoseThatFollow(t *testing.T) {
	at := site.Site{Dir: "/lab", Programs: site.Programs{Postgres: map[int]string{15: "/pg"}},
		Address: func(machine string, _ ...int) (string, error) { return "at " + machine, nil }}
	part, err := Clusters(global(), at, nil, func(name string) string { return "secret of " + name })
	require.NoError(t, err)
	what, after := map[string]string{}, map[string][]string{}
	for _, u := range part.Units {
		what[u.Name], after[u.Name] = u.What, u.After
	}
	assert.Equal(t, map[string]string{"one-a/postgresql": "PostgreSQL 15, writer of one (for 17)",
		"one-b/postgresql": "PostgreSQL 15, reader of one (for 17)",
		"two-a/postgresql": "PostgreSQL 15, follower of one (for 17)"}, what)
	assert.Equal(t, []string{"one-a/postgresql"}, after["one-b/postgresql"])
	assert.Equal(t, []string{"one-a/postgresql"}, after["two-a/postgresql"])
	for _, want := range []unit.Host{{Name: "one.cluster", Address: "at aurora/us-east-1/one/1"},
		{Name: "one.cluster-ro", Address: "at aurora/us-east-1/one/2"}, {Name: "two.cluster-ro", Address: "at aurora/eu-west-1/two/1"}} {
		assert.Contains(t, part.Hosts, want)
	}
	for _, u := range part.Units {
		if u.Name == "one-a/postgresql" {
			assert.Contains(t, u.Ready[0].Input, "'rung_one_b'")
			assert.Contains(t, u.Ready[0].Input, "'rung_two_a'")
			assert.Contains(t, u.Ready[0].Input, `CREATE DATABASE %I OWNER %I', 'app', 'app'`)
		}
	}
	assert.Contains(t, part.Notes, unit.Note{About: "sea", Text: "the lab has no aurora-mysql", Missing: true})
}

func TestAReaderTakesOverFromItsWriter(t *testing.T) {
	const key, a, b = "aurora/us-east-1/one", "one-a/postgresql", "one-b/postgresql"
	well := Sight{Well: map[string]bool{a: true, b: true}, Settled: map[string]bool{a: true, b: true}}
	pairs, fence := Pairs(global(), nil, well)
	assert.Equal(t, map[string]ledger.Pair{key: {Follows: true}}, pairs,
		"the other region's cluster writes nothing itself")
	assert.Empty(t, fence)
	for range 2 { // commits wait, and are seen to
		pairs, _ = Pairs(global(), pairs, well)
	}
	pairs, fence = Pairs(global(), pairs, Sight{Well: map[string]bool{b: true}, Lost: map[string]bool{a: true}})
	assert.Equal(t, map[string]ledger.Pair{key: {Holder: b, Epoch: 1}}, pairs)
	assert.Equal(t, []string{a}, fence)

	at := site.Site{Dir: "/lab", Programs: site.Programs{Postgres: map[int]string{15: "/pg"}},
		Address: func(machine string, _ ...int) (string, error) { return "at " + machine, nil }}
	units := map[string]unit.Unit{}
	part, err := Clusters(global(), at, pairs, func(string) string { return "s" })
	require.NoError(t, err)
	for _, u := range part.Units {
		units[u.Name] = u
	}
	assert.Equal(t, "at aurora/us-east-1/one/1", units[b].Address, "the endpoint goes with the writes")
	assert.Equal(t, []string{b}, units[a].After)
	assert.NotContains(t, units[b].Prepare[0].Program, "/pg/initdb")
	assert.Regexp(t, "begun-1$", units[a].Prepare[0].Mark, "the one that was lost is copied anew")
	assert.Regexp(t, "begun-1$", units["two-a/postgresql"].Prepare[0].Mark, "and so is the other region's")
	assert.Contains(t, units[b].Ready[0].Input, "'rung_one_a'")
}
