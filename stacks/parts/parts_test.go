package parts_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/stacks/parts"
)

func TestParse(t *testing.T) {
	for component, want := range map[string]parts.Name{
		"web":                   {Part: "web", Base: "web"},
		"web-euw1":              {Part: "web", Base: "web", Region: "euw1"},
		"cache-euw1-secret":     {Part: "cache", Base: "cache-secret", Region: "euw1"},
		"database-shard-12":     {Part: "database", Base: "database-shard-12", Shard: 12},
		"database-shard-2-euw1": {Part: "database", Base: "database-shard-2", Region: "euw1", Shard: 2},
		"database-proxy":        {Part: "database-proxy", Base: "database-proxy"},
		"users-database-secret": {Part: "users-database", Base: "users-database-secret"},
		"peering-use1":          {Part: "peering", Base: "peering", Region: "use1"},
		"edge-key-shop":         {Part: "edge", Base: "edge-key-shop"},
		"webhook":               {Base: "webhook"},
		"use1":                  {Base: "use1"},
		"mine-xxe1":             {Base: "mine-xxe1"},
		"":                      {},
	} {
		assert.Equal(t, want, parts.Parse(component), component)
	}
}

func TestIsThePartItself(t *testing.T) {
	for component, want := range map[string]bool{
		"database": true, "database-euw1": true, "database-shard-2": true, "database-shard-2-euw1": true,
		"database-secret": false, "database-shard-2-secret": false, "stranger": false, "": false,
	} {
		assert.Equal(t, want, parts.Parse(component).Is(), component)
	}
}

func TestCompare(t *testing.T) {
	want := []string{
		"network", "firewall", "cdn", "web", "web-euw1", "cache", "cache-secret", "cache-euw1-secret", "database",
		"database-secret",
		"database-shard-2", "database-shard-2-euw1", "database-shard-10", "dashboard-services", "stranger", "",
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, parts.Compare)
	assert.Equal(t, want, got)
}

func TestTableIsSound(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range parts.All() {
		assert.False(t, seen[p.Name], "%s stands twice", p.Name)
		seen[p.Name] = true
		assert.False(t, (p.Copied || p.Sharded) && p.Tier != parts.Store, p.Name)
	}
}

// A request goes down the tiers, and never back up.
func TestWaysLeadDown(t *testing.T) {
	seen := map[parts.Way]bool{}
	for _, w := range parts.Ways() {
		from, ok := parts.Get(w.From)
		assert.True(t, ok, w.From)
		to, ok := parts.Get(w.To)
		assert.True(t, ok, w.To)
		assert.True(t, w.Kind == parts.May || from.Tier <= to.Tier, "%s uses %s", w.From, w.To)
		assert.False(t, from.Tier == parts.Beside || to.Tier == parts.Beside, "%s uses %s: neither stands on the way", w.From,
			w.To)
		assert.False(t, seen[w], "%v stands twice", w)
		seen[w] = true
	}
}

func TestServicesOfSomebodysOwnHaveATier(t *testing.T) {
	for name, want := range map[string]parts.Tier{
		"orders-service": parts.Compute, "orders-database": parts.Store, "orders-service-euw1": parts.Compute,
	} {
		tier, is := parts.Parse(name).Own()
		assert.True(t, is, name)
		assert.Equal(t, want, tier, name)
	}
	for _, name := range []string{
		"users-service", "users-database", "orders-database-secret", "database", "dashboard-services",
	} {
		_, is := parts.Parse(name).Own()
		assert.False(t, is, name)
	}
	assert.Equal(t, "orders-database", parts.Parse("orders-service-euw1").OwnStore())
}
