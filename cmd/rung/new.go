package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/app/skeleton"
)

func (a *app) newCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "new", Short: "Begin an app of your own on what this project's app stands on",
		Example: "  rung new app ../notes",
		RunE: func(c *cobra.Command, _ []string) error {
			return fmt.Errorf("want app, as in `%s`", example(c))
		},
	}
	var checkout string
	app := &cobra.Command{
		Use: "app DIR", Short: "Write an app with sign-up, a table with its page, a job and their test",
		Long: `Write the skeleton of an app in Go into DIR, which must be empty or not there: sign-up,
one table that is cached, spread over databases, searched and told of, its page, one job,
and a test of all that. It is built on rung's source in a checkout.`,
		Example: "  rung new app ../notes",
		Args:    wants("DIR"),
		RunE:    a.runs(func(_ context.Context, args []string) error { return a.newApp(args[0], checkout) }),
	}
	app.Flags().StringVar(&checkout, "checkout", "", "the `directory` of rung's source (default: the one that this is run in)")
	c.AddCommand(app)
	return c
}

func (a *app) newApp(dir, checkout string) error {
	var err error
	if checkout == "" {
		checkout, err = above()
	}
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err == nil {
		err = skeleton.Write(dir, checkout)
	}
	if err != nil {
		return usageError{err.Error()}
	}
	_, err = fmt.Fprintf(a.out, "wrote %s; its test needs PostgreSQL and Redis: cd %s && go mod tidy && go test ./...\n",
		dir, dir)
	return err
}

// above is the directory at or above this one with a go.mod.
func above() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("rung's source is not here nor above: name it with --checkout")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}
