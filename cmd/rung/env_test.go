package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEnv(t *testing.T) {
	inFolder(t, "directory: .\ncommands: {web: x} # kept\nsecrets: {KEY: }\nenvironment: {MODE: live, OLD: \"1\"}\n")
	r := typed(t, "env", "set", "A=1")
	assert.Equal(t, codeUsage, r.code)
	assert.Contains(t, r.err, "there is no rung.yaml here")
	t.Chdir("shop")
	r = typed(t, "env", "set", "A=one two", "MODE=", "OLD-")
	require.Equal(t, codeDone, r.code, r.err)
	r = typed(t, "env", "list")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Equal(t, "A=one two\nMODE=\nKEY is a secret, rung/dev/KEY\n", r.out)
	before, err := os.ReadFile("rung.yaml")
	require.NoError(t, err)
	assert.Contains(t, string(before), "# kept")
	for _, wrong := range [][]string{{"A"}, {"=x"}, {"not a name=1"}} {
		r = typed(t, append([]string{"env", "set"}, wrong...)...)
		assert.Equal(t, codeUsage, r.code, wrong)
	}
	after, err := os.ReadFile("rung.yaml")
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
}
