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

// A replacement waits at its checkpoints until the new machines have served for a while,
// and has its old ones until then.
func TestReplacementsWaitAtCheckpoints(t *testing.T) {
	g := Group{Launch: "2", Desired: 4, Surge: 1, Checkpoints: []int{50, 100}, Pause: 5 * time.Second}
	var now []ledger.Machine
	for _, id := range []string{"a", "b", "c", "d"} {
		now = append(now, ledger.Machine{ID: id, Launch: "1", State: ledger.InService})
	}
	var reached time.Time
	for at := time.Unix(1000, 0); ; at = at.Add(time.Second) {
		now, _ = Step(g, now, func(ledger.Machine) bool { return true }, at)
		fresh := 0
		for _, m := range now {
			if m.Launch == "2" {
				fresh++
			}
		}
		if fresh == 2 && reached.IsZero() {
			reached = at
		}
		if fresh > 2 {
			assert.GreaterOrEqual(t, at.Sub(reached), g.Pause)
			break
		}
		require.Less(t, at.Unix(), int64(1100), "it never goes on")
	}
	assert.Equal(t, map[string]int{"2": 4}, launches(life(t, g, now, true)))
}

func launches(all []ledger.Machine) map[string]int {
	count := map[string]int{}
	for _, m := range all {
		count[m.Launch]++
	}
	return count
}

// A machine whose capacity is taken back is replaced before it goes, without a pause; and
// it goes when its time is up, whatever has come in its place.
func TestNoticedMachinesAreReplacedFirst(t *testing.T) {
	at := time.Unix(1000, 0)
	g := Group{Launch: "1", Desired: 2, Surge: 1, Drain: 3 * time.Second, Checkpoints: []int{50}, Pause: time.Hour}
	now := []ledger.Machine{{ID: "a", Launch: "1", State: ledger.InService, Leaves: at.Unix() + 120},
		{ID: "b", Launch: "1", State: ledger.InService}}
	next, under := Step(g, now, func(ledger.Machine) bool { return false }, at)
	require.True(t, under)
	require.Len(t, next, 3)
	assert.Equal(t, 2, serving(next), "it serves until another does")
	after := life(t, g, now, true)
	require.Len(t, after, 2)
	for _, m := range after {
		assert.NotEqual(t, "a", m.ID)
	}
	late, _ := Step(g, now, func(ledger.Machine) bool { return false }, at.Add(2*time.Minute))
	for _, m := range late {
		assert.NotEqual(t, "a", m.ID, "its time is up")
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
