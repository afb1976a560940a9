package polyglot

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/tests/outline"
)

// of is a stack of a template in YAML.
func of(t *testing.T, dir, template string, config map[string]string) *engine.Stack {
	t.Helper()
	p, err := outline.Read("../templates/" + template + "/Pulumi.yaml")
	require.NoError(t, err)
	all := map[string]string{"aws:region": "us-east-1"}
	for key, v := range config {
		all[key] = v
	}
	s, err := engine.Open(t.Context(), engine.Options{Dir: dir, Config: all, Program: p.Run})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

// full asks for the end of the life as well: a part of make nightly for its length.
const full = "RUNG_FOREIGN"

// A network, a balancer, a fleet, a database and a cache, as a program in YAML has them:
// they come up by their remote components, change nothing the second time, refuse the loss
// of data, and go once it is confirmed.
func TestTheTemplateOfStage3Lives(t *testing.T) {
	dir := t.TempDir()
	s := of(t, dir, "stage3-yaml", nil)
	_, err := s.Up(t.Context())
	require.NoError(t, err)
	have := types(t, s)
	for _, want := range []string{"web rung:index:Fleet", "web rung:components:Fleet", "web-group aws:autoscaling/group:Group",
		"balancer-alb aws:lb/loadBalancer:LoadBalancer", "database-primary aws:rds/instance:Instance"} {
		assert.Contains(t, have, want)
	}
	again, err := s.Up(t.Context())
	require.NoError(t, err)
	for _, e := range again.Events {
		// A program that names no versions has them of the state the second time, so that
		// the provider without one goes; nothing in the cloud does.
		if m := e.ResourcePreEvent; m != nil && !strings.HasPrefix(m.Metadata.Type, "pulumi:providers:") {
			assert.Equal(t, "same", string(m.Metadata.Op), m.Metadata.URN)
		}
	}
	_, err = s.Destroy(t.Context())
	require.Error(t, err, "what holds data is protected")
	assert.Contains(t, types(t, s), "database-primary aws:rds/instance:Instance")

	if os.Getenv(full) != "full" {
		return
	}
	_, err = s.Preview(t.Context())
	require.NoError(t, err)
	names, err := json.Marshal(held(t, s))
	require.NoError(t, err)
	confirmed := of(t, dir, "stage3-yaml", map[string]string{"rung:confirmDataLoss": string(names)})
	_, err = confirmed.Up(t.Context())
	require.NoError(t, err)
	_, err = confirmed.Destroy(t.Context())
	require.NoError(t, err)
	assert.Empty(t, types(t, confirmed))
}

// held are the names of what is protected, as they are confirmed.
func held(t *testing.T, s *engine.Stack) (names []string) {
	t.Helper()
	all, err := s.Resources(t.Context())
	require.NoError(t, err)
	for _, r := range all {
		_, holds := guard.HoldsData(string(r.Type))
		if holds || r.Protect || r.Inputs["enableDeletionProtection"] == true {
			names = append(names, r.URN.Name())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
