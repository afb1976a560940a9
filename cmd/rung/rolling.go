package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/rung-dev/rung/stacks/config"
)

const (
	// defaultPatience is what a fleet takes that is replaced in steps with pauses.
	defaultPatience = 90 * time.Minute
	mostPatience    = 24 * time.Hour
	// mostStops is how often a rollout stops to be watched.
	mostStops = 3
)

func checkPatience(patience time.Duration) error {
	if patience < time.Second || patience > mostPatience {
		return usageError{fmt.Sprintf("--patience: got %v, want 1s to %v", patience, mostPatience)}
	}
	return nil
}

// rolling is how a release is to come to the machines. What was not asked for stays as
// the stack has it.
type rolling struct {
	patience, bake time.Duration
	canary         int
	asked          func(flag string) bool
}

// check reports every wrong flag.
func (r rolling) check() error {
	var errs []error
	if r.asked("canary") && (r.canary < 1 || r.canary > config.MostCanaryPercent) {
		errs = append(errs, usageError{fmt.Sprintf("--canary: got %d, want 1 to %d percent of a fleet's machines, as in "+
			"--canary 10", r.canary, config.MostCanaryPercent)})
	}
	least, most := config.LeastBakeSeconds*time.Second, config.MostBakeSeconds*time.Second
	if r.asked("bake") && (r.bake < least || r.bake > most || r.bake%time.Second != 0) {
		errs = append(errs, usageError{fmt.Sprintf("--bake: got %v, want whole seconds, %v to %v, as in --bake 15m", r.bake,
			least, most)})
	}
	return errors.Join(errs...)
}

// settings are the flags as settings of the stack.
func (r rolling) settings() (set []string) {
	if r.asked("canary") {
		set = append(set, fmt.Sprintf("deploy.canaryPercent=%d", r.canary))
	}
	if r.asked("bake") {
		set = append(set, fmt.Sprintf("deploy.bakeSeconds=%d", int(r.bake.Seconds())))
	}
	return set
}

// enough is the patience that lets the stops of a rollout pass: a release that is given up
// while it is watched would go back for nothing.
func (d *day) enough(patience time.Duration) (time.Duration, error) {
	watched := mostStops * time.Duration(d.config.Deploy.BakeSeconds) * time.Second
	switch {
	case patience == defaultPatience:
		return patience + watched, nil
	case patience < watched:
		return 0, usageError{fmt.Sprintf("--patience: got %v, and the version is watched for %v in all "+
			"(rung:deploy.bakeSeconds, at up to %d stops): want more than that, or a shorter --bake", patience, watched,
			mostStops)}
	}
	return patience, nil
}
