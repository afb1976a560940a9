package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/cost"
)

// usageInit is the command below `rung usage`.
const usageInit = "init"

func (a *app) usageCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "usage",
		Short: "Say what a stack uses, where no property tells",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.usageInitCommand())
	return c
}

func (a *app) usageInitCommand() *cobra.Command {
	var f costFile
	to := "usage.yaml"
	c := &cobra.Command{
		Use:   usageInit,
		Short: "Write a file of usage with every line of a stack that is paid by use",
		Long: `Write a file of usage for a stack in a file: every resource of which something is
paid by use, with what the estimate takes for it, or nothing where it takes nothing.
Fill it in and give it to "rung cost --file FILE --usage usage.yaml". A file that is
there already is not written over.`,
		Example: `  pulumi stack export > stack.json && rung usage init --file stack.json`,
		Args:    cobra.NoArgs,
		RunE: a.runs(func(context.Context, []string) error {
			if f.path == "" {
				return usageError{"want --file FILE, the stack whose usage it is"}
			}
			return a.initUsage(f, to)
		}),
	}
	f.flags(c.Flags())
	c.Flags().StringVar(&to, "to", to, "the `file` to write; \"-\" is the standard output")
	return c
}

func (a *app) initUsage(f costFile, to string) error {
	p, err := a.priceFile(f)
	if err != nil {
		return err
	}
	all := cost.UsageOf(p.stack.After, p.after)
	u := p.options.Usage
	if to == "-" {
		return cost.WriteUsage(a.out, all, u.Users, u.Peak)
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return usageError{fmt.Sprintf("write the usage: %v; --to names another file", err)}
	}
	defer out.Close()
	if err := cost.WriteUsage(out, all, u.Users, u.Peak); err != nil {
		return fmt.Errorf("write the usage to %s: %w", to, err)
	}
	a.say("Wrote %s: %d resources of which something is paid by use. Fill it in and give it to `rung cost --file %s --usage %s`.", to, len(all), f.path, to)
	return out.Close()
}
