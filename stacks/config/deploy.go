package config

// Deploy is how a release comes to the machines of fleets.
type Deploy struct {
	// CanaryPercent is the share of a fleet's machines that take it first; zero leaves
	// it to the size of the fleet.
	CanaryPercent int
	// BakeSeconds is how long it is watched after them, and again when all have it; zero
	// means the fleet's default.
	BakeSeconds int
	// Ungated lets no alarm take new machines back.
	Ungated bool
}

const (
	// MostCanaryPercent is where some machines still wait.
	MostCanaryPercent = 99
	// LeastBakeSeconds is one look of an alarm, and MostBakeSeconds a working day: two
	// of them and the machines' own time end within a day.
	LeastBakeSeconds, MostBakeSeconds = 60, 8 * 3_600
)

func deployKeys() []Key {
	return []Key{
		key("deploy.canaryPercent", "share of a fleet's machines that take a release first, while the alarms watch, in "+
			"percent; without it one machine or a quarter, and then half (rung deploy --canary)", nothing,
			whole(1, MostCanaryPercent, func(c *Config, v int) { c.Deploy.CanaryPercent = v })),
		key("deploy.bakeSeconds", "how long the alarms watch a release after its first machines, and again at the end, in "+
			"seconds; without it 300 (rung deploy --bake)", nothing,
			whole(LeastBakeSeconds, MostBakeSeconds, func(c *Config, v int) { c.Deploy.BakeSeconds = v })),
		key("deploy.ungated", "let no alarm take new machines back: for the moment in which the writes move, whose refusals "+
			"the alarms count (rung failover region sets it, and takes it back)", always("false"),
			flag(func(c *Config, v bool) { c.Deploy.Ungated = v })),
	}
}

// checkDeploy is about releases to what has no fleet.
func checkDeploy(c Config, add report) {
	const alone = "stages 1 and 2 have one machine, which takes a release as a whole and goes back by itself where it " +
		"is not well: leave it out below stage 3"
	if c.Stage < 3 && c.Deploy.CanaryPercent > 0 {
		add("deploy.canaryPercent", alone)
	}
	if c.Stage < 3 && c.Deploy.BakeSeconds > 0 {
		add("deploy.bakeSeconds", alone)
	}
}
