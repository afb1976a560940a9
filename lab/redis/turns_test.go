package redis

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

func caches(failover bool) cloud.Cloud {
	return cloud.Of([]*sim.Entry{{Type: token.ElastiCacheReplicationGroup, ID: "c", Name: "c", Region: "us-east-1",
		Properties: sim.Props{"automaticFailoverEnabled": failover, "numCacheClusters": 3, "numNodeGroups": 1,
			"primaryEndpointAddress": "master.c", "readerEndpointAddress": "replica.c"}}})
}

const key = "elasticache/us-east-1/c"

func TestAReplicaThatFollowedTakesOver(t *testing.T) {
	for name, tt := range map[string]struct {
		before        ledger.Pair
		settled, lost map[string]bool
		want          ledger.Pair
		fence         []string
	}{
		"all is well":                 {settled: map[string]bool{"c/1": true, "c/2": true, "c/3": true}},
		"a replica is lost":           {lost: map[string]bool{"c/2": true}},
		"the first that follows":      {lost: map[string]bool{"c/1": true}, settled: map[string]bool{"c/2": true, "c/3": true}, want: ledger.Pair{Holder: "c/2", Epoch: 1}, fence: []string{"c/1"}},
		"not one that does not":       {lost: map[string]bool{"c/1": true}, settled: map[string]bool{"c/3": true}, want: ledger.Pair{Holder: "c/3", Epoch: 1}, fence: []string{"c/1"}},
		"and back":                    {before: ledger.Pair{Holder: "c/3", Epoch: 1}, lost: map[string]bool{"c/3": true}, settled: map[string]bool{"c/1": true}, want: ledger.Pair{Holder: "c/1", Epoch: 2}, fence: []string{"c/3"}},
		"nobody follows: it is begun": {lost: map[string]bool{"c/1": true}},
	} {
		pairs, fence := Pairs(caches(true), map[string]ledger.Pair{key: tt.before}, tt.settled, tt.lost)
		assert.Equal(t, map[string]ledger.Pair{key: tt.want}, pairs, name)
		assert.Equal(t, tt.fence, fence, name)
	}
	pairs, fence := Pairs(caches(false), nil, nil, map[string]bool{"c/1": true})
	assert.Empty(t, pairs)
	assert.Empty(t, fence)
}

// Who takes over has the endpoint's address beside its own, without a new start.
func TestTheEndpointsGoWithWhatNodesDo(t *testing.T) {
	at := site.Site{Dir: "/lab", Programs: site.Programs{Redis: "/bin/redis-server", RedisCLI: "/bin/redis-cli"},
		Address: func(machine string, _ ...int) (string, error) { return "at " + machine, nil }}
	units := func(p ledger.Pair) []unit.Unit {
		part, err := Groups(caches(true), at, map[string]ledger.Pair{key: p})
		require.NoError(t, err)
		assert.Contains(t, part.Hosts, unit.Host{Name: "master.c", Address: "at " + key + "/primary"})
		assert.Contains(t, part.Hosts, unit.Host{Name: "replica.c", Address: "at " + key + "/readers"})
		return part.Units
	}
	before, after := units(ledger.Pair{}), units(ledger.Pair{Holder: "c/3", Epoch: 1})
	for n := range before {
		assert.Equal(t, before[n].Starting(), after[n].Starting(), "%s starts anew", before[n].Name)
		assert.Equal(t, before[n].Address, after[n].Address)
	}
	assert.Equal(t, []string{"at " + key + "/primary"}, before[0].Also)
	assert.Equal(t, []string{"at " + key + "/readers"}, before[2].Also)
	assert.Equal(t, []string{"at " + key + "/primary"}, after[2].Also)
	assert.Equal(t, []string{"at " + key + "/readers"}, after[1].Also)
	assert.NotEqual(t, before[0].Loaded(), after[0].Loaded())
	assert.NotEqual(t, before[2].Readied(), after[2].Readied())
	assert.Contains(t, after[0].Files[1].Content, "replicaof at "+key+"/primary 6379")
}
