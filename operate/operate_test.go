package operate_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/operate/offline"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

func thing(typ, name, component string, props map[string]any) resource.Resource {
	return resource.Resource{Type: typ, Name: name, Component: component, Props: props}
}

func stack() operate.Stack {
	return operate.Of("dev", "us-east-1", []resource.Resource{
		thing(token.EC2Instance, "network-nat-instance", "network", map[string]any{"id": "i-nat"}),
		thing(token.EC2Instance, "server", "server", map[string]any{"id": "i-1"}),
		thing(token.EBSVolume, "server-data", "server", map[string]any{"id": "vol-1"}),
		thing(token.AutoScalingGroup, "web-group", "web", map[string]any{"name": "web-7"}),
		thing(token.CloudWatchLogGroup, "web-metrics", "web", map[string]any{"name": "metrics"}),
		thing(token.CloudWatchLogGroup, "web-logs", "web", map[string]any{"name": "logs"}),
		thing(token.RDSInstance, "database-replica-1", "database",
			map[string]any{"identifier": "db-2", "instanceClass": "db.m7g.large", "replicateSourceDb": "db-1",
				"address": "replica", "port": 5432.0}),
		thing(token.RDSInstance, "database-primary", "database",
			map[string]any{"identifier": "db-1", "instanceClass": "db.r7g.large", "address": "primary",
				"port": 5432.0, "dbName": "app"}),
		thing(token.SecretsManagerSecret, "database-secret-store", "database-secret", map[string]any{"arn": "arn:secret"}),
		thing(token.SecretsManagerSecret, "origin-store", "origin", map[string]any{"arn": "arn:other"}),
		thing(token.ElastiCacheReplicationGroup, "cache-group", "cache",
			map[string]any{"id": "cache-1", "memberClusters": []any{"cache-1-001"}}),
		thing(token.LBTargetGroup, "loadbalancer-targets", "loadbalancer", map[string]any{"arn": "arn:tg"}),
		thing(token.LBLoadBalancer, "loadbalancer-alb", "loadbalancer", map[string]any{"arnSuffix": "app/lb/1"}),
		thing(token.S3BucketV2, "artifacts-bucket", "artifacts", map[string]any{"bucket": "b"}),
		thing(token.CloudWatchMetricAlarm, "x", "web", map[string]any{"name": "cpu"}),
		thing(token.SQSQueue, "jobs-main", "jobs", map[string]any{"url": resource.Unknown{}}),
	})
}

func TestPartsAreReadFromTheState(t *testing.T) {
	s := stack()
	assert.Equal(t, []operate.Part{
		{Name: "loadbalancer", Kind: operate.Balancer, Region: "us-east-1", IDs: []string{"arn:tg"}, Metric: "app/lb/1"},
		{Name: "server", Kind: operate.Server, Region: "us-east-1", IDs: []string{"i-1"}, Disk: "vol-1"},
		{Name: "web", Kind: operate.Fleet, Region: "us-east-1", IDs: []string{"web-7"}, LogGroup: "logs"},
		{Name: "cache", Kind: operate.Cache, Region: "us-east-1", IDs: []string{"cache-1"}, Nodes: []string{"cache-1-001"}},
		{Name: "database", Kind: operate.Database, Region: "us-east-1", IDs: []string{"db-1", "db-2"},
			Classes: map[string]string{"db-1": "db.r7g.large", "db-2": "db.m7g.large"}},
	}, s.Parts, "what nobody knows yet is no part, and a NAT instance runs no app")
	assert.Equal(t, "b", s.Artifacts)
	assert.Equal(t, []operate.AlarmOf{{Name: "cpu", Region: "us-east-1"}}, s.Alarms)
}

func TestStores(t *testing.T) {
	s := stack()
	assert.Equal(t, []operate.Store{{Name: "database", Kind: operate.Database, Region: "us-east-1", Host: "primary",
		Port:   5432,
		Secret: "arn:secret", Database: "app"}}, s.Stores, "where writes go")
	_, err := s.Store("databse")
	require.ErrorContains(t, err, "did you mean database?")
	alone := operate.Of("dev", "us-east-1", []resource.Resource{thing(token.EC2Instance, "server", "server",
		map[string]any{"id": "i-1"})})
	cache, err := alone.Store("cache")
	require.NoError(t, err)
	assert.Equal(t, operate.Store{Name: "cache", Kind: operate.Cache, Region: "us-east-1", Host: operate.Beside,
		Port: 6379}, cache)
}

func TestTheDatabaseThatIsMeant(t *testing.T) {
	sql := func(name string, kind operate.Kind) operate.Store { return operate.Store{Name: name, Kind: kind} }
	s := operate.Stack{Stores: []operate.Store{sql("cache", operate.Cache), sql("posts", operate.Database),
		sql("users", operate.Cluster)}}
	for given, want := range map[string]string{"": "posts", "users": "users"} {
		one, err := s.Database(given)
		require.NoError(t, err)
		assert.Equal(t, want, one.Name)
	}
	_, err := s.Database("cache")
	require.ErrorContains(t, err, "cache is no database, want one of posts, users")
	s.Stores = append(s.Stores, sql("database", operate.Database))
	one, err := s.Database("")
	require.NoError(t, err)
	assert.Equal(t, "database", one.Name)
	_, err = operate.Stack{Name: "dev"}.Database("")
	require.ErrorContains(t, err, "has no database")
}

func TestMomentsThatBackupsReach(t *testing.T) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for ago, reached := range map[time.Duration]bool{0: true, time.Minute: true, time.Hour: true, 61 * time.Minute: false,
		-time.Second: false} {
		err := operate.Restoring{At: at.Add(-ago)}.Within(at.Add(-time.Hour), at)
		assert.Equal(t, reached, err == nil, ago)
	}
	assert.NoError(t, operate.Restoring{}.Within(at, at), "the latest")
}

func TestThePartThatIsMeant(t *testing.T) {
	for given, want := range map[string]string{"web": "web", "server": "server", "": "server"} {
		p, err := stack().Part(given)
		require.NoError(t, err)
		assert.Equal(t, want, p.Name)
	}
	_, err := stack().Part("wep")
	assert.ErrorContains(t, err, `got "wep", want a part with machines: server, web; did you mean web?`)
	_, err = stack().Part("database")
	require.Error(t, err)
	_, err = operate.Stack{Name: "dev"}.Part("")
	assert.ErrorContains(t, err, "has no machines")
}

func TestAReleaseTakesNoOtherStep(t *testing.T) {
	assert.Empty(t, operate.Beyond([]operate.Step{{"replace", token.S3BucketObjectv2, "artifacts-app"},
		{"update", token.SSMParameter, "server-release"},
		{"update", token.EC2LaunchTemplate, "web-template"}, {"update", token.AutoScalingGroup, "web-group"}, {"create", token.IAMRolePolicy, "web-app-secrets"}}))
	assert.Equal(t, []string{"replace of web-group (" + token.AutoScalingGroup + ")",
		"update of db (" + token.RDSInstance + ")"},
		operate.Beyond([]operate.Step{{"replace", token.AutoScalingGroup, "web-group"}, {"update", token.RDSInstance, "db"}}))
}

func TestARolloutIsAsItsWorstPart(t *testing.T) {
	part := func(s operate.RolloutState) operate.Progress { return operate.Progress{Part: "p", State: s} }
	for _, tt := range []struct {
		parts []operate.RolloutState
		want  operate.RolloutState
		ended bool
	}{
		{nil, operate.Done, true},
		{[]operate.RolloutState{operate.Done, operate.Rolling}, operate.Rolling, false},
		{[]operate.RolloutState{operate.Back, operate.Rolling}, operate.Back, false},
		{[]operate.RolloutState{operate.Back, operate.Done}, operate.Back, true},
		{[]operate.RolloutState{operate.Failed, operate.Back}, operate.Failed, true},
	} {
		var parts []operate.Progress
		for _, s := range tt.parts {
			parts = append(parts, part(s))
		}
		r := operate.NewRollout(parts)
		assert.Equal(t, tt.want, r.State, tt.parts)
		assert.Equal(t, tt.ended, r.Ended(), tt.parts)
	}
}

// steps is a driver whose rollout goes step by step; the last stays.
type steps struct {
	offline.Driver
	all  []operate.Rollout
	next *int
}

func (s steps) Rollout(context.Context, operate.Stack, time.Time) (operate.Rollout, error) {
	r := s.all[min(*s.next, len(s.all)-1)]
	*s.next++
	return r, nil
}

func rolling(state operate.RolloutState, fresh int) operate.Rollout {
	return operate.NewRollout([]operate.Progress{{Part: "web", State: state, Fresh: fresh, Of: 2}})
}

func TestWatching(t *testing.T) {
	var said []string
	w := operate.Watching{Every: time.Millisecond, Tell: func(p operate.Progress) { said = append(said, p.String()) }}
	d := steps{all: []operate.Rollout{rolling(operate.Rolling, 0), rolling(operate.Rolling, 0),
		rolling(operate.Rolling, 1), rolling(operate.Done, 2)}, next: new(int)}
	r, err := operate.Watch(t.Context(), d, operate.Stack{}, w)
	require.NoError(t, err)
	assert.Equal(t, operate.Done, r.State)
	assert.Equal(t, []string{"web: rolling, 0 of 2 machines", "web: rolling, 1 of 2 machines",
		"web: done, 2 of 2 machines"}, said, "each once")

	w.Patience = 20 * time.Millisecond
	stuck := steps{all: []operate.Rollout{rolling(operate.Rolling, 1)}, next: new(int)}
	r, err = operate.Watch(t.Context(), stuck, operate.Stack{}, w)
	require.ErrorContains(t, err, "have not come to the release")
	assert.Equal(t, operate.Rolling, r.State)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = operate.Watch(ctx, stuck, operate.Stack{}, w)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestTheOfflineCloudSaysThatItRunsNothing(t *testing.T) {
	d := offline.Driver{}
	_, machines := d.Machines(t.Context(), operate.Part{})
	_, exec := d.Exec(t.Context(), operate.Machine{}, nil, operate.IO{})
	for _, err := range []error{machines, exec, d.Logs(t.Context(), operate.Part{}, operate.Query{}, nil),
		d.Shell(t.Context(), operate.Machine{}, operate.IO{}), d.Tunnel(t.Context(), operate.Machine{}, "", 0, nil)} {
		require.True(t, errors.Is(err, operate.ErrNotHere))
		assert.ErrorContains(t, err, "--cloud lab")
	}
	f, err := d.Look(t.Context(), stack())
	require.NoError(t, err)
	assert.Len(t, f.Health, len(stack().Parts))
	for _, h := range f.Health {
		assert.Equal(t, operate.Unknown, h.State)
	}
}
