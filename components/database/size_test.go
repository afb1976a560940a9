package database

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestMemoryGiB(t *testing.T) {
	for class, want := range map[string]float64{
		"db.t4g.micro": 1, "db.t3.2xlarge": 32, "db.m7g.large": 8, "db.m6i.4xlarge": 64, "db.r7g.large": 16, "db.r8g.16xlarge": 512,
	} {
		got, err := MemoryGiB(class)
		require.NoError(t, err, class)
		assert.InDelta(t, want, got, 0, class)
	}
	for _, class := range []string{"", "m7g.large", "db.m7g", "db.m7g.micro", "db.t2.micro", "db.m7g.large.x"} {
		_, err := MemoryGiB(class)
		require.ErrorContains(t, err, "unknown class", class)
	}
}

func TestMaxConnections(t *testing.T) {
	for gib, want := range map[float64]int{1: 112, 8: 901, 16: 1802, 512: 5000} {
		assert.Equal(t, want, MaxConnections(gib), "%v GiB", gib)
	}
}

func TestFamily(t *testing.T) {
	for version, want := range map[string]string{"17": "postgres17", "16.3": "postgres16"} {
		assert.Equal(t, want, family(PostgreSQL, version))
	}
}

func TestReplicaZones(t *testing.T) {
	tests := map[string]struct {
		zones []string
		n     int
		want  []string
	}{
		"none":                   {zones: []string{"a", "b"}, n: 0, want: []string{}},
		"first beside primary":   {zones: []string{"a", "b", "c"}, n: 1, want: []string{"b"}},
		"round robin":            {zones: []string{"a", "b", "c"}, n: 4, want: []string{"b", "c", "a", "b"}},
		"two zones take turns":   {zones: []string{"a", "b"}, n: 3, want: []string{"b", "a", "b"}},
		"one zone takes all two": {zones: []string{"a"}, n: 2, want: []string{"a", "a"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, replicaZones(tt.zones, tt.n)) })
	}
}

func TestOneMoreReplicaMovesNone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zones := rapid.SliceOfN(rapid.StringMatching(`[a-f]`), 2, 6).Draw(t, "zones")
		n := rapid.IntRange(0, 14).Draw(t, "n")
		assert.Equal(t, replicaZones(zones, n), replicaZones(zones, n+1)[:n])
	})
}

func TestIdentifier(t *testing.T) {
	tests := map[string]struct{ stack, child, want string }{
		"plain":                 {"dev", "database-primary", "dev-database-primary-0a1b2c3d"},
		"dots and capitals":     {"Shop.Prod_1", "database-primary", "shop-prod-1-database-primary-0a1b2c3d"},
		"begins with a digit":   {"1st", "database-primary", "s1st-database-primary-0a1b2c3d"},
		"hyphens are not piled": {"a--b-", "database-primary", "a-b-database-primary-0a1b2c3d"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, identifier(tt.stack, "database", tt.child, "0a1b2c3d")) })
	}
}

func TestIdentifierIsAlwaysValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := identifier(rapid.StringMatching(`[a-zA-Z0-9._-]{1,100}`).Draw(t, "stack"), "database", "database-primary",
			"0a1b2c3d")
		assert.LessOrEqual(t, len(got), 63)
		assert.Regexp(t, `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`, got)
		assert.Regexp(t, `-0a1b2c3d$`, got)
		assert.Regexp(t, `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`, finalSnapshot(got))
	})
}

// Whatever the stack's name and however many replicas, each instance has a name
// of its own.
func TestInstancesAreApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stack := rapid.StringMatching(`[A-Za-z0-9_][A-Za-z0-9_-]{0,99}`).Draw(t, "stack")
		base := rapid.SampledFrom([]string{"database", "users-database", "database-shard-64-apse1-2"}).Draw(t, "base")
		seen := map[string]bool{}
		for n := range 16 {
			child := primaryName(base)
			if n > 0 {
				child = replicaName(base, n-1)
			}
			id := identifier(stack, base, child, "0a1b2c3d")
			assert.LessOrEqual(t, len(id), 63)
			assert.Regexp(t, `^[a-z][a-z0-9]*(-[a-z0-9]+)*-0a1b2c3d$`, id)
			assert.False(t, seen[id], "%s: %s twice", stack, id)
			seen[id] = true
		}
	})
}

// A stack whose names were cut and told apart all the same keeps them; where
// they were one, nothing stands that could.
func TestNamesThatStoodStay(t *testing.T) {
	for length, want := range map[int][2]string{
		35: {"-database-primary", "-database-replica-1"},
		40: {"-database-prim", "-database-repl"},
		43: {"-database-p", "-database-r"},
	} {
		stack := strings.Repeat("a", length)
		assert.Equal(t, stack+want[0]+"-0a1b2c3d", identifier(stack, "database", "database-primary", "0a1b2c3d"))
		assert.Equal(t, stack+want[1]+"-0a1b2c3d", identifier(stack, "database", "database-replica-1", "0a1b2c3d"))
	}
	id := identifier(strings.Repeat("a", 44), "database", "database-replica-1", "0a1b2c3d")
	assert.Regexp(t, `^a+-[0-9a-f]{8}-database-replica-1-0a1b2c3d$`, id, "the telling end stays")
}

func TestReaderWeights(t *testing.T) {
	assert.Equal(t, []int{100}, readerWeights(0, false))
	assert.Equal(t, []int{0, 100, 100}, readerWeights(2, false))
	assert.Equal(t, []int{100, 100}, readerWeights(1, true), "a copy answers reads as its replicas do")
}

func TestParameters(t *testing.T) {
	k := kinds[PostgreSQL]
	list := k.parameters(map[string]string{"random_page_cost": "2", "max_connections": "300"})
	assert.Len(t, list, len(standing)+1)
	assert.Equal(t, "immediate", k.applyMethod("random_page_cost"))
	assert.Equal(t, "pending-reboot", k.applyMethod("rds.force_ssl"))
}

func TestLimitsFor(t *testing.T) {
	got := kinds[PostgreSQL].limitsFor(8, 50)
	assert.InDelta(t, 720, got.connections, 0)
	assert.InDelta(t, 0.8*gibibyte, got.memoryBytes, 1)
	assert.InDelta(t, 5*gibibyte, got.freeStorageBytes, 1)
}
