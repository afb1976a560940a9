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

// of is a stack of a program in YAML.
func of(t *testing.T, dir, file string, config map[string]string) *engine.Stack {
	t.Helper()
	p, err := outline.Read(file)
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

// lived are the programs of this package's tests; together they have every component.
var lived = []struct {
	name, file string
	daily      bool
}{
	{"stage 1", "../templates/stage1-yaml/Pulumi.yaml", false},
	{"stage 2", "../templates/stage2-yaml/Pulumi.yaml", false},
	{"stage 3", "../templates/stage3-yaml/Pulumi.yaml", true},
	{"stage 4", "../templates/stage4-yaml/Pulumi.yaml", false},
	{"stage 5", "../templates/stage5-yaml/Pulumi.yaml", false},
	{"stage 6", "../templates/stage6-yaml/Pulumi.yaml", false},
	{"the rest", "testdata/rest.yaml", false},
}

// Programs in YAML come up by their remote components, change nothing the second time,
// refuse the loss of data, and go once it is confirmed. By day that is the template with a
// network, a balancer, a fleet, a database and a cache, without its end.
func TestProgramsOfComponentsLive(t *testing.T) {
	for _, p := range lived {
		t.Run(p.name, func(t *testing.T) {
			if !p.daily && os.Getenv(full) != "full" {
				t.Skipf("%s=full runs it", full)
			}
			dir := t.TempDir()
			s := of(t, dir, p.file, nil)
			_, err := s.Up(t.Context())
			require.NoError(t, err)
			if p.name == "stage 3" {
				hasChildren(t, s)
			}
			unchanged(t, s)
			before := types(t, s)
			_, err = s.Destroy(t.Context())
			require.Error(t, err, "what holds data is protected")
			if os.Getenv(full) == "full" {
				ends(t, dir, p.file, s, before)
			}
		})
	}
}

func hasChildren(t *testing.T, s *engine.Stack) {
	t.Helper()
	have := types(t, s)
	for _, want := range []string{"web rung:index:Fleet", "web rung:components:Fleet",
		"web-group aws:autoscaling/group:Group",
		"balancer-alb aws:lb/loadBalancer:LoadBalancer", "database-primary aws:rds/instance:Instance"} {
		assert.Contains(t, have, want)
	}
}

// unchanged demands that a second run does nothing. A program that names no versions has
// them of the state then, so that the provider without one goes; nothing in the cloud does.
func unchanged(t *testing.T, s *engine.Stack) {
	t.Helper()
	again, err := s.Up(t.Context())
	require.NoError(t, err)
	for _, e := range again.Events {
		if m := e.ResourcePreEvent; m != nil && !strings.HasPrefix(m.Metadata.Type, "pulumi:providers:") {
			assert.Equal(t, "same", string(m.Metadata.Op), m.Metadata.URN)
		}
	}
}

// readCopy is what the templates of several regions read from: nothing is in it that its
// source does not hold.
const readCopy = "copy aws:rds/instance:Instance"

// ends destroys a stack once the loss of what it holds is confirmed.
func ends(t *testing.T, dir, file string, s *engine.Stack, before map[string]string) {
	t.Helper()
	after := types(t, s)
	for name := range before {
		if name == readCopy {
			continue
		}
		if _, typ, _ := strings.Cut(name, " "); holds(typ) {
			assert.Contains(t, after, name, "it holds data")
		}
	}
	_, err := s.Preview(t.Context())
	require.NoError(t, err)
	names, err := json.Marshal(held(t, s))
	require.NoError(t, err)
	confirmed := of(t, dir, file, map[string]string{"rung:confirmDataLoss": string(names)})
	_, err = confirmed.Up(t.Context())
	require.NoError(t, err)
	_, err = confirmed.Destroy(t.Context())
	require.NoError(t, err)
	assert.Empty(t, types(t, confirmed))
}

func holds(typ string) bool {
	_, is := guard.HoldsData(typ)
	return is
}

// Every component of the package is in a program that lives.
func TestEveryComponentLives(t *testing.T) {
	var have []string
	for _, p := range lived {
		program, err := outline.Read(p.file)
		require.NoError(t, err)
		have = append(have, program.Types()...)
	}
	for _, c := range offered() {
		assert.Contains(t, have, token(c.kind), "no program of the tests has it")
	}
}

// held are the names of what is protected, as they are confirmed.
func held(t *testing.T, s *engine.Stack) (names []string) {
	t.Helper()
	all, err := s.Resources(t.Context())
	require.NoError(t, err)
	for _, r := range all {
		if holds(string(r.Type)) || r.Protect || r.Inputs["enableDeletionProtection"] == true {
			names = append(names, r.URN.Name())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
