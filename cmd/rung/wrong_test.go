package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
)

// Whatever is typed behind a command that does not take it is wrong usage, and is answered
// with the command, what it takes and an example.
func TestWrongArgumentsAreAnswered(t *testing.T) {
	each((&app{}).root(), func(c *cobra.Command) {
		words := strings.Fields(strings.TrimPrefix(c.CommandPath(), "rung"))
		if len(words) == 0 || words[0] == "completion" || words[0] == "help" || c.DisableFlagParsing {
			return
		}
		r := typed(t, append(words, "one-too", "many", "of", "them")...)
		assert.Equal(t, codeUsage, r.code, c.CommandPath())
		for _, cobras := range []string{"arg(s)", "unknown command"} {
			assert.NotContains(t, r.err, cobras, c.CommandPath())
		}
	})
	for line, want := range map[string]string{
		"deploy a b":   "deploy: got \"a\" \"b\", want [PATH|IMAGE], as in `rung deploy`",
		"status now":   "status: got \"now\", want no argument, as in `rung status",
		"env set":      "env set: got nothing, want",
		"handover pln": `handover: got "pln", want one of `,
	} {
		r := typed(t, strings.Fields(line)...)
		assert.Equal(t, codeUsage, r.code, line)
		assert.Contains(t, r.err, want, line)
	}
	assert.Equal(t, codeDone, typed(t, "handover").code, "who asks nothing is shown what there is")
}
