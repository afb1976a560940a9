package machines

import (
	"fmt"
	"slices"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
)

// gates reads which alarms end a replacement, where the plan wants the machines of before
// back then.
func (g *Group) gates(r cloud.Resource) {
	preferences := r.Map("instanceRefresh.preferences")
	if preferences.Bool("autoRollback") {
		g.Gates = preferences.Strs("alarmSpecification.alarms")
	}
}

// Gated is the group with what its gates make of it. While machines of another kind serve
// beside those of before and one of the group's alarms rings, what it launches is refused:
// the group has machines of before again, until the plan says another thing. ringing are
// alarms with what they say, before is what was refused the last time, empty for nothing,
// and so is refused.
func (g Group) Gated(now []ledger.Machine, ringing map[string]string, before string) (_ Group, refused, why string) {
	back := slices.IndexFunc(now, func(m ledger.Machine) bool {
		return m.Launch != g.Launch && m.State == ledger.InService
	})
	if back < 0 || g.Trouble != "" { // there is nothing to go back to, or to refuse
		return g, "", ""
	}
	why = "its new machines were taken back, and those of before serve"
	if before != g.Launch {
		name := g.rings(now, ringing)
		if name == "" {
			return g, "", ""
		}
		why = fmt.Sprintf("%s: the alarm %s rang", why, name)
	}
	refused = g.Launch
	g.Launch, g.Boot, g.Checkpoints = now[back].Launch, now[back].Boot, nil
	return g, refused, why
}

// rings is an alarm of the group's that rings while new machines serve; empty for none.
func (g Group) rings(now []ledger.Machine, ringing map[string]string) string {
	if !slices.ContainsFunc(now, func(m ledger.Machine) bool {
		return m.Launch == g.Launch && m.State == ledger.InService
	}) {
		return ""
	}
	for _, name := range g.Gates {
		if _, is := ringing[name]; is {
			return name
		}
	}
	return ""
}
