// Command bench measures the figures that the ladder claims for its tools, on
// this machine and with the app's own packages, and prints each claim beside
// what came out. It starts PostgreSQL with two replicas and Redis itself, in a
// temporary directory, and speaks to 127.0.0.1 only.
//
//	go run ./app/bench          # about two minutes
//	go run ./app/bench -write   # and puts the table into app/bench/README.md
//	go run ./app/bench -only "app web"
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
	"os"
	"os/signal"
	"runtime/pprof"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// readme is where the table goes, from the root of the repository.
const readme = "app/bench/README.md"

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	write := flags.Bool("write", false, "put the table into "+readme)
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
	begin := time.Now()
	rows, err := measureAll(ctx, full, *only, func(what string) { fmt.Fprintf(os.Stderr, "%6.1fs  %s\n", time.Since(begin).Seconds(), what) })
	if err != nil {
		return err
	}
	table := render(rows)
	fmt.Print(table)
	if !*write {
		return nil
	}
	return writeReadme(readme, machine(time.Now(), time.Since(begin)), table)
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
