package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// refuse lets a command and all below it say what they take where cobra would only count
// the arguments, and takes a word that is no command of a group as wrong usage, where
// cobra would show the group's help and end well.
func refuse(c *cobra.Command) {
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
		refuse(sub)
	}
	if own := c.RunE; c.HasParent() && len(names) > 0 && (c.Args == nil || own == nil) {
		c.Args = cobra.ArbitraryArgs
		c.RunE = func(c *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && own == nil:
				return c.Help()
			case len(args) == 0:
				return own(c, args)
			}
			return usageError{fmt.Sprintf("got %q, want one of %s%s", args[0], strings.Join(names, ", "),
				didYouMean(args[0], names, ""))}
		}
	}
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error { return inOurWords(c, args, check(c, args)) }
	}
}

// counted are cobra's own words about arguments.
var counted = regexp.MustCompile(`^(accepts|requires|unknown command)\b`)

// inOurWords says in place of cobra's words what the command takes.
func inOurWords(c *cobra.Command, args []string, err error) error {
	if err == nil || !counted.MatchString(err.Error()) {
		return err
	}
	want := strings.TrimSpace(strings.TrimPrefix(c.Use, c.Name()))
	if want == "" {
		want = "no argument"
	}
	return usageError{fmt.Sprintf("got %s, want %s, as in `%s`", inQuotes(args), want, asIn(c))}
}

// inQuotes are arguments as they were given.
func inQuotes(args []string) string {
	if len(args) == 0 {
		return "nothing"
	}
	text := fmt.Sprintf("%q", args)
	return text[1 : len(text)-1]
}

// wordsOf are the words that call a command, without rung's own.
func wordsOf(c *cobra.Command) string {
	return strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ")
}

// nameOf begins what went wrong with a command with the words that call it, all of them.
// Errors leave them out, or begin with them and say more, as "deploy a.tar: …".
func nameOf(c *cobra.Command, text string) string {
	words := wordsOf(c)
	if !c.HasParent() || strings.HasPrefix(text, words+":") || strings.HasPrefix(text, words+" ") {
		return "rung: " + text
	}
	return "rung: " + words + ": " + text
}

// asIn is an example of a command, or the command itself.
func asIn(c *cobra.Command) string {
	if line := example(c); line != "" {
		return strings.TrimSpace(strings.Split(line, "  #")[0])
	}
	return c.UseLine()
}
