package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/lab"
	"github.com/rung-dev/rung/lab/load"
	loadreport "github.com/rung-dev/rung/lab/load/report"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/stacks/ladder"
)

// loadFlags are those of a load.
type loadFlags struct {
	url, primary      string
	ca, names         string
	stage             int
	rate, from        float64
	duration          time.Duration
	people, posts     int
	seed              uint64
	metrics, replicas []string
}

// defaultLoadRate is the load of a lab, in requests a second: what two cores carry
// beside the servers.
const defaultLoadRate = 200

func (a *app) labLoadCommand() *cobra.Command {
	var f loadFlags
	c := &cobra.Command{
		Use:   "load",
		Short: "Put a stack under the load of its stage and measure it beside the seeds' figures",
		Long: `Put a stack under load and measure it: requests are due at a rate that no answer slows
down, nine of ten read, and every write that was acknowledged is read back at the end.
Latencies, failures, caches, queries and the queue are shown beside the seeds' figures.

The load is for a stack of your own on this machine. It signs people up and publishes
posts, which stay.

Exit code 0: measured, whatever the figures are; 1: the target could not be prepared.`,
		Example: `  rung lab load --url http://127.0.0.1:8080 --rate 200 --for 1m
  rung lab load --url http://127.0.0.1:8080 --from 10 --rate 500 --for 2m --output load.html`,
		Args: cobra.NoArgs,
		RunE: a.runs(func(ctx context.Context, _ []string) error { return a.labLoad(ctx, f) }),
	}
	f.register(c)
	return c
}

func (f *loadFlags) register(c *cobra.Command) {
	set := c.Flags()
	set.StringVar(&f.url, "url", "", "`URL` of the site to put under load; empty means the lab's stack")
	set.Float64Var(&f.rate, "rate", defaultLoadRate, "`number` of requests a second, at the end of a ramp")
	set.Float64Var(&f.from, "from", -1,
		"`number` of requests a second at the beginning, for a ramp; below 0 means the rate throughout")
	set.DurationVar(&f.duration, "for", time.Minute, "how long, a `duration` up to an hour")
	set.IntVar(&f.stage, "stage", 0, "take the profile of this `stage`; 0 means any, as they have the same shares")
	set.Uint64Var(&f.seed, "seed", 1, "the same `seed` sends the same requests")
	set.IntVar(&f.people, "people", 0, "`number` of people who are signed up for it; 0 means as many as the rate needs")
	set.IntVar(&f.posts, "posts", 0, "`number` of posts that are published to be read; 0 means 200")
	set.StringArrayVar(&f.metrics, "metrics", nil,
		"`address` of an app's metrics, as http://127.0.0.1:9090/metrics; repeatable")
	set.StringVar(&f.primary, "primary", "", "`URL` of the primary, to count its queries")
	set.StringArrayVar(&f.replicas, "replica", nil, "`URL` of a replica, to count its queries; repeatable")
	set.StringVar(&f.names, "dns", "",
		"`address` of the name server that knows the site, as 127.0.0.1:5353; empty means the system's")
	set.StringVar(&f.ca, "ca", "", "`file` of certificates that vouch for the site")
}

// labLoad runs a load and shows what it measured.
func (a *app) labLoad(ctx context.Context, f loadFlags) error {
	plan, err := a.loadPlan(f)
	if err != nil {
		return err
	}
	plan.Progress = func(s load.Second) {
		a.say("%4d s  %5d requests  %4d failed  P95 %.0f ms  P99 %.0f ms", s.At+1, s.Sent, s.Failed, s.Latency.P95,
			s.Latency.P99)
	}
	a.countQueries(ctx, f, &plan)
	a.say("Preparing %s, then %v requests/s for %s.", plan.Target, plan.Rate, plan.Duration)
	result, err := load.Run(ctx, plan)
	if err != nil {
		return err
	}
	if err := a.keepMeasured(f, result); err != nil {
		return err
	}
	return a.show(loadreport.New(result))
}

// countQueries lets a load of the lab's own stack count the queries of its databases, where
// no others are named. The load goes on without: they may be what is broken.
func (a *app) countQueries(ctx context.Context, f loadFlags, p *load.Plan) {
	if f.url != "" || p.Primary != "" || len(p.Replicas) > 0 {
		return
	}
	l, err := lab.Of(a.flags.dir)
	if err == nil {
		p.Primary, p.Replicas, err = l.Databases(ctx)
	}
	if err != nil {
		a.say("The queries of the databases are not counted: %v", err)
	}
}

// keepMeasured keeps what a load of the lab's own stack has shown.
func (a *app) keepMeasured(f loadFlags, r load.Result) error {
	if f.url != "" {
		return nil
	}
	l, err := lab.Of(a.flags.dir)
	if err != nil {
		return err
	}
	return l.KeepMeasured(r)
}

// loadPlan is what the flags ask for, or all that is wrong with them.
func (a *app) loadPlan(f loadFlags) (load.Plan, error) {
	p := load.Plan{Target: f.url, Rate: f.rate, From: f.from, Duration: f.duration, Seed: f.seed, People: f.people,
		Posts:   f.posts,
		Metrics: f.metrics, Primary: f.primary, Replicas: f.replicas, CA: f.ca, Names: f.names}
	var errs []error
	if f.stage != 0 {
		stage, err := ladder.Get(ladder.Number(f.stage))
		if err != nil {
			errs = append(errs, usageError{fmt.Sprintf("--stage: %v", err)})
		}
		p.Profile = load.DefaultProfile()
		p.Profile.ReadShare = stage.Traffic.ReadShare
	}
	errs = append(errs, wrongFlags(p)...)
	if f.url == "" {
		err := a.findLoadTarget(&p)
		if errors.Is(err, errIdleLab) {
			err = usageError{"--url: want the address of a site, as http://127.0.0.1:8080, or a lab that runs: " +
				"`rung up 1 --cloud lab` starts one"}
		}
		errs = append(errs, err)
	}
	return p, errors.Join(errs...)
}

// planFlags are the flags of a plan's fields.
var planFlags = strings.NewReplacer("Target", "--url", "Rate", "--rate", "From", "--from", "Duration", "--for",
	"People", "--people", "Posts", "--posts")

// wrongFlags is what is wrong with a plan, by its flags. No target is none that is wrong: the lab's
// is taken for it.
func wrongFlags(p load.Plan) (errs []error) {
	for _, w := range p.Wrong() {
		if w.Field != "Target" || p.Target != "" {
			errs = append(errs, usageError{planFlags.Replace(w.Field) + ": " + w.Text})
		}
	}
	return errs
}

// errIdleLab is a directory without a lab that serves.
var errIdleLab = usageError{"there is no lab here that runs: `rung up 1 --cloud lab` makes one, and `rung lab start` starts one " +
	"again"}

// findLoadTarget completes a plan without a target by what the lab runs, errIdleLab where none
// does: the one place where a load meets the lab.
func (a *app) findLoadTarget(p *load.Plan) error {
	l, err := lab.Of(a.flags.dir)
	if err != nil {
		return err
	}
	s, err := l.State()
	if errors.Is(err, fs.ErrNotExist) || err == nil && (!s.Runs() || len(s.Doors) == 0) {
		return errIdleLab
	}
	if err != nil {
		return err
	}
	p.Target = s.Doors[0].URL
	if len(p.Metrics) == 0 {
		p.Metrics = metricsOf(s)
	}
	return nil
}

// metricsOf are the pages of metrics of the app's processes in a lab.
func metricsOf(s state.State) []string {
	var pages []string
	for _, u := range s.Units {
		if slices.Contains(u.Ports, contract.InternalPort) {
			pages = append(pages, fmt.Sprintf("http://%s:%d%s", u.Address, contract.InternalPort, contract.MetricsPath))
		}
	}
	return pages
}
