// Command app is the small web product that rung deploys. It is one static
// binary whose role is its first argument: see package contract. Its settings
// come from the environment only.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/notice"
	"github.com/rung-dev/rung/app/product/services"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/app/tracing"
)

const usage = `app runs a small web product.

  app dev                      everything that the app needs and the app, on this machine
  app all                      everything in one process
  app web | worker             requests | jobs
  app users | posts | search   the services of stage 4, each with its own store
  app gateway                  sends requests to the services
  app migrate                  bring the database up to date
  app seed [-users n] [-posts m]  fill an empty database
  app events replay            tell the other services of all that is there
  app shards map [-json] | balance  where users are | spread them evenly over the databases
  app shards move FIRST-LAST N  move slots to the nth database
  app operator NAME [-remove]  make somebody one who operates the app
  app jobs dead [-limit n]     list dead letters
  app jobs replay [job…]       try dead letters again, all when none is named
  app assets DIR               write the static files for a bucket

Settings come from the environment; without them every missing one is named.
To look at it, nothing need be set: app dev.`

func main() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go listenToSignals(stop)
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "app:", err)
		os.Exit(1)
	}
}

// hurry is closed when a person at a terminal wants the app to end: then no
// proxy is waited for.
var hurry = make(chan struct{})

// listenToSignals ends the app in good order at the first signal and at once at
// the second.
func listenToSignals(stop context.CancelFunc) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if <-signals == os.Interrupt {
		close(hurry)
	}
	stop()
	<-signals
	os.Exit(1)
}

func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	name := ""
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	switch name {
	case "help", "-h", "--help":
		_, err := fmt.Fprintln(out, usage)
		return err
	case "dev":
		return develop(ctx, args, out)
	case "assets":
		return writeAssets(args)
	case "operator":
		return makeOperator(ctx, args, getenv, out)
	case "seed":
		return seedDatabase(ctx, args, getenv, out)
	case "events":
		return tellAll(ctx, args, getenv, out)
	case "shards":
		return manageShards(ctx, args, getenv, out)
	case "jobs":
		return manageJobs(ctx, args, getenv, out)
	}
	role := contract.Role(name)
	if name != "" && !slices.Contains(append(contract.Roles(), contract.Services()...), role) {
		return fmt.Errorf("no command %q\n%s", name, usage)
	}
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, got %s", name, strings.Join(args, " "))
	}
	s, err := settings.Read(role, getenv)
	err = errors.Join(err, tracing.Check(getenv))
	if err != nil && name == "" {
		return fmt.Errorf("%w\n\nTo look at the app with all that it needs on this machine: app dev", err)
	}
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(out,
		&slog.HandlerOptions{Level: s.LogLevel, ReplaceAttr: edge.Attr})).With("stack", s.Stack, "stage", s.Stage, "role",
		s.Role)
	if s.Role == contract.RoleMigrate {
		return migrate(ctx, s, log)
	}
	return serve(ctx, s, log)
}

// lastSpans bounds how long the end of a process waits for its last spans to be taken.
const lastSpans = 2 * time.Second

func closeSpans(ctx context.Context, spans *tracing.Tracing, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSpans)
	defer cancel()
	if err := spans.Close(ctx); err != nil {
		log.Warn("send the last traces", "err", err)
	}
}

// serve runs until it is told to stop, by a signal or because the machine is
// about to end.
func serve(ctx context.Context, s settings.Settings, log *slog.Logger) error {
	spans, err := tracing.Start(ctx, "app-"+string(s.Role), log, attribute.String("rung.stack", s.Stack),
		attribute.String("rung.stage", s.Stage))
	if err != nil {
		return err
	}
	defer closeSpans(ctx, spans, log)
	app, err := services.Start(ctx, s, server.Options{Log: log, Hurry: hurry, Tracing: spans})
	if err != nil {
		return err
	}
	log.Info("serving", "address", app.Address, "internal", app.Internal)
	var ending <-chan struct{}
	if s.Region != "" {
		ending = notice.Watch(ctx, app.AWS, log)
	}
	select {
	case err := <-app.Failed:
		return errors.Join(err, app.Stop())
	case <-ctx.Done():
		log.Info("draining")
		return app.Stop()
	case <-ending:
	}
	log.Info("draining")
	err = app.Stop()
	<-ctx.Done() // started again, the app would take requests on a machine that ends
	return err
}
