package outline_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/tests/outline"
)

// TestMain lets the test binary be the offline cloud.
func TestMain(m *testing.M) {
	if name := filepath.Base(os.Args[0]); strings.HasPrefix(name, offline.PluginPrefix) {
		os.Exit(offline.Main(name, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// Full asks for all programs; without it the first of each sort is run.
const full = "RUNG_FOREIGN"

// programs are of other people's shapes, each with the types that the offline cloud does
// not know: its user is told how they pass.
var programs = []struct {
	name    string
	unknown []string
	daily   bool
}{
	{name: "webserver", daily: true},
	{name: "fan-out", daily: true},
	{name: "http-api", daily: true},
	{name: "website"},
	{name: "function-url"},
	{name: "containers"},
	{name: "kubernetes"},
	{name: "wordpress"},
	{name: "hub"},
	{name: "pipeline", daily: true},
	{name: "shared-files"},
	{name: "older-site"},
	{name: "sign-in"},
	{name: "graphql"},
	{name: "default-net", daily: true},
	{name: "lake"},
	{name: "sensors", unknown: []string{"iot/thing:Thing", "iot/thingType:ThingType"}, daily: true},
	{name: "worker", daily: true},
	{name: "rest-api"},
	{name: "registry"},
	{name: "pods", daily: true},
	{name: "nightly-jobs"},
	{name: "events"},
	{name: "app-runner"},
	{name: "warehouse", unknown: []string{"glue/crawler:Crawler"}},
	{name: "documents"},
	{name: "delivery", daily: true},
	{name: "office"},
	{name: "found", daily: true},
	{name: "partners"},
}

// Programs of other people come up on the offline cloud, change nothing the second time,
// and go without a trace. What the cloud does not know is named, and passes when it may.
func TestForeignProgramsLive(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			program, err := outline.Read(filepath.Join("programs", p.name+".yaml"))
			require.NoError(t, err)
			assert.Equal(t, p.unknown, unknown(t, program), "what is not covered")
			if !p.daily && os.Getenv(full) != "full" {
				t.Skipf("%s=full runs it", full)
			}
			stack := open(t, program)
			if len(p.unknown) > 0 {
				_, err := stack.Preview(t.Context())
				require.ErrorContains(t, err, "--unknown=accept", "how to let it pass")
				assert.True(t, slices.ContainsFunc(p.unknown, func(typ string) bool {
					return strings.Contains(err.Error(), "does not simulate aws:"+typ)
				}), "%v names none of %v", err, p.unknown)
				t.Setenv(offline.UnknownEnv, offline.Accept)
			}
			lives(t, stack)
		})
	}
}

// unknown are the types of a program that the offline cloud does not have, without the
// provider's name.
func unknown(t *testing.T, p outline.Program) (out []string) {
	t.Helper()
	known := known(t)
	for _, typ := range p.Types() {
		if !slices.Contains(known, typ) {
			out = append(out, strings.TrimPrefix(typ, "aws:"))
		}
	}
	return out
}

// known are the types of all providers of the offline cloud.
func known(t *testing.T) (all []string) {
	t.Helper()
	for _, provider := range []string{"aws", "random"} {
		types, _, err := offline.Types(provider)
		require.NoError(t, err)
		all = append(all, types...)
	}
	return all
}

func open(t *testing.T, p outline.Program) *engine.Stack {
	t.Helper()
	s, err := engine.Open(t.Context(), engine.Options{Dir: t.TempDir(),
		Config:  map[string]string{"aws:region": "us-east-1"},
		Program: p.Run})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

// lives brings a stack up, up again, and takes it down.
func lives(t *testing.T, stack *engine.Stack) {
	t.Helper()
	_, err := stack.Preview(t.Context())
	require.NoError(t, err)
	_, err = stack.Up(t.Context())
	require.NoError(t, err)
	again, err := stack.Up(t.Context())
	require.NoError(t, err)
	assert.Empty(t, changes(again.Events), "a second run changes nothing")
	_, err = stack.Destroy(t.Context())
	require.NoError(t, err)
	left, err := stack.Resources(t.Context())
	require.NoError(t, err)
	assert.Empty(t, left, "nothing is left")
}

func changes(all []events.EngineEvent) (out []string) {
	for _, e := range all {
		if e.ResourcePreEvent != nil && e.ResourcePreEvent.Metadata.Op != "same" {
			out = append(out, string(e.ResourcePreEvent.Metadata.Op)+" "+e.ResourcePreEvent.Metadata.URN)
		}
	}
	return out
}

// Every program in the folder is in the table, and no reference is left open.
func TestEveryProgramIsRun(t *testing.T) {
	files, err := filepath.Glob("programs/*.yaml")
	require.NoError(t, err)
	require.Len(t, files, len(programs))
	for _, p := range programs {
		assert.Contains(t, files, filepath.Join("programs", p.name+".yaml"))
	}
}

func TestWhatIsNotKnownIsNamed(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"a function":        {`{resources: {q: {type: "aws:sqs:Queue", properties: {name: {"fn::join": ["", []]}}}}}`, "fn::join"},
		"a name":            {`{resources: {q: {type: "aws:sqs:Queue", properties: {name: "${r.id}"}}}}`, "there is no r"},
		"a circle":          {`{resources: {q: {type: "aws:sqs:Queue", properties: {name: "${q.id}"}}}}`, "refers to itself"},
		"a function beside": {`{resources: {q: {type: "aws:sqs:Queue", properties: {name: {"fn::toJSON": {}, x: 1}}}}}`, "only key"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := outline.Parse(tt.text)
			require.NoError(t, err)
			_, err = open(t, p).Preview(t.Context())
			require.ErrorContains(t, err, tt.want)
		})
	}
}
