package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// People are spread over databases by the application's own command, with the commands of
// every move: planned, moved, brought back, moved again, finished.
func TestHandoverOfSlots(t *testing.T) {
	dir := t.TempDir()
	app, owners := filepath.Join(dir, "app"), filepath.Join(dir, "owners")
	require.NoError(t, os.WriteFile(app, []byte("case $1 in\nmap) echo '{\"shards\":2,\"owners\":['$(cat "+owners+
		")'],\"balanced\":[1,2]}';;\nmove) test $2 = 1-1 && echo 1,$3 > "+owners+";;\nesac\n"), 0o600))
	require.NoError(t, os.WriteFile(owners, []byte("1,1"), 0o600))
	run := func(code int, args ...string) result {
		t.Helper()
		got := rung(t, dir, append([]string{"handover"}, args...)...)
		require.Equal(t, code, got.code, got.err)
		return got
	}
	run(codeUsage, "plan", "--shards", "sh "+app, "--from", "postgres://a/x")
	run(codeUsage, "plan", "--shards-step", "3")
	got := run(0, "plan", "--shards", "sh "+app)
	assert.Contains(t, got.out, "1 of 2, in 1 steps")
	assert.Contains(t, got.out, "Next: rung handover start")
	assert.NoDirExists(t, filepath.Join(dir, ".rung", "handover"))
	got = run(0, "start", "--shards", "sh "+app)
	assert.Contains(t, got.out, "1 + 1 slots")
	assert.Contains(t, got.out, "Next: rung handover finish")
	run(codeUsage, "abort")
	assert.Contains(t, run(0, "back").out, "2 + 0 slots")
	run(0, "start")
	assert.Contains(t, run(0, "status", "--format", "json").out, `"phase": "moved"`)
	assert.Contains(t, run(0, "finish").out, "the move is over")
	run(codeUsage, "back")
}
