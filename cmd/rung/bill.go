package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/shopspring/decimal"
	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/bill"
	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/outside/figure"
	"github.com/rung-dev/rung/preview/view"
)

// billOptions are which bill is meant, and what to do with it.
type billOptions struct {
	file, month, tag, rate, calibrate string
}

func (a *app) billCommand() *cobra.Command {
	var f costFile
	var o billOptions
	c := &cobra.Command{
		Use:   "bill [STAGE]",
		Short: "Set what AWS billed for a month against the estimate, each deviation with its cause",
		Long: `Set the bill of a month against the estimate of a stage, or with --of of any stack, by
component and line. Each deviation is named by its cause: usage, price, discount, or
what the estimate does not model; the parts add up to the difference.

The bill is an export of FOCUS 1.x or a cost and usage report, as CSV, packed with
gzip, or as Parquet. --tag takes only what has a tag; without it, what is billed for
resources that the stack does not have is said and left out. --calibrate writes a file
of usage with what was billed, for "rung cost --file … --usage".`,
		Example: `  rung bill 3 --file focus-2026-10.parquet --tag rung:stack=prod
  rung bill --file cur.csv.gz --month 2026-10 --of stack.json --calibrate usage.yaml`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.runs(func(_ context.Context, args []string) error {
			switch {
			case o.file == "":
				return usageError{"want --file FILE, the bill: an export of FOCUS or a cost and usage report"}
			case f.path != "" && len(args) > 0:
				return usageError{"want a STAGE or --of, not both"}
			case f.path == "" && len(args) == 0:
				return usageError{"want a STAGE, 1 to 6, or --of FILE, the stack that the bill is of"}
			case f.path == "" && f.given():
				return usageError{"--usage, --users, --peak and --region belong to --of"}
			}
			return a.billOf(f, o, args)
		}),
	}
	f.flagsAs(c.Flags(), "of")
	f.discountFlag(c.Flags())
	c.Flags().StringVar(&o.file, "file", "", "the bill, a `file`; \"-\" is the standard input, for CSV")
	c.Flags().StringVar(&o.month, "month", "", "the `month`, such as 2026-10, where the bill holds several")
	c.Flags().StringVar(&o.tag, "tag", "", "take only what has this tag, `KEY=VALUE`; all of it is the stack's")
	c.Flags().StringVar(&o.rate, "rate", "", "`units` of the bill's currency for a US dollar, where it is in another")
	c.Flags().StringVar(&o.calibrate, "calibrate", "", "write a `file` of usage with what was billed")
	return c
}

// filter reads which part of the bill is meant.
func (o billOptions) filter() (bill.Filter, error) {
	f := bill.Filter{Tag: o.tag}
	if o.month == "" {
		return f, nil
	}
	var err error
	if f.Month, err = time.Parse("2006-01", o.month); err != nil {
		return f, usageError{fmt.Sprintf("--month: got %q, want a month such as 2026-10", o.month)}
	}
	return f, nil
}

// rateFor is the rate for the currency of a bill.
func (o billOptions) rateFor(currency string) (decimal.Decimal, error) {
	switch {
	case o.rate == "" && currency == "USD":
		return decimal.NewFromInt(1), nil
	case o.rate == "":
		return decimal.Zero, usageError{fmt.Sprintf("the bill is in %s and the estimate in USD: give --rate, how many %s "+
			"a dollar was", currency, currency)}
	}
	rate, err := figure.Parse(o.rate)
	if err != nil || !rate.IsPositive() {
		return rate, usageError{fmt.Sprintf("--rate: got %q, want a number above zero", o.rate)}
	}
	return rate, nil
}

// estimated is what a stack is expected to cost.
type estimated struct {
	of        string
	resources []cost.Resource
	estimate  cost.Estimate
	usage     cost.Usage
}

// estimated prices a stage, or the stack of a file.
func (a *app) estimated(f costFile, args []string) (estimated, error) {
	if f.path != "" {
		p, err := a.priceFile(f)
		return estimated{p.name, p.stack.After, p.after, p.options.Usage}, err
	}
	s, e, model, err := a.discountedStage(args[0], f)
	if err != nil {
		return estimated{}, err
	}
	return estimated{fmt.Sprintf("stage %d", s.config.Stage), model, e.Estimate(model), cost.Usage{}}, nil
}

func (a *app) billOf(f costFile, o billOptions, args []string) error {
	filter, err := o.filter()
	if err != nil {
		return err
	}
	e, err := a.estimated(f, args)
	if err != nil {
		return err
	}
	s, err := bill.ReadFile(o.file, filter)
	if err != nil {
		return usageError{err.Error()}
	}
	rate, err := o.rateFor(s.Currency)
	if err != nil {
		return err
	}
	c := bill.Compare(s, e.resources, e.estimate, bill.Options{Rate: rate, OfStack: o.tag != ""})
	if err := a.show(view.NewBilled(e.of, c)); err != nil || o.calibrate == "" {
		return err
	}
	return a.writeCalibrated(o.calibrate, bill.Calibrate(c, s, cost.UsageOf(e.resources, e.estimate)), e.usage)
}

// writeCalibrated writes a file of usage that is not there yet.
func (a *app) writeCalibrated(to string, used []cost.UsedResource, u cost.Usage) error {
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return usageError{fmt.Sprintf("write the usage: %v; --calibrate takes a file that is not there yet", err)}
	}
	if err := errors.Join(cost.WriteUsage(out, used, u.Users, u.Peak), out.Close()); err != nil {
		return fmt.Errorf("write the usage to %s: %w", to, err)
	}
	a.say("Wrote %s with what was billed; `rung cost --file … --usage %s` takes it.", to, to)
	return nil
}
