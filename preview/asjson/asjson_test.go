package asjson

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// JSON is data: a program reads what was there.
func TestHostileTextIsWholeInJSON(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, Write(&out, map[string]string{"name": "a\x1b\u009b\u202e\U000e0041"}))
	var got map[string]string
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	assert.Equal(t, "a\x1b\u009b\u202e\U000e0041", got["name"])
}
