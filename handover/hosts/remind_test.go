package hosts_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
)

// A move that keeps a log is reminded of from the moment its slot was made until it is
// over; one that has only looked is not.
func TestAForgottenSlotIsRemindedOf(t *testing.T) {
	root, now := t.TempDir(), time.Now()
	journal, err := handover.OpenJournal(hosts.Dir(root, "shop"))
	require.NoError(t, err)
	journal.Now = func() time.Time { return now.Add(-50 * time.Hour) }
	note := func(e handover.Entry) {
		_, err := journal.Append(e)
		require.NoError(t, err)
	}
	reminders := func() []string {
		all, err := hosts.Reminders(root, now)
		require.NoError(t, err)
		return all
	}
	note(handover.Entry{Command: hosts.CommandStart, Step: "schema", Event: handover.EventDid})
	assert.Empty(t, reminders())
	note(handover.Entry{Command: hosts.CommandStart, Step: "slot", Event: handover.EventDid})
	if all := reminders(); assert.Len(t, all, 1) {
		assert.Contains(t, all[0], `"shop" keeps a server's log, since 50h0m0s ago`)
		assert.Contains(t, all[0], "rung handover finish --name shop")
	}
	note(handover.Entry{Command: hosts.CommandFinish, Event: handover.EventEnded})
	assert.Empty(t, reminders())
	require.NoError(t, journal.Close())
}
