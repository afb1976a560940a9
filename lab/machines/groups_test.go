package machines

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/ledger"
)

// life lets a group run until nothing more is to come, all machines being well as soon
// as they are launched or never, and demands what must hold at each moment.
func life(t *testing.T, g Group, now []ledger.Machine, well bool) []ledger.Machine {
	t.Helper()
	at := time.Unix(1000, 0)
	before := serving(now)
	for range 100 {
		next, under := Step(g, now, func(ledger.Machine) bool { return well }, at)
		assert.GreaterOrEqual(t, serving(next), min(before, g.Desired), "a machine serves until another does")
		assert.LessOrEqual(t, len(next), max(len(now), g.Desired+g.Surge+len(now)))
		now, at = next, at.Add(time.Second)
		if !under {
			return now
		}
	}
	require.False(t, well, "it comes to an end")
	return now
}

func serving(all []ledger.Machine) (n int) {
	for _, m := range all {
		if m.State == ledger.InService {
			n++
		}
	}
	return n
}

func TestGroupsComeToWhatTheyOughtToBe(t *testing.T) {
	machines := func(launch string, n int) (all []ledger.Machine) {
		for i := range n {
			all = append(all, ledger.Machine{ID: launch + string(rune('a'+i)), Launch: launch, State: ledger.InService})
		}
		return all
	}
	for name, tt := range map[string]struct {
		group Group
		now   []ledger.Machine
		dead  bool
		want  map[string]int // machines in service, by launch
	}{
		"a new group":                                  {group: Group{Launch: "1", Desired: 2, Surge: 1}, want: map[string]int{"1": 2}},
		"one that is as it ought":                      {group: Group{Launch: "1", Desired: 2, Surge: 1}, now: machines("1", 2), want: map[string]int{"1": 2}},
		"another launch replaces":                      {group: Group{Launch: "2", Desired: 3, Surge: 1, Drain: 3 * time.Second}, now: machines("1", 3), want: map[string]int{"2": 3}},
		"more are wanted":                              {group: Group{Launch: "1", Desired: 4, Surge: 1}, now: machines("1", 2), want: map[string]int{"1": 4}},
		"fewer are wanted":                             {group: Group{Launch: "1", Desired: 1, Surge: 1, Drain: time.Second}, now: machines("1", 3), want: map[string]int{"1": 1}},
		"fewer, and of another kind":                   {group: Group{Launch: "2", Desired: 1, Surge: 1}, now: machines("1", 3), want: map[string]int{"2": 1}},
		"new ones that never serve replace none":       {group: Group{Launch: "2", Desired: 2, Surge: 1}, now: machines("1", 2), dead: true, want: map[string]int{"1": 2}},
		"what cannot be launched leaves what there is": {group: Group{Trouble: "no template", Desired: 3, Surge: 1}, now: machines("1", 2), want: map[string]int{"1": 2}},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[string]int{}
			for _, m := range life(t, tt.group, tt.now, !tt.dead) {
				if m.State == ledger.InService {
					got[m.Launch]++
				}
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestLaunchedMachinesHaveIDsOfTheirOwn(t *testing.T) {
	all, _ := Step(Group{Launch: "1", Desired: 20}, nil, func(ledger.Machine) bool { return false }, time.Unix(1, 0))
	ids := map[string]bool{}
	for _, m := range all {
		ids[m.ID] = true
	}
	assert.Len(t, ids, 20)
}
