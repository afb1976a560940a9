package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A rehearsal that cannot be is refused with all that is wrong, and makes nothing.
func TestRehearseRefusesWhatCannotBe(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		want []string
	}{
		"a climb without rows": {[]string{"1", "2"}, []string{"got 1 2, want 2 3 or 3 4"}},
		"wrong flags": {[]string{"2", "4", "--size", "much", "--writes", "0", "--reads", "5000", "--settle", "1h",
			"--max-pause", "1ms", "--files", "-1"}, []string{"--files", "2 3 or 3 4", "--size", "--writes", "--reads",
			"--settle", "--max-pause"}},
		"one stage alone": {[]string{"2"}, []string{"want FROM TO"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			got := rung(t, dir, append([]string{"rehearse"}, tt.args...)...)
			assert.Equal(t, codeUsage, got.code)
			for _, part := range tt.want {
				assert.Contains(t, got.err, part)
			}
			empty(t, dir)
		})
	}
}
