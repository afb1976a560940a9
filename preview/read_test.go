package preview_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview"
)

const aReport = `{"from":4,"to":5,"resources":{"create":1,"update":0,"replace":1,"delete":0,"same":3,"changes":[
	{"op":"create","urn":"u1","type":"aws:ec2/instance:Instance","name":"a","component":"web","before":"0.00","after":"12.50"},
	{"op":"replace","urn":"u2","type":"aws:rds/instance:Instance","name":"db","component":"database","before":"50.00","after":"20.00"}]},
	"cost":{"from":"50.00","to":"32.50","delta":"-17.50","low":"30.00","high":"40.00","noPrice":1},
	"budget":{"limit":"30.00","expected":"32.50","over":true},"blocked":[{"name":"db","message":"it would lose data"}],"policies":[{"id":"p","level":"mandatory","message":"no"}]}`

func TestAReportIsReadAgain(t *testing.T) {
	r, err := preview.ReadReport(strings.NewReader(aReport))
	require.NoError(t, err)
	b := r.Bill("a change")
	assert.Equal(t, "at least $32.50", b.Cost.Headline())
	require.Len(t, b.Changes, 2)
	assert.Equal(t, []string{"db", "-$30.00", "a"}, []string{b.Changes[0].Name, b.Changes[0].Delta.String(),
		b.Changes[1].Name})
	assert.True(t, b.OverBudget())
	assert.True(t, preview.Stopping(r.Policies))

	var again bytes.Buffer
	require.NoError(t, json.NewEncoder(&again).Encode(r))
	same, err := preview.ReadReport(&again)
	require.NoError(t, err)
	assert.Equal(t, r.Cost.To, same.Cost.To)
}

func TestWhatIsNoReportIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"a bill": `{"of":"x","cost":{"to":"1.00"}}`, "a state": `{"deployment":{}}`, "no JSON": "x", "empty": "",
		"no amount":       strings.Replace(aReport, `"32.50"`, `12`, 1),
		"beyond all":      strings.Replace(aReport, `"32.50"`, `"1e999999999"`, 1),
		"without changes": `{"resources":{},"cost":{}}`,
	} {
		_, err := preview.ReadReport(strings.NewReader(text))
		assert.ErrorIs(t, err, preview.ErrNoReport, name)
	}
}

func FuzzReadReport(f *testing.F) {
	f.Add([]byte(aReport))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		if r, err := preview.ReadReport(bytes.NewReader(raw)); err == nil {
			r.Bill("x")
		}
	})
}
