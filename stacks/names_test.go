package stacks_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/names"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/record"
)

// stackNames are those at the borders of what is taken.
var stackNames = []string{"_", "My_Stack-", strings.Repeat("a", 44), strings.Repeat("A_-9", 25)}

// sites have every kind of resource between them whose name carries the stack's.
var sites = []settings{
	{"stage": "6", "database.replicas": "3", "edge.apiKeys": strings.Repeat("k", 41), "edge.apiKeyPaths": "/api", "edge.experiment": "home=10"},
	{
		"stage": "6", "database.global": "aurora", "cdn": "cloudflare", "domain": "example.com",
		"cloudflareZone": strings.Repeat("0a", 16), "cloudflareAccount": strings.Repeat("0b", 16),
	},
	{"stage": "3", "handover": "pending", "domain": "example.com"},
}

// What each stack asks for, by whatever name, is what the provider takes, and
// no two resources of it have one name.
func TestEveryStackNameWorks(t *testing.T) {
	for _, stack := range stackNames {
		require.NoError(t, names.Check(stack))
		for _, s := range sites {
			rec := build(t, s, record.Stack(stack))
			taken(t, rec)
			distinctNames(t, stack, rec)
		}
	}
}

// taken fails for inputs that the simulated provider's own checks refuse.
func taken(t *testing.T, rec *record.Recording) {
	t.Helper()
	providers := map[string]*sim.Provider{}
	for _, name := range offline.Providers() {
		p, err := offline.New(name, t.TempDir()+"/none.json", "")
		require.NoError(t, err)
		providers[name] = p
	}
	for _, r := range rec.Custom() {
		p := providers[strings.SplitN(r.Type, ":", 2)[0]]
		if p == nil || r.Read {
			continue
		}
		answer, err := p.Check(t.Context(), plugin.CheckRequest{URN: resource.URN(r.URN), News: r.InputMap})
		require.NoError(t, err)
		assert.Empty(t, answer.Failures, "%s %s of %s", r.Type, r.Name, rec.Stack)
	}
}

func distinctNames(t *testing.T, stack string, rec *record.Recording) {
	t.Helper()
	seen := map[[3]string]string{}
	for _, r := range rec.Custom() {
		for _, name := range given(r) {
			assert.Empty(t, seen[name], "%s: %s and %s are both %v", stack, seen[name], r.Name, name)
			seen[name] = r.Name
		}
	}
}

// Two stacks of one account have no name in common, however alike theirs are: of
// another case, or with an underscore for a hyphen.
func TestAlikeStacksShareNoName(t *testing.T) {
	owner := map[[3]string]string{}
	for _, stack := range []string{"a-b", "A_b"} {
		for name := range physicalNames(build(t, sites[1], record.Stack(stack))) {
			assert.Empty(t, owner[name], "%s and %s both name theirs %v", owner[name], stack, name)
			owner[name] = stack
		}
	}
}

// Where one stack's name begins as another's, "dev" and "dev-web" say, neither
// comes to the other's names by what it calls its own: that is never the end of
// what the other calls one of the same kind.
func TestNoNameIsTheEndOfAnother(t *testing.T) {
	const stack = "qqq"
	for _, s := range sites {
		own := map[[2]string][]string{}
		for name := range physicalNames(build(t, s, record.Stack(stack))) {
			if before, after, found := strings.Cut(name[1], stack+"-"); found {
				kind := [2]string{name[0] + " " + name[2], before}
				own[kind] = append(own[kind], after)
			}
		}
		require.NotEmpty(t, own)
		for kind, list := range own {
			for _, one := range list {
				for _, other := range list {
					assert.False(t, strings.HasSuffix(one, "-"+other), "%v: stack dev-%s's %q is dev's %q",
						kind, strings.TrimSuffix(one, "-"+other), other, one)
				}
			}
		}
	}
}
