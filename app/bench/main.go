// Command bench measures the figures that the ladder claims for its tools, on
// this machine and with the app's own packages, and prints each claim beside
// what came out. It starts PostgreSQL with two replicas and Redis itself, in a
// temporary directory, and speaks to 127.0.0.1 only.
//
//	go run ./app/bench          # about two minutes
//	go run ./app/bench -write   # and puts the table into app/bench/README.md
//
// All servers share this machine's processors and disk, and no packet travels
// further than the loopback. Where a claim is about distance, a proxy in this
// process adds it and the table says so. What does not reproduce stays in the
// table, with the reason.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
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
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	begin := time.Now()
	rows, err := measureAll(ctx, full, func(what string) { fmt.Fprintf(os.Stderr, "%6.1fs  %s\n", time.Since(begin).Seconds(), what) })
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
