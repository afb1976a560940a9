// Command app is the small web app that rung deploys. It is one static binary
// whose role is its first argument: see package contract.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "app:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, getenv func(string) string, out *os.File) error {
	settings, err := readSettings(args, getenv)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(out, nil)).With("stack", settings.Stack, "stage", settings.Stage, "role", settings.Role)
	return serve(ctx, settings, log)
}
