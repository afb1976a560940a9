package machines

import (
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
// alarms with what they say, before is what was refused the last time; why is empty where
// nothing is.
func (g Group) Gated(now []ledger.Machine, ringing map[string]string, before ledger.Refusal) (_ Group,
	refused ledger.Refusal, why string) {
	back := slices.IndexFunc(now, func(m ledger.Machine) bool {
		return m.Launch != g.Launch && m.State == ledger.InService
	})
	if back < 0 || g.Trouble != "" { // there is nothing to go back to, or to refuse
		return g, ledger.Refusal{}, ""
	}
	if refused = before; before.Launch != g.Launch {
		refused = ledger.Refusal{Launch: g.Launch, Alarm: g.rings(now, ringing)}
	}
	if refused.Alarm == "" {
		return g, ledger.Refusal{}, ""
	}
	why = "its new machines were taken back, and those of before serve: the alarm " + refused.Alarm + " rang"
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
