package view

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview"
)

func TestSarifHasARuleOnceAndALevelEach(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Sarif(&b, []preview.Violation{
		{ID: "no-public-db", Level: preview.Mandatory, URN: "urn:pulumi:s::p::aws:rds/instance:Instance::db", Message: "it is public\n"},
		{ID: "no-public-db", Level: "advisory", URN: "urn:pulumi:s::p::aws:rds/instance:Instance::two", Message: "so is it"},
		{ID: "later", Note: true, Message: "not known yet"},
	}, "main.go"))
	var got struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID, Level string
				Message       struct{ Text string }
				Locations     []struct{ LogicalLocations []struct{ Name string } }
			}
		}
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	require.Len(t, got.Runs, 1)
	assert.Equal(t, "2.1.0", got.Version)
	assert.Len(t, got.Runs[0].Tool.Driver.Rules, 2)
	require.Len(t, got.Runs[0].Results, 3)
	assert.Equal(t, "db", got.Runs[0].Results[0].Locations[0].LogicalLocations[0].Name)
	for i, want := range []string{"error", "warning", "note"} {
		assert.Equal(t, want, got.Runs[0].Results[i].Level)
	}
	b.Reset()
	require.NoError(t, Sarif(&b, nil, "main.go"))
	assert.NotContains(t, b.String(), "null", "a run without findings has empty lists")
}
