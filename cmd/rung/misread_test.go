package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
)

// Every command refuses a flag that it does not have, one without its value and one with a
// wrong one, and tells them all together with a wrong argument and what to do next.
func TestEveryCommandRefusesWrongFlags(t *testing.T) {
	each((&app{}).root(), func(c *cobra.Command) {
		words := strings.Fields(strings.TrimPrefix(c.CommandPath(), "rung"))
		if len(words) == 0 || words[0] == "completion" || words[0] == "help" || c.DisableFlagParsing {
			return
		}
		line := append(words, "--no-such-flag=1", "--nor-this", "of-its-own")
		want := []string{"unknown flag: --no-such-flag", "unknown flag: --nor-this"}
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if kind := kinds[f.Value.Type()]; kind != "" && f.Name != "help" {
				line, want = append(line, "--"+f.Name+"=wrong"), append(want, "--"+f.Name+`: got "wrong", want `+kind)
			}
		})
		line, want = append(line, "--stack"), append(want, "--stack: got nothing, want a name: ")
		r := typed(t, line...)
		assert.Equal(t, codeUsage, r.code, c.CommandPath())
		for _, text := range append(want, "--help`") {
			assert.Contains(t, r.err, text, c.CommandPath())
		}
		assert.NotContains(t, r.err, "strconv", c.CommandPath())
		assert.Empty(t, r.out, c.CommandPath())
	})
}

func TestAllThatIsWrongWithALineIsTold(t *testing.T) {
	for line, want := range map[string][]string{
		"deploy a b --colour --canary x": {"--colour; did you mean --cloud?", `--canary: got "x", want a whole number`,
			`got "a" "b", want [PATH|IMAGE]`},
		"preview --formt json --sett x":       {"did you mean --format?", "did you mean --set?", "preview: got nothing, want STAGE"},
		"logs --since=x -z --patience":        {`--since: got "x", want how long`, "unknown shorthand flag: 'z'", "--patience"},
		"restore --at":                        {"--at: got nothing, want a moment: "},
		"maintenance onn":                     {`maintenance: got "onn", want one of off, on; did you mean on?`},
		"secret set --bogus":                  {"--bogus", "rung: secret set: ", "got nothing, want NAME, as in `"},
		"secret rotate A B":                   {`secret rotate: got "A" "B", want NAME`},
		"new ap":                              {`new: got "ap", want one of app`},
		"lab load --rate x --bogus --seed -1": {`--rate: got "x", want a number`, "--bogus", "--seed"},
	} {
		r := typed(t, strings.Fields(line)...)
		assert.Equal(t, codeUsage, r.code, line)
		for _, text := range want {
			assert.Contains(t, r.err, text, line)
		}
	}
}
