package stacks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/climb"
	"github.com/rung-dev/rung/components/dashboard"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/stacks/ladder"
)

// addClimb watches the limits that end the rung.
func (c *cell) addClimb() (err error) {
	if err := c.needs("watch the limits",
		hasAlerts, hasServer, hasBalancer, hasWeb, hasWorkers, hasQueue, hasCache, hasDatabase, hasShards, hasFleets,
		hasSLO, hasStores); err != nil {
		return err
	}
	args := climb.Args{Common: c.common}
	known := c.alarmNames()
	names := slices.Sorted(maps.Keys(known))
	for _, s := range signals(c.cfg) {
		if s.firewall {
			continue // the firewall's own alarm, which lives where it does
		}
		if s.limit != nil {
			args.Limits = append(args.Limits, c.climbLimits(s)...)
			continue
		}
		signal := climb.Signal{Name: s.name, Near: s.near, Next: s.next}
		for _, group := range s.groups(names) {
			signal.Any = append(signal.Any, pick(known, group))
		}
		if len(signal.Any) > 0 {
			args.Signals = append(args.Signals, signal)
		}
	}
	c.climb, err = climb.New(c.ctx, c.name("climb"), args, c.in())
	return err
}

func pick(known map[string]pulumi.StringOutput, names []string) pulumi.StringArray {
	list := make(pulumi.StringArray, len(names))
	for i, name := range names {
		list[i] = known[name]
	}
	return list
}

// climbLimits is the limit of a signal, where the cell has what it measures: only
// where the writes are is there a primary.
func (c *cell) climbLimits(s signal) []climb.Limit {
	l := climb.Limit{Name: s.name, What: s.limit.what, At: s.limit.at, PerSecond: s.limit.perSecond, Next: s.next}
	switch {
	case s.limit.metric == metricWrites && !c.writes():
		return nil
	case s.limit.metric == metricWrites:
		l.Metric = c.database.Writes()
	case c.cfg.Stage < 3 && c.server.Requests.Name == "":
		return nil // somebody's app counts none
	case c.cfg.Stage < 3:
		l.Metric = c.server.Requests
	default:
		l.Metric = part.Metric{Namespace: "AWS/ApplicationELB", Name: "RequestCount",
			Dimensions: pulumi.StringMap{"LoadBalancer": c.balancer.ARNSuffix}}
	}
	return []climb.Limit{l}
}

// writes is true for the cell whose databases take the writes.
func (c *cell) writes() bool { return c.region == c.cfg.WriteRegion() }

// alarmNames are the physical names of the cell's alarms, by component/alarm.
// Databases that follow another are left out: they hold no more than it does.
func (c *cell) alarmNames() map[string]pulumi.StringOutput {
	known := map[string]pulumi.StringOutput{}
	add := func(component string, names alarms.Names) {
		for name, physical := range names {
			known[component+"/"+name] = physical
		}
	}
	if c.server != nil {
		add("server", c.server.Alarms)
	}
	if c.database == nil {
		return known
	}
	add("loadbalancer", c.balancer.Alarms)
	add("web", c.web.Alarms)
	if c.workers != nil {
		add("workers", c.workers.Alarms)
	}
	add("jobs", c.jobs.Alarms)
	add("cache", c.cache.Alarms)
	if c.writes() {
		for i, s := range append([]*store{c.database}, c.shards...) {
			add(shardName(i+1), s.Alarms)
		}
	}
	if c.cfg.Stage >= 4 {
		c.serviceAlarms(add)
	}
	return known
}

func (c *cell) serviceAlarms(add func(string, alarms.Names)) {
	for _, one := range served(c.cfg) {
		add(one.name, c.services.fleets[one.route.Name].Alarms)
	}
	add("slo", c.services.slo.Alarms)
	if !c.writes() {
		return
	}
	for _, own := range c.services.stores {
		add(own.name, own.Alarms)
	}
}

// climbGroup shows on the dashboard which limit is near, and where the way goes.
func (c *cell) climbGroup() dashboard.Group {
	return dashboard.Group{Title: "Time to climb", Text: climbText(c.cfg.Stage), Alarms: c.climb.ARNs}
}

// climbText says in Markdown where the stack stands on the ladder.
func climbText(n ladder.Number) string {
	stage, err := ladder.Get(n)
	if err != nil { // the configuration lets no such stage through
		return ""
	}
	lines := []string{
		fmt.Sprintf("**Stage %d, %s:** for up to %d users and %d requests a second at the peak. Outgrown when %s.",
			n, stage.Name, stage.Users, stage.PeakRequestsPerSecond, stage.Until),
	}
	if next, err := ladder.Get(n + 1); err == nil {
		lines = append(lines, fmt.Sprintf("**Stage %d, %s,** adds: %s.", next.Number, next.Name, next.Adds))
	}
	return strings.Join(append(lines,
		"An alarm here says which limit is near, and what to do; `rung diff` shows what a climb changes and costs."), "\n\n")
}
