package breaks

import (
	"slices"
	"time"

	"github.com/rung-dev/rung/stacks/ladder"
)

// Expect is what a failure may cost.
type Expect struct {
	// Failing is how long requests may fail; zero is not at all.
	Failing time.Duration
	// Because says why, for who reads the table.
	Because string
}

// Step is a failure of a drill with what it may cost.
type Step struct {
	Break
	Expect Expect
}

// How long what AWS does takes, which the lab does as fast as it can: a drill
// allows what AWS allows itself.
const (
	// databaseFailover is RDS's own word for a Multi-AZ instance: "typically
	// 60–120 seconds".
	databaseFailover = 120 * time.Second
	// notice is what three health checks take of every five seconds, each with
	// two seconds for an answer (the ladder's): a machine that stands still is
	// sent requests until then.
	notice = 3*5*time.Second + 2*time.Second
	// restart is a single server's way back: nothing else can serve.
	restart = 2 * time.Minute
)

// Drill is the failures of a stage, in the order in which they are best tried:
// small ones first.
func Drill(stage ladder.Number) []Step {
	if stage <= 2 {
		return []Step{
			{Break{What: Cache, How: Kill}, Expect{0, "the database answers while the cache is away"}},
			{Break{What: Machine, How: Kill}, Expect{restart, "one server: nobody else can serve"}},
			{Break{What: Primary, How: Kill}, Expect{restart, "one database, without a standby"}},
			{Break{What: Primary, How: FillDisk}, Expect{restart, "nothing can be written; reads go on"}},
		}
	}
	steps := []Step{
		{Break{What: Consumer, How: Kill}, Expect{0, "another worker takes its jobs"}},
		{Break{What: Replica, How: Kill}, Expect{0, "the primary answers reads"}},
		{Break{What: Replica, How: Pause}, Expect{notice, "it holds its connections until it is left out"}},
		{Break{What: Cache, How: Kill}, Expect{0, "the database answers, then the cache's replica"}},
		{Break{What: Machine, How: Kill}, Expect{0, "the balancer sends requests to the others"}},
		{Break{What: Machine, How: Notice}, Expect{0, "another takes its place before it goes"}},
		{Break{What: Machine, How: Pause}, Expect{notice, "the balancer needs three failed checks"}},
		{Break{What: Machine, How: Slow}, Expect{0, "it is slow, not wrong"}},
		{Break{What: Primary, How: Kill}, Expect{databaseFailover, "writes wait for the standby"}},
		{Break{What: Primary, How: FillDisk}, Expect{databaseFailover, "nothing can be written; reads go on"}},
		{Break{What: Zone, How: CutOff}, Expect{databaseFailover, "the primary may be in it"}},
	}
	if stage >= 5 {
		steps = append(steps, Step{Break{What: Region, How: CutOff}, Expect{databaseFailover,
			"names lead to the other region"}})
	}
	return slices.Clip(steps)
}

// beside are failures that no drill has, because next to nothing happens: what these keep
// on their disk is for a moment, and may be done again.
var beside = []Step{
	{Break{What: Machine, How: FillDisk}, Expect{0, "pages need no room; a picture that is sent does"}},
	{Break{What: Consumer, How: FillDisk}, Expect{0, "a job that needs room is tried again"}},
	{Break{What: Replica, How: FillDisk}, Expect{0, "it answers with what it has, or the primary does"}},
	{Break{What: Cache, How: FillDisk}, Expect{0, "its keys are in memory"}},
}

// Usual is what a failure may cost a system that consists of some units, by the drill
// of the stage that has such.
func Usual(units []Unit, b Break) Expect {
	stage := ladder.Number(1)
	if slices.ContainsFunc(units, func(u Unit) bool { return u.Role == RoleReplica || u.Role == RoleWorker }) {
		stage = ladder.Last
	}
	for _, s := range append(Drill(stage), beside...) {
		if s.What == b.What && s.How == b.How {
			return s.Expect
		}
	}
	return Expect{databaseFailover, "no drill has it"}
}
