package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What cannot be broken is told at once, with what is allowed, and nothing is changed.
func TestBreaksThatCannotBe(t *testing.T) {
	for says, args := range map[string][]string{
		`unknown target "planet", want one of machine, zone`: {"lab", "break", "planet"},
		`unknown way "melt", want one of kill, pause`:        {"lab", "break", "primary", "--how", "melt"},
		"--held: got 1ms, want 1s to 10m":                    {"lab", "break", "primary", "--held", "1ms"},
		"--rate: got -1, want more than 0":                   {"lab", "break", "primary", "--rate", "-1"},
		`unknown stage "9"`:                                  {"lab", "drill", "9"},
		"there is no lab here that runs":                     {"lab", "drill", "3"},
		"lab start: there is no lab here: `rung up 1":        {"lab", "start"},
		"lab stop: there is no lab here: `rung up 1":         {"lab", "stop"},
		"--for: got 1ms":                                     {"lab", "claims", "--for", "1ms"},
		"--measured: got \"aws\", want lab":                  {"cost", "3", "--measured", "aws"},
		"no load was measured in this lab":                   {"cost", "3", "--measured", "lab"},
		"--measured belongs to a STAGE":                      {"cost", "--file", "x.json", "--measured", "lab"},
	} {
		dir := t.TempDir()
		got := rung(t, dir, args...)
		assert.Equal(t, codeUsage, got.code, says)
		assert.NoDirExists(t, filepath.Join(dir, ".rung", "lab"), "nothing is half started")
		assert.Contains(t, got.err, says)
	}
}

// All that is wrong with a command of the lab is said at once, that there is none among it.
func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	const none = "there is no lab here that runs"
	for _, tt := range []struct{ args, want []string }{
		{[]string{"lab", "load", "--rate", "-1"}, []string{"--url: want", "--rate: got -1"}},
		{[]string{"lab", "break", "planet", "--how", "melt", "--rate", "-1", "--held", "0s"},
			[]string{`"planet"`, `"melt"`, "--rate: got -1", "--held: got 0s", none}},
		{[]string{"lab", "drill", "9", "--rate", "0", "--after", "1h"}, []string{`"9"`, "--rate: got 0", "--after: got 1h", none}},
		{[]string{"lab", "claims", "--for", "2h", "--rate", "0"}, []string{"--for: got 2h", "--rate: got 0", none}},
	} {
		got := rung(t, t.TempDir(), tt.args...)
		assert.Equal(t, codeUsage, got.code, "%v", tt.args)
		for _, want := range tt.want {
			assert.Contains(t, got.err, want, "%v", tt.args)
		}
	}
}
