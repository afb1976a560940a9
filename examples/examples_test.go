package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/tests/inprocess"
)

// settings are what each example is told with `pulumi config set`.
func settings(t *testing.T, name string, stack *inprocess.Stack) map[string]string {
	t.Helper()
	switch name {
	case "site":
		return map[string]string{"site:folder": "site/public"}
	case "blog":
		return map[string]string{"blog:vpc": standingVPC(t, stack)}
	case "tworegions":
		return map[string]string{}
	}
	binary := filepath.Join(t.TempDir(), "binary")
	require.NoError(t, os.WriteFile(binary, []byte("any program"), 0o600))
	return map[string]string{name + ":binary": binary}
}

// standingVPC is a VPC that somebody else made, as JSON.
func standingVPC(t *testing.T, stack *inprocess.Stack) string {
	t.Helper()
	made := func(typ string, in map[string]any) string {
		id, err := stack.Foreign(typ, "us-east-1", resource.NewPropertyMapFromMap(in))
		require.NoError(t, err)
		return id
	}
	vpc := made(token.EC2Vpc, map[string]any{"cidrBlock": "10.20.0.0/16"})
	made(token.EC2InternetGateway, map[string]any{"vpcId": vpc})
	subnet := func(zone, cidr string) map[string]any {
		return map[string]any{"Zone": zone, "CIDR": cidr, "ID": made(token.EC2Subnet,
			map[string]any{"vpcId": vpc, "availabilityZone": zone, "cidrBlock": cidr})}
	}
	text, err := json.Marshal(map[string]any{
		"ID": vpc, "CIDR": "10.20.0.0/16",
		"Public":  []any{subnet("us-east-1a", "10.20.0.0/24"), subnet("us-east-1b", "10.20.1.0/24")},
		"Private": []any{subnet("us-east-1a", "10.20.16.0/22"), subnet("us-east-1b", "10.20.20.0/22")},
	})
	require.NoError(t, err)
	return string(text)
}

// Each example previews, goes up, goes up again without a change, and is destroyed
// with nothing left.
func TestExamplesLive(t *testing.T) {
	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			stack, err := inprocess.NewStack(record.Project(name), record.Stack("dev"))
			require.NoError(t, err)
			set := settings(t, name, stack)
			plan, err := stack.Preview(run, record.Config(set))
			require.NoError(t, err)
			made, err := stack.Up(run, record.Config(set))
			require.NoError(t, err)
			require.Len(t, made, len(plan))
			again, err := stack.Up(run, record.Config(set))
			require.NoError(t, err)
			require.Empty(t, again, "a second run changes nothing")
			printEstimate(t, name, stack)

			require.Error(t, stack.Destroy(), "data is protected until it is confirmed by name")
			confirm, err := json.Marshal(held(stack))
			require.NoError(t, err)
			set[name+":confirm"] = string(confirm)
			_, err = stack.Up(run, record.Config(set))
			require.NoError(t, err)
			require.NoError(t, stack.Destroy())
			left, err := stack.Left()
			require.NoError(t, err)
			for _, e := range left {
				assert.Contains(t, stays, e.Type, "%s is left", e.ID)
			}
		})
	}
}

// Whatever moment the declared dependencies allow must be one that AWS takes.
func TestExamplesMayBeMadeAsEarlyAsTheyDeclare(t *testing.T) {
	for _, name := range names() {
		if name == "blog" { // its VPC stands in a cloud of its own
			continue
		}
		set := settings(t, name, nil)
		cloud, rec, err := inprocess.Up(run, nil, record.Project(name), record.Config(set))
		require.NoError(t, err, name)
		assert.NoError(t, cloud.Earliest(rec), name)
		assert.NoError(t, cloud.Drift(rec), name)
	}
}

// stays is what AWS or a last snapshot leaves by design.
var stays = []string{token.RDSSnapshot, token.EBSSnapshot, token.ElastiCacheSnapshot}

// held are the names of what is protected, as they are confirmed.
func held(stack *inprocess.Stack) (names []string) {
	for _, r := range stack.Held() {
		if _, holds := guard.HoldsData(r.Type); holds || r.Protect || r.Bool("enableDeletionProtection") {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// printEstimate says what the example costs a month, from the state, as `rung cost
// --file` does; all of it must have a price.
func printEstimate(t *testing.T, name string, stack *inprocess.Stack) {
	t.Helper()
	catalogue, err := cost.Load()
	require.NoError(t, err)
	var all []cost.Resource
	for _, r := range stack.Held() {
		props := map[string]any{"id": r.ID}
		maps.Copy(props, r.Outputs)
		maps.Copy(props, r.Inputs)
		all = append(all, cost.Resource{URN: r.URN, Type: r.Type, Name: r.Name, Component: r.Component, Region: r.Region,
			Props: props})
	}
	e := cost.NewEstimator(catalogue, cost.Options{Region: "us-east-1"}).Estimate(all)
	for _, n := range e.Unpriced {
		t.Errorf("unpriced: %s %s %s: %s", n.Type, n.Name, n.Item, n.Reason)
	}
	assert.True(t, e.Expected.IsPositive())
	t.Logf("%s: %d resources, $%s a month", name, len(all), e.Expected.StringFixed(2))
}

func TestEveryExampleIsAProjectWithItsName(t *testing.T) {
	for _, name := range names() {
		text, err := os.ReadFile(filepath.Join(name, "Pulumi.yaml"))
		require.NoError(t, err)
		var project struct{ Name, Runtime, Main string }
		require.NoError(t, yaml.Unmarshal(text, &project))
		assert.Equal(t, name, project.Name)
		assert.Equal(t, "..", project.Main, "one build does for all")
	}
}
