package view

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview"
)

// The JSON is a public format: keys and kinds are those of the documentation.
func TestReportJSONHasThePublicKeys(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Report(preview.NewReport(climb(t))).JSON(&b))
	var got struct {
		From, To  *float64
		Resources map[string]any
		Cost      map[string]any
		Budget    map[string]any
		Blocked   []map[string]any
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	for _, k := range []string{"create", "update", "replace", "delete", "same"} {
		assert.IsType(t, 0.0, got.Resources[k], k)
	}
	change := got.Resources["changes"].([]any)[0].(map[string]any)
	for k, kind := range map[string]any{"op": "", "urn": "", "type": "", "name": "", "component": "", "keys": []any{},
		"holdsData": true} {
		assert.IsType(t, kind, change[k], k)
	}
	for _, k := range []string{"currency", "from", "to", "delta", "low", "high"} {
		assert.IsType(t, "", got.Cost[k], k)
	}
	line := got.Cost["lines"].([]any)[0].(map[string]any)
	for _, k := range []string{"urn", "type", "component", "item", "unit", "quantity", "price", "monthly", "source",
		"asOf"} {
		assert.IsType(t, "", line[k], k)
	}
	note := got.Cost["unpriced"].([]any)
	assert.Empty(t, note, "the policy leaves the stack, so it has no price to miss")
	for k, kind := range map[string]any{"urn": "", "op": "", "keys": []any{}} {
		assert.IsType(t, kind, got.Blocked[0][k], k)
	}
}

func TestReportOfNothingHasNoNulls(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Report(preview.Nothing()).JSON(&b))
	assert.JSONEq(t, `{"from":null,"to":null,
		"resources":{"create":0,"update":0,"replace":0,"delete":0,"same":0,"changes":[]},
		"cost":{"currency":"USD","from":"0.00","to":"0.00","delta":"0.00","noPrice":0,"low":"0.00","high":"0.00",
			"lines":[],"byRegion":[],"unpriced":[],"usageBased":[],"free":[],"seedBand":null,
			"perThousandUsers":null,"perMillionRequests":null,"sourcedPercent":"100.0"},
		"budget":null,"blocked":[],"policies":[],"diagnostics":[]}`, b.String())
}
