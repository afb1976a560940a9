package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/app/assets"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/dev"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/product/seed"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/shard"
	"github.com/rung-dev/rung/app/store"
)

func migrate(ctx context.Context, s settings.Settings, log *slog.Logger) error {
	n, err := product.MigrateDatabases(ctx, s, server.Options{})
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

// onApp does something with the databases of the environment.
func onApp(ctx context.Context, getenv func(string) string, do func(*product.App) error) error {
	s, err := settings.Read(contract.RoleMigrate, getenv)
	if err != nil {
		return err
	}
	app, err := product.Open(ctx, s, server.Options{})
	if err != nil {
		return err
	}
	defer app.Close()
	return do(app)
}

func seedDatabase(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("seed", flag.ContinueOnError)
	users := flags.Int("users", 100, "how many users to make")
	posts := flags.Int("posts", 1000, "how many posts to make")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return onApp(ctx, getenv, func(app *product.App) error {
		hash, err := session.NewHasher().Hash(ctx, seed.Password)
		if err != nil {
			return err
		}
		return seed.Run(ctx, app.Store.Pools().Primary(),
			seed.Config{Users: *users, Posts: *posts, Hash: hash, Progress: func(what string, done, all int) {
				fmt.Fprintf(out, "%s: %d of %d (%d %%)\n", what, done, all, done*100/all) //nolint:errcheck // progress only
			}})
	})
}

// develop runs the app with all that it needs, for one person.
func develop(ctx context.Context, args []string, out io.Writer) error {
	warnings := slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})
	o := dev.Options{Hurry: hurry, Log: slog.New(warnings)}
	flags := flag.NewFlagSet("dev", flag.ContinueOnError)
	flags.StringVar(&o.Dir, "dir", "", "keep the data in this directory; without it they go at the end")
	flags.StringVar(&o.Listen, "listen", "", "the site's address (default: port 8080 of this machine, or a free one)")
	flags.StringVar(&o.Templates, "templates", "", "the pages' templates (default: those of the checkout)")
	flags.IntVar(&o.Users, "users", 20, "how many people an empty database gets")
	flags.IntVar(&o.Posts, "posts", 200, "how many posts an empty database gets")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("dev takes no arguments, got %s", strings.Join(flags.Args(), " "))
	}
	return dev.Run(ctx, o, out)
}

// makeOperator gives somebody the role, or takes it back.
func makeOperator(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	remove := len(args) == 2 && args[1] == "-remove"
	if len(args) != 1 && !remove {
		return errors.New("want: app operator NAME, or app operator NAME -remove")
	}
	return onApp(ctx, getenv, func(app *product.App) error {
		if err := app.Operator(ctx, args[0], !remove); err != nil {
			return fmt.Errorf("change %s: %w", args[0], err)
		}
		fmt.Fprintf(out, "%s operates the app: %v\n", args[0], !remove) //nolint:errcheck // the error of the change matters
		return nil
	})
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
	return onApp(ctx, getenv, func(app *product.App) error {
		if args[0] == "replay" {
			n, err := app.Queue.Replay(ctx, flags.Args()...)
			fmt.Fprintf(out, "replayed %d\n", n) //nolint:errcheck // the error of the replay matters
			return err
		}
		dead, err := app.Queue.Dead(ctx, *limit)
		e := json.NewEncoder(out)
		for _, d := range dead {
			err = errors.Join(err, e.Encode(d))
		}
		return err
	})
}

// tellAll tells services that have just begun of what was there before, over
// the topics of the environment.
func tellAll(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	if len(args) != 1 || args[0] != "replay" {
		return errors.New("want: app events replay")
	}
	return onApp(ctx, getenv, func(app *product.App) error {
		kinds := app.Settings.Events.Told()
		if len(kinds) == 0 {
			return fmt.Errorf("%s: missing, want the topics over which to tell", contract.EnvEventTopics)
		}
		for _, kind := range kinds {
			err := app.TellAll(ctx, kind, func(rows int) {
				fmt.Fprintf(out, "%s: %d\n", kind, rows) //nolint:errcheck // progress only
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// manageShards says where users are, or moves them while the app goes on. It
// may be stopped and started again at any time.
func manageShards(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	plan, err := shardPlan(args)
	if err != nil {
		return err
	}
	return onApp(ctx, getenv, func(app *product.App) error {
		if app.Shards == nil {
			return fmt.Errorf("%s: missing, want further databases", contract.EnvShards)
		}
		if slices.Equal(args, []string{"map", "-json"}) {
			return writeMap(app.Shards, out)
		}
		err := plan(ctx, app.Shards, func(done, all int) {
			fmt.Fprintf(out, "slots: %d of %d moved\n", done, all) //nolint:errcheck // progress only
		})
		if err != nil {
			return err
		}
		for i, n := range app.Shards.Held() {
			fmt.Fprintf(out, "shard %d: %d slots\n", i+1, n) //nolint:errcheck // nobody is left to tell
		}
		return nil
	})
}

// writeMap says for programs which database each slot has, counted from 1, and would have
// if they were spread evenly.
func writeMap(s *shard.Shards, out io.Writer) error {
	said := struct {
		Shards   int   `json:"shards"`
		Owners   []int `json:"owners"`
		Balanced []int `json:"balanced"`
	}{Shards: len(s.Held())}
	for _, owner := range s.Map().Owners {
		said.Owners = append(said.Owners, int(owner)+1)
	}
	for _, owner := range s.Balanced() {
		said.Balanced = append(said.Balanced, int(owner)+1)
	}
	return json.NewEncoder(out).Encode(said)
}

type plan func(ctx context.Context, s *shard.Shards, progress func(done, all int)) error

func shardPlan(args []string) (plan, error) {
	switch {
	case len(args) == 1 && args[0] == "map", slices.Equal(args, []string{"map", "-json"}):
		return func(context.Context, *shard.Shards, func(int, int)) error { return nil }, nil
	case len(args) == 1 && args[0] == "balance":
		return func(ctx context.Context, s *shard.Shards, progress func(int, int)) error {
			return s.Balance(ctx, progress)
		}, nil
	case len(args) == 3 && args[0] == "move":
		first, last, ok := strings.Cut(args[1], "-")
		if !ok {
			last = first
		}
		from, errFrom := strconv.Atoi(first)
		end, errEnd := strconv.Atoi(last)
		to, errTo := strconv.Atoi(args[2])
		if errors.Join(errFrom, errEnd, errTo) == nil && from >= 0 && from <= end && end < store.Slots {
			return func(ctx context.Context, s *shard.Shards, progress func(int, int)) error {
				return s.MoveAll(ctx, int16(from), int16(end), to-1, progress)
			}, nil
		}
	}
	return nil, fmt.Errorf("want: app shards map [-json], app shards balance, or app shards move FIRST-LAST SHARD with "+
		"slots from 0 to %d", store.Slots-1)
}
