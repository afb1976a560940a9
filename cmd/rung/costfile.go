package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/spf13/pflag"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/region"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// costFile is a stack in a file with what is said of it besides.
type costFile struct {
	path, before, usage, region string
	users                       int
	peak                        float64
	discounts                   []string
}

// given reports whether anything is said that only a file takes.
func (f costFile) given() bool {
	return f.before != "" || f.usage != "" || f.region != "" || f.users != 0 || f.peak != 0
}

func (f *costFile) flags(set *pflag.FlagSet) { f.flagsAs(set, "file") }

// flagsAs are the flags where the file of the stack is called otherwise.
func (f *costFile) flagsAs(set *pflag.FlagSet, file string) {
	set.StringVar(&f.path, file, "",
		"the stack in this `file`: a \"pulumi stack export\" or a \"pulumi preview --json\"; \"-\" is the standard input")
	set.StringVar(&f.usage, "usage", "",
		"`file` of what the stack uses, as rung usage init writes it, or a usage file of Infracost's")
	set.StringVar(&f.region, "region", "", "`region` of resources that do not say where they are")
	set.IntVar(&f.users, "users", 0, "`number` of registered users, for what is paid by use")
	set.Float64Var(&f.peak, "peak", 0, "`number` of requests per second at the peak, for what is paid by use")
}

// discountFlag is for what is told at the prices that somebody pays.
func (f *costFile) discountFlag(set *pflag.FlagSet) {
	set.StringArrayVar(&f.discounts, "discount", nil,
		"`share` that you pay less than the list: 12%, or EC2=20% for a service; repeatable")
}

// discounted is an estimator with the discounts of the flags.
func (f costFile) discounted(c *cost.Catalogue, e *cost.Estimator) (*cost.Estimator, error) {
	d, err := c.Discounts(f.discounts)
	if err != nil {
		return nil, usageError{"--discount: " + err.Error()}
	}
	return e.Discounted(d), nil
}

// elsewhere are AWS's regions for the government of the United States and those in
// China, in which rung makes no stage but others have stacks.
var elsewhere = []string{"us-gov-east-1", "us-gov-west-1", "cn-north-1", "cn-northwest-1"}

// check reports every wrong value at once.
func (f costFile) check() error {
	var errs []error
	if f.users < 0 {
		errs = append(errs, usageError{fmt.Sprintf("--users: got %d, want a number of zero or more", f.users)})
	}
	if f.peak < 0 {
		errs = append(errs, usageError{fmt.Sprintf("--peak: got %g, want a number of zero or more", f.peak)})
	}
	_, known := region.Get(f.region)
	if f.region != "" && !known && !slices.Contains(elsewhere, f.region) {
		errs = append(errs, usageError{fmt.Sprintf("--region: got %q, want a region such as %s%s", f.region, cost.HomeRegion,
			didYouMean(f.region, config.Regions(), ""))})
	}
	return errors.Join(errs...)
}

// fileKeys are the settings that mean something for a stack in a file.
var fileKeys = []string{"users", "peakRequestsPerSecond", "budget", "reservedInstances"}

// fileSettings reads --set for a stack in a file. The values are checked as those of
// a stage are; another key would have no effect and is refused.
func (a *app) fileSettings() (config.Config, error) {
	set, err := parseSet(a.flags.set)
	if err != nil {
		return config.Config{}, err
	}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if !slices.Contains(fileKeys, key) {
			return config.Config{}, usageError{fmt.Sprintf("--set %s has no effect on a stack in a file, which takes %s; "+
				"what it is made of stands in the file", key, strings.Join(fileKeys, ", "))}
		}
	}
	_, bounded := set["budget"]
	set["stage"] = "1"
	c, err := config.Parse(set)
	if !bounded { // the stage's own is no budget of somebody else's stack
		c.Budget = decimal.Zero
	}
	return c, err
}

// pricedFile is a stack of a file with both its estimates.
type pricedFile struct {
	name          string
	stack         cost.Stack
	stage         ladder.Number
	options       cost.Options
	budget        decimal.Decimal // zero for none
	before, after cost.Estimate
}

// priceFile reads a stack and prices it, before and after.
func (a *app) priceFile(f costFile) (pricedFile, error) {
	if err := f.check(); err != nil {
		return pricedFile{}, err
	}
	set, err := a.fileSettings()
	if err != nil {
		return pricedFile{}, err
	}
	p := pricedFile{name: f.path, budget: set.Budget}
	if p.stack, err = f.stack(); err != nil {
		return pricedFile{}, usageError{err.Error()}
	}
	p.stage = stageOf(p.stack.After)
	if found, err := ladder.Get(p.stage); err == nil {
		p.options.Traffic = found.Traffic
	}
	p.options.Region, p.options.Reserved = f.region, set.ReservedInstances
	p.options.RegionUnknown = f.region == "" && p.stack.Regionless() > 0
	if err := f.useInto(&p, set); err != nil {
		return pricedFile{}, err
	}
	catalogue, err := cost.LoadUser()
	if err != nil {
		return pricedFile{}, err
	}
	e, err := f.discounted(catalogue, cost.NewEstimator(catalogue, p.options))
	if err != nil {
		return pricedFile{}, err
	}
	p.after = e.Estimate(p.stack.After)
	if p.stack.Change {
		p.before = e.Estimate(p.stack.Before)
	}
	return p, nil
}

// stack reads the file, and the one before it.
func (f costFile) stack() (cost.Stack, error) {
	s, err := cost.ReadStackFile(f.path)
	if err != nil || f.before == "" {
		return s, err
	}
	before, err := cost.ReadStackFile(f.before)
	s.Before, s.Change = before.After, true
	return s, err
}

// useInto reads the usage of a stack: from the file of usage, then from the settings,
// then from the flags, the last of which wins.
func (f costFile) useInto(p *pricedFile, set config.Config) error {
	var u cost.Usage
	if f.usage != "" {
		in, err := os.Open(f.usage)
		if err != nil {
			return usageError{"read the usage: " + err.Error()}
		}
		defer in.Close()
		if u, err = cost.ReadUsage(in); err != nil {
			return usageError{fmt.Sprintf("read the usage from %s: %v", f.usage, err)}
		}
		if no := u.Unmatched(p.stack.After); len(no) > 0 {
			return usageError{fmt.Sprintf("the usage in %s says something of what the stack does not have: %s; `rung usage init --file %s` "+
				"writes what it takes", f.usage, strings.Join(no, ", "), f.path)}
		}
	}
	for _, users := range []int{set.Users, f.users} {
		if users > 0 {
			u.Users = users
		}
	}
	for _, peak := range []float64{set.PeakRequestsPerSecond, f.peak} {
		if peak > 0 {
			u.Peak = peak
		}
	}
	p.options.Usage = u
	return nil
}

// bill is what the stack costs, or what its change does.
func (p pricedFile) bill() preview.Bill {
	b := preview.NewBill(p.name, p.after, p.stage, p.options.Traffic, p.budget)
	if p.stack.Change {
		b = b.Since(p.before, p.after)
	}
	b.Partial = p.stack.Failed
	return b
}

// stageOf is the stage that the resources are tagged with, 0 for none.
func stageOf(resources []cost.Resource) ladder.Number {
	highest := ladder.Number(0)
	for _, r := range resources {
		highest = max(highest, preview.StageOf(r.Props))
	}
	return highest
}
