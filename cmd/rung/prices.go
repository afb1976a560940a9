package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/cost/pricelist"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/stacks/config"
)

func (a *app) pricesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "prices",
		Short: "Show which prices estimates go by, and refresh them from AWS's list",
		Args:  cobra.NoArgs,
		RunE: a.runs(func(context.Context, []string) error {
			shown, err := prices()
			if err != nil {
				return err
			}
			return a.show(shown)
		}),
	}
	c.AddCommand(a.pricesRefreshCommand())
	return c
}

func (a *app) pricesRefreshCommand() *cobra.Command {
	var regions, services []string
	var from string
	c := &cobra.Command{
		Use:   "refresh",
		Short: "Read the prices anew from AWS's public Price List",
		Long: `Read the prices anew from AWS's public Price List, which asks for no account,
and write them to a file of your own, which all estimates then go by. What the
list does not tell for certain stays as it is and is named with the reason.
Nothing is written when a file of the list cannot be read.

EC2's file has about half a gigabyte for each region, of which the first half is
read; --service leaves it out. RUNG_PRICES names another file for the prices, or
"none" for those that came with rung.`,
		Example: `  rung prices refresh --regions us-east-1,eu-west-1
  rung prices refresh --service RDS --service ALB`,
		Args: cobra.NoArgs,
		RunE: a.runs(func(ctx context.Context, _ []string) error {
			o := pricelist.Options{Regions: regions, From: from, Progress: func(file string) { a.say("Reading %s …", file) }}
			for _, s := range services {
				o.Services = append(o.Services, cost.Service(s))
			}
			return a.refreshPrices(ctx, o)
		}),
	}
	c.Flags().StringSliceVar(&regions, "regions", []string{cost.HomeRegion},
		"`regions` whose prices to read; those of no region are always read")
	c.Flags().StringArrayVar(&services, "service", nil,
		"read this `service` only, as prices name it (RDS, ALB); repeatable")
	c.Flags().StringVar(&from, "from", pricelist.Home, "`address` of the list, of a mirror say")
	return c
}

func (a *app) refreshPrices(ctx context.Context, o pricelist.Options) error {
	catalogue, err := cost.LoadUser()
	if err != nil {
		return err
	}
	if err := checkPriceOptions(catalogue, o); err != nil {
		return err
	}
	found, err := pricelist.Refresh(ctx, catalogue, o)
	if err != nil {
		return err
	}
	if len(found.Changes) > 0 {
		if _, err := cost.SaveUser(found.Prices()); err != nil {
			return err
		}
	}
	shown, err := prices()
	if err != nil {
		return err
	}
	shown.Refresh = view.NewRefresh(found)
	return a.show(shown)
}

// checkPriceOptions reports every region and service that does not exist.
func checkPriceOptions(c *cost.Catalogue, o pricelist.Options) error {
	var errs []error
	for _, r := range o.Regions {
		if !slices.Contains(config.Regions(), r) {
			errs = append(errs, usageError{fmt.Sprintf("--regions: got %q, want regions such as %s%s", r, cost.HomeRegion,
				didYouMean(r, config.Regions(), ""))})
		}
	}
	var known []string
	for _, k := range c.Keys() {
		if s := string(k.Service); !slices.Contains(known, s) {
			known = append(known, s)
		}
	}
	for _, s := range o.Services {
		if !slices.Contains(known, string(s)) {
			errs = append(errs, usageError{fmt.Sprintf("--service: got %q, want one of %s%s", s, strings.Join(known, ", "),
				didYouMean(string(s), known, ""))})
		}
	}
	return errors.Join(errs...)
}

// prices says which prices are in use.
func prices() (view.Prices, error) {
	builtIn, err := cost.Load()
	if err != nil {
		return view.Prices{}, err
	}
	c, err := cost.LoadUser()
	if err != nil {
		return view.Prices{}, err
	}
	out := view.Prices{BuiltIn: builtIn.Len(), BuiltInAsOf: builtIn.AsOf()}
	out.Own, out.File, out.OwnAsOf = c.Own()
	return out, nil
}
