package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
)

// every is what a command that goes where --cloud says takes, and no what one takes
// that asks no cloud and whose answer is the same for each.
const (
	every = "offline lab aws"
	no    = "no cloud"
)

// clouds are the clouds of every command. Who adds a command says here where it goes.
var clouds = map[string]string{
	"up": every, "preview": every, "destroy": every, "drift": every, "refresh": every, "doctor": every, "status": every,
	"logs": every, "exec": every, "shell": every, "deploy": every, "releases": every, "back": every, "tunnel": every,
	"db": every, "restore": every, "maintenance": every, "maintenance on": every, "maintenance off": every, "open": every,
	"secret": every, "secret set": every, "secret list": every, "secret rotate": every, "advise": every, "diff": every, "cost": every,
	"usage": every, "save": every, "config": every, "mcp": every, "bill": every, "access": every, "usage init": every,
	// finish writes in the stack's file, which is the cloud's.
	"handover plan": every, "handover start": every, "handover status": every, "handover switch": every,
	"handover back": every, "handover finish": every, "handover abort": every,

	"rehearse": "lab", "lab start": "lab", "lab stop": "lab", "lab status": "lab", "lab logs": "lab", "lab load": "lab",
	"lab break": "lab", "lab drill": "lab", "lab claims": "lab", "offline": "offline", "offline types": "offline",
	"handover rehearse": "", "handover region": every, "failover": "", "failover region": every, "check-app": "",

	"stages": no, "ladder": no, "comment": no, "prices": no, "prices refresh": no, "version": no, "exit-codes": no,
	"man": no, "env": no, "env init": no, "new": no, "new app": no, "advise init": no, "env set": no, "env list": no,
	"handover": no, "lab": no, // each refuses the words that are none of its commands
}

// arguments are those that a command asks for before it looks at anything else.
var arguments = map[string][]string{"rehearse": {"2", "3"}, "lab logs": {"x"}, "lab break": {"x"}, "lab drill": {"3"},
	"offline": {"--", "true"}}

// A command that goes to one cloud alone refuses another that was asked for, names what
// it takes, and touches nothing; it does not go elsewhere without a word.
func TestNoCommandGoesElsewhereThanAsked(t *testing.T) {
	each((&app{}).root(), func(c *cobra.Command) {
		path := strings.TrimPrefix(c.CommandPath(), "rung ")
		if !c.Runnable() || c.Root() == c || strings.HasPrefix(path, "completion") || strings.HasPrefix(path, "help") {
			return
		}
		takes, known := clouds[path]
		if !assert.True(t, known, "%q: say in this table which clouds it takes", path) || takes == every || takes == no {
			return
		}
		for _, cloud := range strings.Fields(every) {
			if slices.Contains(strings.Fields(takes), cloud) {
				continue
			}
			dir := t.TempDir()
			r := rung(t, dir, slices.Concat(strings.Fields(path), []string{"--cloud", cloud}, arguments[path])...)
			assert.Equal(t, codeUsage, r.code, "%s --cloud %s: %s", path, cloud, r.err)
			assert.Contains(t, r.err, `--cloud: got "`+cloud+`", want`, path)
			assert.Contains(t, r.err, takes, path)
			empty(t, dir)
		}
	})
}
