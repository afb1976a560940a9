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
		assert.Regexp(t, "^rung: "+strings.Join(words, " ")+": ", r.err, "all the words that call it")
		for _, cobras := range []string{"arg(s)", "unknown command"} {
			assert.NotContains(t, r.err, cobras, c.CommandPath())
		}
	})
	for line, want := range map[string]string{
		"deploy a b":   "deploy: got \"a\" \"b\", want [PATH|IMAGE], as in `rung deploy`",
		"status now":   "status: got \"now\", want no argument, as in `rung status",
		"env set":      "rung: env set: got nothing, want",
		"handover pln": `handover: got "pln", want one of `,
	} {
		r := typed(t, strings.Fields(line)...)
		assert.Equal(t, codeUsage, r.code, line)
		assert.Contains(t, r.err, want, line)
	}
	assert.Equal(t, codeDone, typed(t, "handover").code, "who asks nothing is shown what there is")
}

// Whatever is wrong, with a line or with what the command found, an error begins with the
// words that call the command, all of them and once.
func TestErrorsNameTheWholeCommand(t *testing.T) {
	dir, commands := t.TempDir(), 0
	each((&app{}).root(), func(c *cobra.Command) {
		words := strings.Fields(strings.TrimPrefix(c.CommandPath(), "rung"))
		if len(words) == 0 || words[0] == "completion" || words[0] == "help" || c.DisableFlagParsing || !c.Runnable() {
			return
		}
		commands++
		wrongs := []string{"--no-such-flag", "--cloud=moon", "--dir=/no/such/place", "--format=clay"}
		if c.HasSubCommands() { // which shows what there is, and looks at nothing
			wrongs = wrongs[:1]
		}
		for _, wrong := range wrongs {
			r := typed(t, append(words, "--dir", dir, wrong)...)
			assert.Equal(t, codeUsage, r.code, "%s %s", c.CommandPath(), wrong)
			assert.Regexp(t, "^rung: "+strings.Join(words, " ")+": ", r.err, wrong)
			assert.NotRegexp(t, "^rung: "+strings.Join(words, " ")+": "+c.Name()+": ", r.err, "once")
		}
	})
	assert.Greater(t, commands, 60)
	for line, want := range map[string]string{
		"secret set NAME":       "rung: secret set: there is no rung.yaml here",
		"new app .":             "rung: new app: ",
		"lab status":            "rung: lab status: there is no lab here",
		"status":                "rung: status: stack dev stands nowhere yet",
		"logs web":              "rung: logs: stack dev stands nowhere yet",
		"up 9":                  "rung: up: ",
		"deploy nothing":        "rung: deploy nothing: want a folder",
		"cost --file no-such":   "rung: cost: ",
		"usage init":            "rung: usage init: want --file",
		"up 1 --set zoness=2":   "rung: up: ",
		"failover region moon":  "rung: failover region: ",
		"restore --at tomorrow": "rung: restore: --at: got",
	} {
		r := rung(t, t.TempDir(), strings.Fields(line)...)
		assert.NotZero(t, r.code, line)
		assert.Regexp(t, "^"+want, r.err, line)
	}
}
