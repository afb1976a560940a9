package preview

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview/previewtest"
	"github.com/rung-dev/rung/resource"
)

func TestStepsOfAClimb(t *testing.T) {
	steps := Steps(previewtest.Events(t, "climb.events"))
	tests := map[string]struct {
		op        Op
		component string
		keys      []string
	}{
		"network-data-0":   {Create, "network", []string{}},
		"network-vpc":      {Update, "network", []string{`tagsAll["rung:stage"]`, `tags["rung:stage"]`}},
		"server-instance":  {Update, "server", []string{"instanceType", `tags["rung:stage"]`}},
		"server-data":      {Replace, "server", []string{"availabilityZone"}},
		"server-backups":   {Same, "server", []string{}},
		"server-ip":        {Delete, "server", []string{}},
		"database-primary": {Create, "database", []string{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := byName(t, steps, name)
			assert.Equal(t, tt.op, s.Op)
			assert.Equal(t, tt.component, s.Component)
			assert.ElementsMatch(t, tt.keys, s.Keys)
			assert.Equal(t, "us-east-1", s.Region)
		})
	}
}

func TestStepsAreOnlyWhatLivesInTheCloud(t *testing.T) {
	for _, s := range Steps(previewtest.Events(t, "climb.events")) {
		assert.NotContains(t, s.Type, "pulumi:")
		assert.NotContains(t, s.Type, resource.ComponentPrefix)
		assert.NotEqual(t, "looked-up", s.Name)
	}
}

func TestStepsAreInReadingOrder(t *testing.T) {
	var components []string
	for _, s := range Steps(previewtest.Events(t, "climb.events")) {
		if n := len(components); n == 0 || components[n-1] != s.Component {
			components = append(components, s.Component)
		}
	}
	assert.Equal(t, []string{"network", "server", "database"}, components)
}

func TestStepKnowsProtectionAndRetention(t *testing.T) {
	steps := Steps(previewtest.Events(t, "climb.events"))
	assert.True(t, byName(t, steps, "server-data").Protect)
	assert.False(t, byName(t, steps, "server-ip").Protect)
	assert.True(t, byName(t, steps, "server-snapshots").Retained)
}

func TestPropertiesOfBothSides(t *testing.T) {
	steps := Steps(previewtest.Events(t, "climb.events"))

	server := byName(t, steps, "server-instance")
	assert.Equal(t, "t4g.small", server.Old["instanceType"])
	assert.Equal(t, "t4g.xlarge", server.New["instanceType"])
	assert.Equal(t, "10.0.0.5", server.New["privateIp"], "an update in place keeps what is not known anew")

	volume := byName(t, steps, "server-data")
	assert.Equal(t, "us-east-1b", volume.New["availabilityZone"])
	assert.Equal(t, cost.Unknown{}, volume.New["arn"], "a replacement gets a new one")

	db := byName(t, steps, "database-primary")
	assert.Nil(t, db.Old)
	assert.Equal(t, cost.Secret, db.New["password"])
	assert.Equal(t, cost.Unknown{}, db.New["endpoint"])

	assert.Nil(t, byName(t, steps, "server-ip").New)
	same := byName(t, steps, "server-backups")
	assert.Equal(t, same.Old, same.New)
}

func TestFoldMakesOneChangeOfTheEnginesSteps(t *testing.T) {
	tests := map[string]struct {
		give []apitype.OpType
		want Op
	}{
		"nothing":                        {nil, ""},
		"a lookup":                       {[]apitype.OpType{"read"}, ""},
		"bookkeeping":                    {[]apitype.OpType{"remove-pending-replace"}, ""},
		"a plan and its end":             {[]apitype.OpType{"update", "update"}, Update},
		"an import":                      {[]apitype.OpType{"import"}, Create},
		"create first":                   {[]apitype.OpType{"create-replacement", "replace", "delete-replaced"}, Replace},
		"delete first":                   {[]apitype.OpType{"delete-replaced", "replace", "create-replacement"}, Replace},
		"delete, then create by its URN": {[]apitype.OpType{"delete", "create"}, Replace},
		"a replacement that was interrupted goes on": {[]apitype.OpType{"same", "delete-replaced"}, Replace},
		"the rest of a replacement goes with it all": {[]apitype.OpType{"delete-replaced", "delete"}, Delete},
		"only the rest of a replacement goes":        {[]apitype.OpType{"delete-replaced"}, Delete},
		"a refresh":                                  {[]apitype.OpType{"refresh"}, Same},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var mds []apitype.StepEventMetadata
			for _, op := range tt.give {
				mds = append(mds, apitype.StepEventMetadata{Op: op})
			}
			assert.Equal(t, tt.want, fold(mds))
		})
	}
}

func TestKeysWithoutADetailedDiff(t *testing.T) {
	md := apitype.StepEventMetadata{Keys: []string{"engine"}, Diffs: []string{"engine", "tags"}}
	matter, changed := keys(Replace, []apitype.StepEventMetadata{md})
	assert.Equal(t, []string{"engine"}, matter)
	assert.Equal(t, []string{"engine", "tags"}, changed)
}

func TestOutputsAreKeptWhenAPreviewGivesNone(t *testing.T) {
	state := func(inputs, outputs map[string]any) *apitype.StepEventStateMetadata {
		return &apitype.StepEventStateMetadata{Inputs: inputs, Outputs: outputs}
	}
	_, got := properties(Update,
		state(map[string]any{"size": 20.0, "iops": 3000.0}, map[string]any{"arn": "arn:x", "size": 20.0, "iops": 3000.0}),
		state(map[string]any{"size": 40.0}, nil))
	assert.Equal(t, map[string]any{"size": 40.0, "arn": "arn:x"}, got,
		"a computed output stays, an input that was given up goes")
}

func TestComponentIsTheNearestOne(t *testing.T) {
	m := newModel(nil)
	outer := "urn:pulumi:dev::rung::rung:components:Cell::cell"
	inner := "urn:pulumi:dev::rung::rung:components:Cell$rung:components:Database::database"
	group := "urn:pulumi:dev::rung::rung:components:Cell$rung:components:Database$other:Group::group"
	m.parents = map[string]string{"urn:x": group, group: inner, inner: outer, "urn:loop": "urn:loop"}
	assert.Equal(t, "database", m.component("urn:x"))
	assert.Equal(t, "database", m.component(inner), "a component counts to itself")
	assert.Empty(t, m.component("urn:unknown"))
	assert.Empty(t, m.component("urn:loop"), "a damaged chain ends")
}

func TestDiagnosticsAreWarningsAndErrorsOnly(t *testing.T) {
	got := Diagnostics(previewtest.Events(t, "climb.events"))
	require.Len(t, got, 2)
	assert.True(t, got[0].Protection())
	assert.NotContains(t, got[0].Message, "<{%")
	assert.Equal(t, "warning", got[1].Severity)
	assert.Equal(t, "storage below 100 GiB | has fewer IOPS", got[1].Message)
}

// byName finds the one step of a logical name.
func byName(t *testing.T, steps []Step, name string) Step {
	t.Helper()
	var found []Step
	for _, s := range steps {
		if s.Name == name {
			found = append(found, s)
		}
	}
	require.Len(t, found, 1, name)
	return found[0]
}
