package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

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

func TestCodesOfAMove(t *testing.T) {
	assert.Equal(t, codeGuarded, codeOf(runError{fmt.Errorf("checks: %w", hosts.ErrBlocked{})}))
	assert.Equal(t, codeUsage, codeOf(runError{fmt.Errorf("x: %w", hosts.ErrOrder{Command: "switch",
		Phase: hosts.Copying})}))
}
