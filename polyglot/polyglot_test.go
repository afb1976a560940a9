package polyglot

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/record/recordtest"
)

// TestMain lets the test binary be the package, with one component more, and the offline
// cloud.
func TestMain(m *testing.M) {
	name := filepath.Base(os.Args[0])
	switch {
	case name == Executable:
		engine.EndWithEngine()
		os.Exit(serve(append(offered(), vaultComponent())))
	case strings.HasPrefix(name, offline.PluginPrefix):
		os.Exit(offline.Main(name, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// What `pulumi package get-schema` prints is a promise to programs in every language.
func TestSchemaIsStable(t *testing.T) {
	got, err := Schema()
	require.NoError(t, err)
	got = append(got, '\n')
	const golden = "testdata/schema.json"
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile(golden, got, 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "run go test ./polyglot -update, and read what changes")
}

type property struct {
	Description string
	Default     any
	Ref         string `json:"$ref"`
}

func TestEveryPropertyIsDescribed(t *testing.T) {
	var s struct {
		Resources map[string]struct {
			IsComponent     bool
			Description     string
			InputProperties map[string]property
			RequiredInputs  []string
			Properties      map[string]property
		}
		Types map[string]struct {
			Properties map[string]property
			Enum       []struct{ Value string }
		}
	}
	text, err := Schema()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &s))
	assert.Len(t, s.Resources, len(offered()))
	say := func(of, name string, p property) {
		assert.NotEmpty(t, p.Description, "%s: %s", of, name)
		assert.NotRegexp(t, `\b(Default|No|Max)[A-Z]\w+`, p.Description, "%s: %s names a constant of the Go code", of, name)
	}
	for token, r := range s.Resources {
		assert.True(t, r.IsComponent, token)
		assert.NotEmpty(t, r.Description, token)
		for name, p := range r.InputProperties {
			say(token, name, p)
		}
		for name, p := range r.Properties {
			say(token, name, p)
		}
	}
	for token, typ := range s.Types {
		for name, p := range typ.Properties {
			say(token, name, p)
		}
	}
	db := s.Resources["rung:index:Database"]
	assert.Equal(t, []string{"subnets", "vpcId"}, db.RequiredInputs)
	assert.Equal(t, "db.m7g.large", db.InputProperties["class"].Default)
	assert.Equal(t, "#/types/rung:index:DatabaseEngine", db.InputProperties["engine"].Ref)
	assert.Len(t, s.Types["rung:index:ClusterMode"].Enum, 3)
}

// remote is a component of the package as a program has it.
type remote struct {
	pulumi.ResourceState
	URL pulumi.StringOutput `pulumi:"url"`
}

// stack is a stack of one component of the package.
func stack(t *testing.T, dir, typ string, in pulumi.Map) *engine.Stack {
	t.Helper()
	s, err := engine.Open(t.Context(), engine.Options{Dir: dir, Config: map[string]string{"aws:region": "us-east-1"},
		Program: func(ctx *pulumi.Context) error {
			var made remote
			if err := ctx.RegisterRemoteComponentResource(token(typ), "jobs", in, &made); err != nil {
				return err
			}
			ctx.Export("url", made.URL)
			return nil
		}})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

// types are the types in the stack's state, by name.
func types(t *testing.T, s *engine.Stack) map[string]string {
	t.Helper()
	all, err := s.Resources(t.Context())
	require.NoError(t, err)
	out := map[string]string{}
	for _, r := range all {
		out[string(r.URN.Name())+" "+string(r.Type)] = string(r.URN)
	}
	return out
}

func TestAComponentComesUpAndIsGuarded(t *testing.T) {
	dir := t.TempDir()
	s := stack(t, dir, "Queue", pulumi.Map{"attempts": pulumi.Int(5)})
	_, err := s.Preview(t.Context())
	require.NoError(t, err)
	_, err = s.Up(t.Context())
	require.NoError(t, err)
	have := types(t, s)
	assert.Contains(t, have, "jobs rung:index:Queue")
	assert.Contains(t, have, "jobs rung:components:Queue")
	assert.Contains(t, have, "jobs-main aws:sqs/queue:Queue")
	again, err := s.Up(t.Context())
	require.NoError(t, err)
	for _, e := range again.Events {
		if e.ResourcePreEvent != nil {
			assert.Equal(t, "same", string(e.ResourcePreEvent.Metadata.Op), e.ResourcePreEvent.Metadata.URN)
		}
	}

	_, err = s.Destroy(t.Context())
	require.Error(t, err, "what holds data is protected")
	assert.Contains(t, types(t, s), "jobs-main aws:sqs/queue:Queue")

	confirmed := stack(t, dir, "Queue", pulumi.Map{"attempts": pulumi.Int(5),
		"confirmDataLoss": pulumi.ToStringArray([]string{"jobs-main", "jobs-dead"})})
	_, err = confirmed.Up(t.Context())
	require.NoError(t, err)
	_, err = confirmed.Destroy(t.Context())
	require.NoError(t, err)
	assert.NotContains(t, types(t, confirmed), "jobs-main aws:sqs/queue:Queue")
}

// Wrong inputs are refused all at once, by the inner component's own words.
func TestWrongInputsAreRefused(t *testing.T) {
	s := stack(t, t.TempDir(), "Queue", pulumi.Map{"attempts": pulumi.Int(50), "retentionDays": pulumi.Int(99)})
	_, err := s.Up(t.Context())
	require.Error(t, err)
	assert.ErrorContains(t, err, "Attempts")
	assert.ErrorContains(t, err, "RetentionDays")
	assert.NotContains(t, types(t, s), "jobs-main aws:sqs/queue:Queue")
}
