package tests

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/aurora"
	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/key"
	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/resource/token"
)

// regions are where the databases of these tests stand, by their codes; the
// first is home.
var regions = []struct{ code, name, cidr string }{
	{"use1", "us-east-1", "10.0.0.0/16"},
	{"euw1", "eu-west-1", "10.4.0.0/16"},
	{"usw2", "us-west-2", "10.8.0.0/16"},
}

// world is the ground that databases stand on: the regions and the key.
type world struct {
	common part.Common
	places map[string]place
	cells  []string // codes, in order
	key    *key.Key
}

// further are the names of all regions but home.
func (w world) further() []string {
	var names []string
	for _, code := range w.cells[1:] {
		names = append(names, w.places[code].region)
	}
	return names
}

// place is one region while a program is built.
type place struct {
	provider *aws.Provider
	net      *network.Network
	region   string
}

// newWorld makes the first n regions and a key for them.
func newWorld(ctx *pulumi.Context, n int, confirmed []string) (world, error) {
	data, err := guard.New(ctx, confirmed)
	if err != nil {
		return world{}, err
	}
	w := world{common: part.Common{Guard: data}, places: map[string]place{}}
	var replicas []key.Replica
	for i, r := range regions[:n] {
		p, err := region(ctx, w.common, i)
		if err != nil {
			return world{}, err
		}
		w.places[r.code], w.cells = p, append(w.cells, r.code)
		if i > 0 {
			replicas = append(replicas, key.Replica{Code: r.code, Provider: p.provider})
		}
	}
	w.key, err = key.New(ctx, "key", key.Args{
		Common: w.common, AccountID: pulumi.String("123456789012"), Replicas: replicas,
	}, pulumi.Provider(w.places["use1"].provider))
	return w, err
}

// spread is a program with one database, copied into the first n regions,
// whose writes went through the regions of writers.
func spread(n int, writers ...string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		w, err := newWorld(ctx, n, nil)
		if err != nil {
			return err
		}
		list, err := database.Lineage("database", writers, w.cells)
		if err != nil {
			return err
		}
		built := map[string]*database.Database{}
		for _, d := range list {
			at := w.places[d.Cell]
			args := database.Args{Common: w.common, VPCID: at.net.VPCID, Subnets: at.net.Data, Replicas: 1}
			if d.Of == "" {
				args.SecretRegions = w.further()
			} else {
				args.Source, args.Promoted, args.Region, args.KMSKeyARN = built[d.Of], d.Promoted, at.region, w.key.In(d.Cell)
			}
			if built[d.Name], err = database.New(ctx, d.Name, args, pulumi.Provider(at.provider)); err != nil {
				return err
			}
		}
		return nil
	}
}

// global is a program with a global database over the first n regions.
func global(n int, confirmed ...string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		w, err := newWorld(ctx, n, confirmed)
		if err != nil {
			return err
		}
		var first *aurora.Aurora
		for _, code := range w.cells {
			at := w.places[code]
			name, args := "aurora-"+code, aurora.Args{
				Common: w.common, VPCID: at.net.VPCID, Subnets: at.net.Data, Region: at.region, KMSKeyARN: w.key.In(code), Global: first,
			}
			if first == nil {
				args.SecretRegions = w.further()
			}
			made, err := aurora.New(ctx, name, args, pulumi.Provider(at.provider))
			if err != nil {
				return err
			}
			if first == nil {
				first = made
			}
		}
		return nil
	}
}

func region(ctx *pulumi.Context, common part.Common, i int) (place, error) {
	r := regions[i]
	p, err := aws.NewProvider(ctx, "aws-"+r.name, &aws.ProviderArgs{Region: pulumi.String(r.name)}, common.Guard.Anchor())
	if err != nil {
		return place{}, err
	}
	name := "network"
	if i > 0 {
		name += "-" + r.code
	}
	net, err := network.New(ctx, name, network.Args{
		Common: common, Region: r.name, CIDR: r.cidr, Zones: []string{r.name + "a", r.name + "b"}, Data: true,
	}, pulumi.Provider(p))
	return place{provider: p, net: net, region: r.name}, err
}

// deploy opens a stack of the directory with a program.
func deploy(t *testing.T, dir string, program pulumi.RunFunc) *engine.Stack {
	t.Helper()
	s, err := engine.Open(t.Context(), engine.Options{Dir: dir, Program: program, Executable: shared.bin})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	require.NoError(t, offline.Delegate(s.StateFile(), domain))
	return s
}

// steps are the operations of a run on resources of one type, by name, without
// those that stay the same.
func steps(all []events.EngineEvent, typ string) map[string]string {
	found := map[string]string{}
	for _, e := range all {
		if e.ResourcePreEvent == nil {
			continue
		}
		m := e.ResourcePreEvent.Metadata
		if op := string(m.Op); op != "same" && (typ == "" || m.Type == typ) {
			name := m.URN[strings.LastIndex(m.URN, "::")+2:]
			found[name] = strings.TrimPrefix(found[name]+" "+op, " ")
		}
	}
	return found
}

// climb brings a stack to a program: nothing that holds data may be deleted or
// replaced, and a second up has nothing to do.
func climb(t *testing.T, dir string, program pulumi.RunFunc) []events.EngineEvent {
	t.Helper()
	s := deploy(t, dir, program)
	got, err := s.Up(t.Context())
	require.NoError(t, err)
	for _, kind := range guard.Kinds() {
		for name, op := range steps(got.Events, kind.Type) {
			assert.NotContains(t, op, "delete", name)
			assert.NotContains(t, op, "replace", name)
		}
	}
	again, err := s.Preview(t.Context())
	require.NoError(t, err)
	assert.Empty(t, steps(again.Events, ""), "a second up changes nothing")
	return got.Events
}

// A database spreads over regions, its writes move, and nothing that holds
// data is ever replaced or deleted.
func TestDatabaseOverRegions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	up := func(program pulumi.RunFunc) []events.EngineEvent { return climb(t, dir, program) }
	up(spread(1, "use1"))
	assert.Equal(t, map[string]string{
		"database-euw1-primary": "create", "database-euw1-replica-1": "create",
	}, steps(up(spread(2, "use1")), token.RDSInstance), "another region creates")
	up(spread(3, "use1"))
	assert.Equal(t, map[string]string{
		"database-euw1-primary":   "update", // promoted, in place
		"database-use1-2-primary": "create", "database-use1-2-replica-1": "create",
		"database-usw2-2-primary": "create", "database-usw2-2-replica-1": "create",
	}, steps(up(spread(3, "use1", "euw1")), token.RDSInstance), "the writes move to Ireland")
	assert.Equal(t, "update", steps(up(spread(3, "use1", "euw1", "use1")), token.RDSInstance)["database-use1-2-primary"],
		"and back")
}

// A run that is killed right after a promotion leaves a state that says
// replica: a refresh tells it the truth, and the next up ends the move.
func TestPromotionKilledHalfway(t *testing.T) {
	dir := t.TempDir()
	climb(t, dir, spread(2, "use1"))
	t.Setenv(offline.FaultsEnv, "update "+token.RDSInstance+" name=database-euw1-primary crash=after")
	_, err := deploy(t, dir, spread(2, "use1", "euw1")).Up(t.Context())
	require.Error(t, err, "the provider ends in the middle")
	s := deploy(t, dir, spread(2, "use1", "euw1"))
	_, err = s.Up(t.Context())
	require.ErrorContains(t, err, "not a read replica")
	_, err = s.Refresh(t.Context())
	require.NoError(t, err)
	assert.NotContains(t, steps(climb(t, dir, spread(2, "use1", "euw1")), token.RDSInstance)["database-euw1-primary"],
		"replace")
}

// A global database grows by a region, and goes down in the order that AWS
// demands once everything in it is confirmed.
func TestGlobalDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const clusters = token.RDSCluster
	assert.Equal(t, map[string]string{"aurora-use1-cluster": "create"}, steps(climb(t, dir, global(1)), clusters))
	assert.Equal(t, map[string]string{"aurora-euw1-cluster": "create"}, steps(climb(t, dir, global(2)), clusters),
		"another region creates")
	_, err := deploy(t, dir, global(1)).Up(t.Context())
	require.ErrorContains(t, err, "data guard", "a region does not leave unconfirmed")

	gone := []string{
		"aurora-use1-global", "aurora-use1-cluster", "aurora-euw1-cluster", "aurora-use1-secret-store",
		"aurora-use1-secret-password",
		"key-primary", "key-euw1",
	}
	climb(t, dir, global(2, gone...))
	s := deploy(t, dir, global(2, gone...))
	got, err := s.Destroy(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "delete", steps(got.Events, clusters)["aurora-use1-cluster"])
}
