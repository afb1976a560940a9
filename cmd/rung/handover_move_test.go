package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/hosts"
)

func TestHandoverRefusesWhatCannotBe(t *testing.T) {
	const from = "postgres://a@127.0.0.1:1/x"
	for name, tt := range map[string]struct {
		args []string
		code int
		want []string
	}{
		"a switch of nothing": {[]string{"switch"}, codeUsage, []string{"there is no such move here", "rung handover start"}},
		"wrong flags": {[]string{"plan", "--from", "mysql://x", "--max-pause", "2h", "--to-free", "much"}, codeUsage,
			[]string{"--from", "--to:", "--max-pause", "--to-free"}},
		"a side that does not answer": {[]string{"plan", "--from", from, "--to", "postgres://b@127.0.0.1:1/y"}, codeFailed,
			[]string{`the side "from"`, `the side "to"`}},
		"calls of a move that runs here": {
			[]string{"plan", "--from", from, "--to", "postgres://b@127.0.0.1:1/y", "--dry-run"}, codeUsage,
			[]string{"--dry-run", "--inside"}},
		"a place that cannot be": {[]string{"start", "--from", from, "--to", "postgres://b@127.0.0.1:1/y", "--inside", "me",
			"--dry-run"}, codeUsage, []string{"--inside:", "--inside-region", "--inside-bucket", "--mover"}},
		"a rehearsal of nothing": {[]string{"rehearse", "--writes", "0", "--dump", "/nowhere"}, codeUsage,
			[]string{"--writes", "--dump"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			got := rung(t, dir, append([]string{"handover"}, tt.args...)...)
			assert.Equal(t, tt.code, got.code)
			for _, part := range tt.want {
				assert.Contains(t, got.err, part)
			}
			empty(t, dir)
		})
	}
}

// Finish sets rung:handover to done where it is pending, and touches nothing else.
func TestFinishSetsTheHandoverDone(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"pending": {"config:\n  # ours\n  rung:handover: pending\n  rung:stage: \"3\"\n",
			"config:\n  # ours\n  rung:handover: done\n  rung:stage: \"3\"\n"},
		"none":          {"config:\n  rung:stage: \"3\"\n", "config:\n  rung:stage: \"3\"\n"},
		"without stack": {},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if tt.text != "" {
				require.NoError(t, os.MkdirAll(filepath.Dir(stackFile(dir)), 0o755))
				require.NoError(t, os.WriteFile(stackFile(dir), []byte(tt.text), 0o600))
			}
			var said bytes.Buffer
			a := &app{err: &said}
			a.flags.dir, a.flags.stack, a.flags.cloud = dir, "dev", "offline"
			require.NoError(t, a.handoverDone())
			text, _ := os.ReadFile(stackFile(dir))
			assert.Equal(t, tt.want, string(text))
			assert.Equal(t, name == "pending", strings.Contains(said.String(), "rung up 3"))
		})
	}
}

func TestCodesOfAMove(t *testing.T) {
	assert.Equal(t, codeGuarded, codeOf(runError{fmt.Errorf("checks: %w", hosts.ErrBlocked{})}))
	assert.Equal(t, codeUsage, codeOf(runError{fmt.Errorf("x: %w", hosts.ErrOrder{Command: "switch",
		Phase: hosts.Copying})}))
}
