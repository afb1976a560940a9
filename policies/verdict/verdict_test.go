package verdict_test

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/policies/pack"
	"github.com/rung-dev/rung/policies/verdict"
	"github.com/rung-dev/rung/resource/token"
)

func said(id, level, urn, message string) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{PolicyEvent: &apitype.PolicyEvent{
		PolicyName: id, EnforcementLevel: level, ResourceURN: urn, Message: message,
	}}}
}

func TestFromSortsByWhatMatters(t *testing.T) {
	got := verdict.From([]events.EngineEvent{
		said(pack.EstimateID, "advisory", "urn:stack", "What the stack costs in a month.\n$1 a month expected."),
		said("sg-described", "advisory", "urn:a",
			"<{%fg 1%}>[low] Groups say what they are for.\na: description is not set; say it<{%reset%}>\n"),
		{},
		said("rds-encrypted", "mandatory", "urn:db",
			"[high] Databases are encrypted at rest.\ndb: storageEncrypted is false; set it to true"),
		said("rds-encrypted", "mandatory", "urn:db",
			"[high] Databases are encrypted at rest.\ndb: storageEncrypted is false; set it to true"),
	})
	require.Len(t, got, 3)
	assert.Equal(t, verdict.Violation{ID: "rds-encrypted", Level: "mandatory", URN: "urn:db",
		Message: "db: storageEncrypted is false; set it to true"}, got[0])
	assert.Equal(t, "a: description is not set; say it", got[1].Message)
	assert.True(t, got[2].Note())
	assert.True(t, verdict.Stops(got))
	assert.False(t, verdict.Stops(got[1:]))
}

func TestNothingSaidIsAnEmptyList(t *testing.T) {
	text, err := json.Marshal(map[string]any{"policies": verdict.From(nil)})
	require.NoError(t, err)
	assert.JSONEq(t, `{"policies":[]}`, string(text))
}

func TestTheGuardSpeaksTheSameForm(t *testing.T) {
	steps := []guard.Change{{Op: "replace", URN: "urn:db", Type: token.RDSInstance, Name: "db",
		Keys: []string{"dbName"}}}
	got := verdict.Planned(steps, nil)
	require.Len(t, got, 1)
	assert.Equal(t, "data-replacement", got[0].ID)
	assert.True(t, got[0].Stops())
	text, err := json.Marshal(got[0])
	require.NoError(t, err)
	assert.Contains(t, string(text), `"urn":"urn:db"`)
	assert.Empty(t, verdict.Planned(steps, []string{"db"}))
}
