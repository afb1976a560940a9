package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/preview"
)

// howToConfirm is the command that would get past the data guard, ready to be
// copied. words are the command and its arguments.
func (s *session) howToConfirm(r preview.Report, words ...string) string {
	names := slices.Clone(s.config.ConfirmDataLoss)
	for _, b := range r.Blocked {
		names = append(names, b.Name)
	}
	return "If all data in these resources may go, confirm each of them by name:\n  " + s.command(names, words...)
}

// command is a command line of rung that confirms names, ready to be copied.
func (s *session) command(names []string, words ...string) string {
	command := append([]string{"rung"}, words...)
	command = append(command, s.app.flags.again()...)
	if len(names) > 0 {
		names = slices.Clone(names)
		slices.Sort(names)
		command = append(command, "--set", confirmKey+"="+strings.Join(slices.Compact(names), ","))
	}
	for i, word := range command {
		command[i] = quoted(word)
	}
	return strings.Join(command, " ")
}

// again repeats the flags of this run that say which stack is meant and how it
// is set up; confirmations are left out.
func (f *flags) again() []string {
	out := []string{"--stack", f.stack}
	if f.dir != "." {
		out = append(out, "--dir", f.dir)
	}
	if f.cloud != string(engine.Offline) {
		out = append(out, "--cloud", f.cloud)
	}
	for _, set := range f.set {
		if key, _, _ := strings.Cut(strings.TrimPrefix(set, "rung:"), "="); key != confirmKey {
			out = append(out, "--set", set)
		}
	}
	return out
}

// plainWord needs no quotes in any shell.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:=,@%+-]+$`)

func quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return fmt.Sprintf("'%s'", strings.ReplaceAll(word, "'", `'\''`))
}
