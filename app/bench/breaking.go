package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/bench/faults"
)

// faultsTable is where the table of faults stands.
var faultsTable = markers("go run ./app/bench faults -write")

// breakThings tries the table of faults and prints what each has cost.
func breakThings(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench faults", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print JSON")
	write := flags.Bool("write", false, "put the table into "+readme)
	only := flags.String("only", "", "try only what has this in its name, \"Redis\" say")
	o := faults.Defaults()
	flags.Float64Var(&o.Rate, "rate", o.Rate, "requests a second")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *write && *only != "" {
		return errors.New("-write puts the whole table into the README: leave out -only")
	}
	defer apptest.Close()
	begin, before := time.Now(), loadAverage()
	outcomes, err := tryAll(ctx, *only, o, begin)
	if err != nil {
		return err
	}
	if *asJSON {
		return json.NewEncoder(out).Encode(outcomes)
	}
	table := renderFaults(outcomes)
	fmt.Fprint(out, table) //nolint:errcheck // nobody is left to tell
	if !*write {
		return nil
	}
	where := fmt.Sprintf("%s Load: %.0f requests/s.", machine(begin, before), o.Rate)
	return writeReadme(readme, faultsTable, where, table)
}

func tryAll(ctx context.Context, only string, o faults.Options, begin time.Time) (out []faults.Outcome, err error) {
	for _, f := range faults.Table() {
		if !strings.Contains(f.Name, only) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%6.1fs  %s\n", time.Since(begin).Seconds(), f.Name)
		one, err := faults.Try(ctx, f, o)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("try faults: none has %q in its name", only)
	}
	return out, nil
}

func renderFaults(outcomes []faults.Outcome) string {
	var b strings.Builder
	b.WriteString("| fault | what ends it | requests failed | failing for | whole after | acknowledged | lost |\n" +
		"|---|---|---|---|---|---|---|\n")
	for _, o := range outcomes {
		fmt.Fprintf(&b, "| %s | %s | %d of %d%s | %s | %s | %d | %d |\n", o.Fault, o.Heals, o.Failed, o.Sent,
			answers(o.Answers), seconds(o.FailedFor), seconds(o.Whole), o.Acknowledged, o.Lost)
	}
	return b.String()
}

// answers says what the failed requests were told, the most frequent first.
func answers(of map[string]int) string {
	if len(of) == 0 {
		return ""
	}
	kinds := slices.SortedFunc(maps.Keys(of), func(a, b string) int { return cmp.Or(of[b]-of[a], cmp.Compare(a, b)) })
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%s: %d", kind, of[kind])
	}
	return " (" + strings.Join(kinds, ", ") + ")"
}

func seconds(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
