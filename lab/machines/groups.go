package machines

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/scaling"
	"github.com/rung-dev/rung/resource/token"
)

// Group is a group of equal machines as it ought to be.
type Group struct {
	Name, Region string
	// Launch tells machines of this kind from those of before; Boot is their script.
	Launch, Boot string
	// Desired is how many there are, between Min and Max; Surge how many more while they are
	// replaced.
	Desired, Min, Max, Surge int
	// Checkpoints are the parts, in percent, after which a replacement waits for Pause: what
	// is wrong with new machines shows on some of them.
	Checkpoints []int
	Pause       time.Duration
	// Gates are the alarms whose ringing ends a replacement; none where the plan does not
	// go back by itself.
	Gates []string
	// Drain is how long a machine goes on when no balancer sends it anything new.
	Drain time.Duration
	// TargetGroups are the ARNs of the balancers' groups that its machines join.
	TargetGroups []string
	// HealthPath is what those balancers ask a machine for; empty behind none.
	HealthPath string
	// Trouble is why its machines cannot be run; those that are there stay.
	Trouble string
}

// mostDrain bounds what a plan says: requests in the lab are short, and the program
// finishes its own.
const mostDrain = 3 * time.Second

// minute is how long the lab waits where a plan waits a minute: alarms look at what was
// measured as often, and have as many looks at a checkpoint as on AWS.
const minute = scaling.Look

// Groups are the groups of a cloud. chosen are the sizes that policies have chosen, by
// the groups' names: the plan's own counts where there is none.
func Groups(c cloud.Cloud, chosen map[string]int) (all []Group) {
	for _, r := range c.All(token.AutoScalingGroup) {
		all = append(all, readGroup(c, r, chosen))
	}
	return all
}

func readGroup(c cloud.Cloud, r cloud.Resource, chosen map[string]int) Group {
	g := Group{Name: r.Str("name"), Region: r.Region, Min: max(1, r.Int("minSize")), Surge: 1,
		TargetGroups: r.Strs("targetGroupArns")} // with none at all, only waiting jobs would wake one
	g.Max = max(g.Min, r.Int("maxSize"))
	g.Desired = min(max(cmp.Or(chosen[g.Name], r.Int("desiredCapacity")), g.Min), g.Max)
	g.checkpoints(r)
	g.gates(r)
	g.readHealth(c)
	if len(g.TargetGroups) > 0 {
		g.Drain = mostDrain
	}
	at := r.Props
	for _, path := range []string{"mixedInstancesPolicy.launchTemplate.launchTemplateSpecification", "launchTemplate"} {
		if spec := r.Map(path); spec != nil {
			at = spec
			break
		}
	}
	id, version := cmp.Or(at.Str("launchTemplateId"), at.Str("id")), at.Str("version")
	template, ok := c.ByID(token.EC2LaunchTemplate, id)
	if !ok {
		g.Trouble = "its launch template " + id + " is not there"
		return g
	}
	latest := fmt.Sprint(template.Int("latestVersion"))
	if !slices.Contains([]string{latest, "$Latest", "$Default"}, version) {
		g.Trouble = fmt.Sprintf("it goes by version %s of its launch template, of which the cloud keeps only %s", version,
			latest)
		return g
	}
	script, err := scriptOf(c, template.Str("userData"))
	if err != nil {
		g.Trouble = err.Error()
		return g
	}
	sum := sha256.Sum256([]byte(script))
	g.Boot, g.Launch = script, hex.EncodeToString(sum[:8])
	return g
}

// checkpoints reads where a replacement waits.
func (g *Group) checkpoints(r cloud.Resource) {
	preferences := r.Map("instanceRefresh.preferences")
	percents, _ := preferences.Get("checkpointPercentages").([]any)
	for _, percent := range percents {
		if n, ok := percent.(float64); ok {
			g.Checkpoints = append(g.Checkpoints, int(n))
		}
	}
	if seconds, err := strconv.Atoi(preferences.Str("checkpointDelay")); err == nil {
		g.Pause = time.Duration(seconds)*minute/60 + minute // the first look has seen the new ones for a part of it
	}
}

// Step is what the machines of a group are next, given which are well. A new one is
// launched before an old one goes, so that there are never fewer that serve; under says
// that more is to come.
func Step(g Group, now []ledger.Machine, well func(ledger.Machine) bool, at time.Time) (next []ledger.Machine,
	under bool) {
	var old, fresh []ledger.Machine
	for _, m := range now {
		if m.State == ledger.Pending && well(m) {
			m.State, m.Since = ledger.InService, at.Unix()
		}
		switch {
		case m.Leaves > 0 && at.Unix() >= m.Leaves: // its capacity is gone
		case m.State == ledger.Draining && at.Sub(time.Unix(m.Since, 0)) >= g.Drain: // it ends
		case m.State == ledger.Draining:
			next, under = append(next, m), true
		case m.Leaves == 0 && (m.Launch == g.Launch || g.Trouble != ""):
			fresh = append(fresh, m)
		default:
			old = append(old, m)
		}
	}
	serving := 0
	for _, m := range append(slices.Clone(old), fresh...) {
		if m.State == ledger.InService {
			serving++
		}
	}
	old, fresh, drained := settle(g, old, fresh, serving, at)
	under = under || len(old) > 0 || len(drained) > 0 || slices.ContainsFunc(fresh, pending)
	return slices.Concat(next, old, fresh, drained), under
}

func pending(m ledger.Machine) bool { return m.State == ledger.Pending }

// settle launches what is missing, and drains what is over.
func settle(g Group, old, fresh []ledger.Machine, serving int, at time.Time) (_, _, drained []ledger.Machine) {
	most := g.Desired
	if len(old) > 0 {
		most += g.Surge
	}
	allowed := g.Desired
	if slices.ContainsFunc(old, func(m ledger.Machine) bool { return m.Leaves == 0 }) {
		allowed = g.allowed(fresh, at)
	}
	for n := 0; g.Trouble == "" && len(old)+len(fresh) < most && len(fresh) < allowed; n++ {
		fresh = append(fresh, launch(g, len(fresh)+n, at))
	}
	drain := func(list []ledger.Machine) []ledger.Machine {
		m := list[0]
		if m.State == ledger.InService {
			serving--
		}
		m.State, m.Since = ledger.Draining, at.Unix()
		drained = append(drained, m)
		return list[1:]
	}
	for len(old) > 0 && (old[0].State != ledger.InService || serving > g.Desired) {
		old = drain(old)
	}
	for len(old) == 0 && len(fresh) > g.Desired {
		fresh = drain(fresh)
	}
	return old, fresh, drained
}

// allowed is how many new machines a replacement may have by now: those up to the next
// checkpoint, until all of them have served for the pause.
func (g Group) allowed(fresh []ledger.Machine, at time.Time) int {
	serving, last := 0, int64(0)
	for _, m := range fresh {
		if m.State == ledger.InService {
			serving, last = serving+1, max(last, m.Since)
		}
	}
	for _, percent := range g.Checkpoints {
		upTo := (g.Desired*percent + 99) / 100
		if serving < upTo || upTo < g.Desired && serving == upTo && at.Sub(time.Unix(last, 0)) < g.Pause {
			return min(upTo, g.Desired)
		}
	}
	return g.Desired
}

// launch is a new machine, whose id no other has.
func launch(g Group, nth int, at time.Time) ledger.Machine {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d %d", g.Name, g.Launch, at.UnixNano(), nth))
	return ledger.Machine{ID: "i-0" + hex.EncodeToString(sum[:8]), Group: g.Name, Launch: g.Launch, Boot: g.Boot,
		State: ledger.Pending, Since: at.Unix()}
}
