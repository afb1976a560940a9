// Command bench measures the figures that the ladder claims for its tools, on
// this machine and with the app's own packages, and prints each claim beside
// what came out. It starts PostgreSQL with two replicas and Redis itself, in a
// temporary directory, and speaks to 127.0.0.1 only.
//
//	go run ./app/bench          # about four minutes
//	go run ./app/bench -write   # and puts the tables into app/bench/README.md and app/README.md
//	go run ./app/bench -only "app web"
//	go run ./app/bench faults   # breaks servers under load, about eight minutes; -json, -write, -only
//
// All servers share this machine's processors and disk, and no packet travels
// further than the loopback. Where a claim is about distance, a proxy in this
// process adds it and the table says so. What does not reproduce stays in the
// table, with the reason.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/pprof"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	do, args := run, os.Args[1:]
	if len(args) > 0 && args[0] == "faults" {
		do, args = breakThings, args[1:]
	}
	if err := do(ctx, args, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// The tables go into two files, from the root of the repository: all figures
// into readme, and those of the app itself into appReadme, too.
const (
	readme    = "app/bench/README.md"
	appReadme = "app/README.md"
)

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	write := flags.Bool("write", false, "put the tables into "+readme+" and "+appReadme)
	only := flags.String("only", "", "measure only what has this in its name, \"app web\" say")
	profile := flags.String("cpuprofile", "", "write a profile of this process to a file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *write && *only != "" {
		return errors.New("-write puts the whole table into the README: leave out -only")
	}
	if *profile != "" {
		stop, err := startProfile(*profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	begin, before := time.Now(), loadAverage()
	rows, err := measureAll(ctx, full, *only,
		func(what string) { fmt.Fprintf(os.Stderr, "%6.1fs  %s\n", time.Since(begin).Seconds(), what) })
	if err != nil {
		return err
	}
	table := render(rows)
	fmt.Fprint(out, table) //nolint:errcheck // nobody is left to tell
	if !*write {
		return nil
	}
	where := machine(begin, before)
	return errors.Join(writeReadme(readme, figures, where, table),
		writeReadme(appReadme, figures, where, render(of(rows, appWeb))))
}

func startProfile(path string) (stop func(), err error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("write a profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, fmt.Errorf("write a profile: %w", err)
	}
	return func() { pprof.StopCPUProfile(); f.Close() }, nil
}
