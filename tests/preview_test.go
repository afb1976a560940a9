package tests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
)

// The first thing that anybody does: an empty directory, no flags, the app that
// comes with rung, and no CLI.
func TestFirstPreview(t *testing.T) {
	t.Parallel()
	u := &user{t: t, dir: t.TempDir(), at: shared.root} // the app is built in the checkout alone
	shown := u.does("preview", "3")
	assert.True(t, strings.HasPrefix(shown.out, "offline cloud: nothing here touches AWS or costs money"), shown.out)
	assert.NotContains(t, shown.err, "pulumi", "no CLI is looked for, downloaded or built")
	for _, part := range []string{"database", "loadbalancer", "web", "workers", "cache", "jobs", "cdn", "$"} {
		assert.Contains(t, shown.out, part)
	}
	text := u.does("preview", "3", "--format", "json").out
	shape(t, text)
	got := decode(t, text)
	assert.Nil(t, got.From)
	require.NotNil(t, got.To)
	assert.Equal(t, 3, *got.To)
	assert.Len(t, got.ops("create"), len(got.Resources.Changes), "all there is to do is to create")
	assert.Equal(t, got.Resources.Create, len(got.Resources.Changes))
	assert.Equal(t, "USD", got.Cost.Currency)
	got.Cost.addsUp(t)
	got.Cost.sourced(t)
	got.Cost.within(t, 500, 1000)
	assert.Equal(t, "0.00", got.Cost.From)
	assert.Empty(t, got.Cost.Unpriced)
	assert.Empty(t, got.Blocked)
	assert.NotContains(t, text, "server-", "a stack that starts on stage 3 has no server")
	u.neverDeployed()
}

// neverDeployed demands that nothing says that there is a stack with resources.
func (u *user) neverDeployed() {
	u.t.Helper()
	assert.Empty(u.t, u.cloud().Resources)
	assert.Empty(u.t, u.state())
	config, err := os.ReadFile(u.path("workspace", "Pulumi.dev.yaml"))
	require.NoError(u.t, err)
	assert.NotContains(u.t, string(config), "rung:", "the preview's configuration is not the stack's")
	assert.Contains(u.t, u.does("destroy").err, "holds no resources")
}

func TestEveryStageLiesInItsBand(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	for stage, band := range map[string][2]int64{"1": {20, 50}, "2": {100, 200}, "3": {500, 1000}} {
		got := u.report("preview", stage)
		got.Cost.within(t, band[0], band[1])
		got.Cost.addsUp(t)
		got.Cost.sourced(t)
		cost := u.report("cost", stage) // a bill has the cost of a report
		assert.Equal(t, got.Cost.To, cost.Cost.To, "the estimate without the engine is the same")
		cost.Cost.addsUp(t)
		cost.Cost.within(t, band[0], band[1])
	}
	assert.Empty(t, u.cloud().Resources)
}

func TestCostNeedsNoDirectoryOfItsOwn(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	for _, format := range []string{"table", "json", "markdown"} {
		assert.NotEmpty(t, u.does("cost", "3", "--format", format).out)
	}
	assert.Empty(t, u.files(), "nothing is made")
}

// files are the entries of the user's directory.
func (u *user) files() []string {
	u.t.Helper()
	entries, err := os.ReadDir(u.dir)
	require.NoError(u.t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// A stack that has nothing to do with rung is priced line by line; what cannot
// be priced is listed, and nothing vanishes.
func TestCostOfForeignStacks(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"foreign-export.json", "foreign-preview.json"} {
		t.Run(file, func(t *testing.T) {
			u := &user{t: t, dir: t.TempDir()}
			path := filepath.Join(shared.root, "cost", "testdata", file)
			got := u.report("cost", "--file", path)
			got.Cost.addsUp(t)
			assert.NotEmpty(t, got.Cost.Lines)
			assert.Empty(t, u.files())
		})
	}
	u := &user{t: t, dir: t.TempDir()}
	got := u.report("cost", "--file", filepath.Join(shared.root, "cost", "testdata", "foreign-export.json"))
	seen := map[string]bool{}
	for _, l := range got.Cost.Lines {
		seen[l.Type] = true
	}
	for _, typ := range []string{
		token.EC2Instance, token.AutoScalingGroup, token.RDSInstance,
		token.ElastiCacheReplicationGroup, token.ALBLoadBalancer,
		token.EC2NatGateway, token.EBSVolume,
	} {
		assert.True(t, seen[typ], "%s is priced", typ)
	}
	usage := map[string]bool{}
	for _, n := range got.Cost.UsageBased {
		usage[n.Type] = true
	}
	assert.True(t, usage[token.S3BucketV2] && usage[token.CloudFrontDistribution],
		"paid by usage: %v", usage)
	var unpriced []string
	for _, n := range got.Cost.Unpriced {
		assert.NotEmpty(t, n.Reason)
		unpriced = append(unpriced, n.Type)
	}
	assert.Contains(t, unpriced, token.MSKCluster)
}

func TestOverBudget(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"cost", "3"}, {"preview", "1"}, {"up", "1"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			u := newUser(t, "budget=10")
			got := u.rung(args...)
			assert.Equal(t, budget, got.code, got.all())
			assert.Contains(t, got.out, "OVER BUDGET")
			assert.Contains(t, got.err, "rung:budget")
			assert.Empty(t, u.cloud().Resources, "nothing is created")
		})
	}
}
