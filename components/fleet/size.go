package fleet

import (
	"math"
	"regexp"
)

const (
	arm64 = "arm64"
	x86   = "x86_64"

	secondsPerMinute = 60
)

// graviton is a family with a g right behind its generation: m7g, c6gn, t4g.
var graviton = regexp.MustCompile(`^(a1|[a-z]+[0-9]+g[a-z]*)\.`)

// Architecture is the processor architecture of an instance type: arm64 for
// Graviton, x86_64 otherwise.
func Architecture(instanceType string) string {
	if graviton.MatchString(instanceType) {
		return arm64
	}
	return x86
}

// onDemandBase is how many instances are always on-demand: what is reserved,
// and never less than the minimum, so that the worst interruption, all spot
// instances at once, still leaves the minimum standing. Behind a load balancer
// that is at least one in each zone.
func (a Args) onDemandBase() int {
	base := max(a.ReservedInstances, a.MinSize)
	if len(a.TargetGroups) > 0 {
		base = max(base, a.zones())
	}
	return min(base, a.MaxSize)
}

func (a Args) zones() int {
	seen := map[string]bool{}
	for _, s := range a.Subnets {
		seen[s.Zone] = true
	}
	return len(seen)
}

// maxHealthyPercent is how far the group may grow while machines are replaced.
// 110 % is enough for ten machines; a smaller group gets room for one more,
// whatever its size, so that nothing depends on how AWS rounds.
func (a Args) maxHealthyPercent() int {
	perMachine := int(math.Ceil(100 / float64(max(1, a.MinSize))))
	return 100 + min(100, max(10, perMachine))
}

// checkpoints are the percentages at which a rollout pauses: after the canaries and at
// the end, or else after the first machine or the first quarter, at half, at the end. One
// machine has none, unless it was asked to be watched.
func (a Args) checkpoints() []int {
	first := max(a.CanaryPercent, int(math.Ceil(100/float64(max(1, a.MinSize)))))
	switch {
	case a.CanaryPercent > 0 && first < 100:
		return []int{first, 100}
	case a.MinSize == 1 && (a.CanaryPercent > 0 || a.WatchSeconds > 0):
		return []int{100}
	case a.MinSize <= 1:
		return nil
	case a.MinSize == 2:
		return []int{50, 100}
	case a.MinSize == 3:
		return []int{33, 100}
	}
	return []int{25, 50, 100}
}

// perMinute is how many requests a minute the group aims at for each machine.
func (r Requests) perMinute(maxSize int) float64 {
	if r.PerInstancePerSecond > 0 {
		return math.Max(1, math.Floor(r.PerInstancePerSecond*secondsPerMinute*DefaultCPUPercent/100))
	}
	return math.Max(1, math.Ceil(r.PeakPerSecond*secondsPerMinute/float64(maxSize)))
}

// perInstance is how many jobs may wait for each machine: as many as it
// finishes within the acceptable delay.
func (b Backlog) perInstance() float64 {
	return math.Max(1, math.Floor(b.AcceptableDelaySeconds*float64(b.JobsAtOnce)/b.SecondsPerJob))
}

// graceSeconds is how long a machine's health is not held against it: the boot
// time, and half of it again for a slow day.
func (a Args) graceSeconds() int { return a.Program.BootSeconds * 3 / 2 }
