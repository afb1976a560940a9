package engine

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is no object is refused in the words of encoding/json, and nothing else is.
func TestJSONObject(t *testing.T) {
	for _, text := range []string{`{}`, ` {"a": [1]}` + "\n", `[]`, `1`, ``, `{`, `{"a":1} {"b":2}`, `{"a":01}`, "null"} {
		var a, b map[string]any
		want := json.Unmarshal([]byte(text), &a)
		assert.Equal(t, want, jsonObject([]byte(text), &b), text)
	}
}
