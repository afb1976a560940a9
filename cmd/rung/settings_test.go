package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseSet(t *testing.T) {
	got, err := parseSet([]string{"rung:users=5", "domain=a=b", "users=7", "budget="})
	require.NoError(t, err)
	assert.Equal(t, settings{"users": "7", "domain": "a=b", "budget": ""}, got,
		"the last value wins, only the first = counts")
	for _, wrong := range []string{"users", "=5", "rung:=5"} {
		_, err := parseSet([]string{wrong})
		require.ErrorContains(t, err, wrong)
	}
}

func TestSettingsOverStoredOnes(t *testing.T) {
	tests := map[string]struct {
		set, stored, want settings
	}{
		"nothing stored":             {settings{"a.b": "1"}, nil, settings{"a.b": "1"}},
		"dotted over dotted":         {settings{"a.b": "2"}, settings{"a.b": "1", "c": "x"}, settings{"a.b": "2", "c": "x"}},
		"dotted into an object":      {settings{"a.b": "2"}, settings{"a": `{"b":1,"c":3}`}, settings{"a": `{"b":"2","c":3}`}},
		"a parent that is no object": {settings{"a.b": "2"}, settings{"a": "text"}, settings{"a": "text", "a.b": "2"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, tt.set.over(tt.stored)) })
	}
}

func TestQuotedIsSafeInAShell(t *testing.T) {
	for give, want := range map[string]string{
		"server-data":    "server-data",
		"a=b,c":          "a=b,c",
		"two words":      "'two words'",
		"it's":           `'it'\''s'`,
		`{"replicas":2}`: `'{"replicas":2}'`,
		"":               "''",
	} {
		assert.Equal(t, want, quoted(give))
	}
}
