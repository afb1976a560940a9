package machines

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/ledger"
)

// A replacement goes on until an alarm of its group rings while a new machine serves; then
// the machines of before are all that is left, and stay so until something else is planned.
func TestAnAlarmTakesNewMachinesBack(t *testing.T) {
	g := Group{Launch: "2", Boot: "new", Desired: 2, Surge: 1, Gates: []string{"errors"}, Checkpoints: []int{50}}
	now := []ledger.Machine{{ID: "a", Launch: "1", Boot: "old", State: ledger.InService},
		{ID: "b", Launch: "1", Boot: "old", State: ledger.InService}}
	rings := map[string]string{"errors": "", "other": ""}
	step := func(g Group) {
		now, _ = Step(g, now, func(ledger.Machine) bool { return true }, time.Unix(1000, 0))
	}
	gated, refused, _ := g.Gated(now, rings, ledger.Refusal{})
	assert.Equal(t, g, gated, "no new machine has served yet")
	assert.Empty(t, refused)
	for range 3 {
		step(g)
	}
	require.Contains(t, launches(now), "2")
	gated, refused, _ = g.Gated(now, map[string]string{"other": ""}, ledger.Refusal{})
	assert.Equal(t, "2", gated.Launch, "another alarm is no gate")
	assert.Empty(t, refused)

	gated, refused, why := g.Gated(now, rings, ledger.Refusal{})
	assert.Equal(t, []string{"1", "old"}, []string{gated.Launch, gated.Boot})
	assert.Equal(t, ledger.Refusal{Launch: "2", Alarm: "errors"}, refused)
	assert.Contains(t, why, "the alarm errors rang")
	for range 100 {
		gated, refused, why = g.Gated(now, nil, refused)
		assert.Equal(t, "2", refused.Launch, "it stays refused when the alarm is silent again")
		assert.Contains(t, why, "the alarm errors rang", "and why")
		step(gated)
		assert.GreaterOrEqual(t, serving(now), 1)
	}
	assert.Equal(t, map[string]int{"1": 2}, launches(now))

	other := g
	other.Launch = "3"
	_, refused, _ = other.Gated(now, nil, refused)
	assert.Empty(t, refused, "what is planned next may be tried")
	back := g
	back.Launch = "1"
	_, refused, _ = back.Gated(now, rings, ledger.Refusal{Launch: "2", Alarm: "errors"})
	assert.Empty(t, refused, "as may what runs")
}
