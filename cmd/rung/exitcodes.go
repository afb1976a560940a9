package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/preview/view"
)

// exits say what each exit code means. docs/exit-codes.md is made of it.
var exits = view.ExitCodes{
	{Code: codeDone, Name: "done", Meaning: "done", Do: "nothing"},
	{Code: codeFailed, Name: "failed", Meaning: "failed",
		Do: "read the error; run the same command again, which goes on from where it was"},
	{Code: codeUsage, Name: "usage", Meaning: "wrong usage or configuration",
		Do: "correct what the error names; nothing was changed"},
	{Code: codeBudget, Name: "over-budget", Meaning: "over budget",
		Do: "raise rung:budget or choose smaller sizes; nothing was changed"},
	{Code: codeGuarded, Name: "guarded", Meaning: "stopped by the data guard",
		Do: "confirm by name what may be lost with rung:confirmDataLoss, or change the plan"},
	{Code: codePolicy, Name: "policy", Meaning: "stopped by a policy",
		Do: "mend what the policy names, or grant an exception in rung:policy; nothing was changed"},
	{Code: codeDrift, Name: "drift", Meaning: "drift (of `rung drift`)",
		Do: "`rung refresh` takes it over, `rung up` undoes it"},
}

// exitSentence is the table in one sentence, for the help.
func exitSentence() string {
	var parts []string
	for _, e := range exits {
		parts = append(parts, fmt.Sprintf("%d %s", e.Code, e.Meaning))
	}
	wrapped := text.WrapSoft("Exit codes: "+strings.Join(parts, ", ")+". `rung exit-codes` says what to do about each.", 80)
	return regexp.MustCompile(` +(\n|$)`).ReplaceAllString(wrapped, "$1") // lines are filled to their width
}

func (a *app) exitCodesCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "exit-codes",
		Short:   "List the exit codes, what each means and what to do about it",
		Example: "  rung exit-codes --format json",
		Args:    cobra.NoArgs,
		RunE:    a.runs(func(context.Context, []string) error { return a.show(exits) }),
	}
}
