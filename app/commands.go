package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"

	"github.com/rung-dev/rung/app/assets"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/seed"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/settings"
)

func migrate(ctx context.Context, s settings.Settings, log *slog.Logger) error {
	url, err := server.PrimaryURL(ctx, s, server.Options{})
	if err != nil {
		return err
	}
	n, err := server.MigrateAll(ctx, url, s.Database.Shards)
	if err == nil {
		log.Info("migrated", "steps", n)
	}
	return err
}

func writeAssets(args []string) error {
	if len(args) != 1 {
		return errors.New("want one directory: app assets DIR")
	}
	set, err := assets.Load("")
	if err != nil {
		return err
	}
	return set.Write(args[0])
}

// open reaches the database of the environment for a command.
func open(ctx context.Context, getenv func(string) string) (*server.App, error) {
	s, err := settings.Read(contract.RoleMigrate, getenv)
	if err != nil {
		return nil, err
	}
	return server.Open(ctx, s, server.Options{})
}

func seedDatabase(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("seed", flag.ContinueOnError)
	users := flags.Int("users", 100, "how many users to make")
	posts := flags.Int("posts", 1000, "how many posts to make")
	if err := flags.Parse(args); err != nil {
		return err
	}
	app, err := open(ctx, getenv)
	if err != nil {
		return err
	}
	defer app.Close()
	hash, err := session.NewHasher().Hash(ctx, seed.Password)
	if err != nil {
		return err
	}
	return seed.Run(ctx, app.Store.Pools().Primary(), seed.Config{Users: *users, Posts: *posts, Hash: hash, Progress: func(what string, done, all int) {
		fmt.Fprintf(out, "%s: %d of %d (%d %%)\n", what, done, all, done*100/all) //nolint:errcheck // progress only
	}})
}

func manageJobs(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	if len(args) == 0 || args[0] != "dead" && args[0] != "replay" {
		return errors.New("want: app jobs dead, or app jobs replay [job…]")
	}
	flags := flag.NewFlagSet("jobs "+args[0], flag.ContinueOnError)
	limit := flags.Int("limit", 100, "how many to list")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	app, err := open(ctx, getenv)
	if err != nil {
		return err
	}
	defer app.Close()
	if args[0] == "replay" {
		n, err := app.Queue.Replay(ctx, flags.Args()...)
		fmt.Fprintf(out, "replayed %d\n", n) //nolint:errcheck // the error of the replay matters
		return err
	}
	dead, err := app.Queue.Dead(ctx, *limit)
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	for _, d := range dead {
		if err := e.Encode(d); err != nil {
			return err
		}
	}
	return nil
}

// manageShards says where users are, or spreads them evenly while the app
// goes on. It may be stopped and started again at any time.
func manageShards(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	if len(args) != 1 || args[0] != "map" && args[0] != "balance" {
		return errors.New("want: app shards map, or app shards balance")
	}
	app, err := open(ctx, getenv)
	if err != nil {
		return err
	}
	defer app.Close()
	if app.Shards == nil {
		return fmt.Errorf("%s: missing, want the URLs of further databases", contract.EnvShards)
	}
	if args[0] == "balance" {
		err := app.Shards.Balance(ctx, func(done, all int) {
			fmt.Fprintf(out, "slots: %d of %d moved\n", done, all) //nolint:errcheck // progress only
		})
		if err != nil {
			return err
		}
	}
	for i, n := range app.Shards.Held() {
		fmt.Fprintf(out, "database %d: %d slots\n", i, n) //nolint:errcheck // nobody is left to tell
	}
	return nil
}
