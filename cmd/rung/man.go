package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func (a *app) manCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "man DIRECTORY",
		Short:   "Write the manual pages of all commands into a directory",
		Example: "  rung man ~/.local/share/man/man1",
		Args:    wants("a directory"),
	}
	c.RunE = a.runs(func(_ context.Context, args []string) error {
		if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
			return usageError{fmt.Sprintf("got %q, want a directory that exists", args[0])}
		}
		root := c.Root()
		root.DisableAutoGenTag = true
		epoch := time.Unix(0, 0).UTC() // the same rung, the same pages
		header := &doc.GenManHeader{Title: "RUNG", Section: "1", Source: "rung " + ownVersion(), Date: &epoch}
		if err := doc.GenManTree(root, header, args[0]); err != nil {
			return fmt.Errorf("write the manual pages: %w", err)
		}
		a.say("Written to %s; `man -l %s/rung.1` reads the first.", args[0], args[0])
		return nil
	})
	return c
}
