package hosts

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/postgres"
)

func TestNobodyLeadsTheApplication(t *testing.T) {
	for name, tt := range map[string]struct {
		edge edge.Config
		want bool
	}{
		"the database alone": {edge.Config{}, true},
		"a pause alone":      {edge.Config{PauseFile: "/pause", OnPause: "x"}, true},
		"a file":             {edge.Config{URLFile: "/url"}, false},
		"PgBouncer":          {edge.Config{PgBouncer: "postgres://x"}, false},
		"a command":          {edge.Config{OnSwitch: "x"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			all := Spec{Edge: tt.edge}.judge(postgres.Survey{}, postgres.Survey{})
			assert.Equal(t, tt.want, slices.ContainsFunc(all, func(f postgres.Finding) bool { return f.Name == "not-led" }))
		})
	}
}

func TestCheckNamesEveryFlag(t *testing.T) {
	err := Spec{Name: "Not A Name", From: "mysql://x", FromRedis: "redis://x", FromFiles: "/x", MaxPause: 1, Margin: -1,
		Accept: []string{"everything"}, Tables: []string{"a", "public.a", "pg_catalog.pg_class", "x\"y", ""}}.Check()
	for _, flag := range []string{"--name", "--from:", "--to:", "--from-redis", "--from-files", "--max-pause", "--margin",
		"--accept", `"public.a" twice`, `"pg_catalog.pg_class"`, `x\"y`, `got ""`} {
		assert.ErrorContains(t, err, flag)
	}
	assert.NoError(t, Spec{From: "postgres://a/x", To: "postgres://b/x"}.Check())
	some := Spec{From: "postgres://a/x", To: "postgres://b/x", Tables: []string{"a", "Shop.Logs"}, FreeOld: true}
	assert.NoError(t, some.Check())
	some.Tables = nil
	require.ErrorContains(t, some.Check(), "--free-old: wants --tables")
	same := Spec{From: "postgres://u:secret@a/x", To: "postgres://u:secret@a/x"}.Check()
	require.ErrorContains(t, same, "the same database")
	assert.NotContains(t, Spec{From: "mysql://u:secret@a/x"}.Check().Error(), "secret")
}

// One directory has one move at a time; when it is over, another may begin there.
func TestAMoveIsNotOverwritten(t *testing.T) {
	dir := t.TempDir()
	one, other := Spec{From: "postgres://a/x", To: "postgres://b/x"}, Spec{From: "postgres://a/x", To: "postgres://c/x"}
	require.NoError(t, one.Save(dir))
	require.NoError(t, one.Save(dir))
	require.ErrorContains(t, other.Save(dir), "give this one another --name")
	j, err := handover.OpenJournal(dir)
	require.NoError(t, err)
	_, err = j.Append(handover.Entry{Command: CommandFinish, Event: handover.EventEnded})
	require.NoError(t, err)
	require.NoError(t, j.Close())
	require.NoError(t, other.Save(dir))
	entries, err := handover.ReadJournal(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

// The tables of a move stay what they are once it has changed something.
func TestTheTablesOfAMoveStay(t *testing.T) {
	dir := t.TempDir()
	one := Spec{From: "postgres://a/x", To: "postgres://b/x", Tables: []string{"a"}}
	other := one
	other.Tables = []string{"a", "b"}
	require.NoError(t, one.Save(dir))
	require.NoError(t, other.Save(dir), "nothing was changed yet")
	j, err := handover.OpenJournal(dir)
	require.NoError(t, err)
	_, err = j.Append(handover.Entry{Command: CommandStart, Step: "claim", Event: handover.EventDid})
	require.NoError(t, err)
	require.NoError(t, j.Close())
	require.ErrorContains(t, one.Save(dir), "the tables a, b")
	require.NoError(t, other.Save(dir))
}

func TestPhases(t *testing.T) {
	follows := postgres.Flow{Subscribed: true, Enabled: true, HasSlot: true, Ready: 1}
	copies := postgres.Flow{Subscribed: true, Enabled: true, HasSlot: true, Waiting: []string{"a"}}
	for name, tt := range map[string]struct {
		facts Facts
		want  Phase
	}{
		"nothing":              {Facts{From: postgres.Bare, To: postgres.Bare}, Nothing},
		"claimed":              {Facts{From: postgres.Open, To: postgres.Closed, Claimed: true}, Preparing},
		"copying":              {Facts{From: postgres.Open, To: postgres.Closed, Claimed: true, There: copies}, Copying},
		"a table made on both": {Facts{From: postgres.Mixed, To: postgres.Leaking, Claimed: true, There: follows}, Following},
		"following": {Facts{From: postgres.Open, To: postgres.Closed, Claimed: true, There: follows},
			Following},
		"killed in the pause": {Facts{From: postgres.Closed, To: postgres.Closed, Claimed: true, There: follows},
			Changing},
		"killed after the pause": {Facts{From: postgres.Closed, To: postgres.Open, Claimed: true, There: follows},
			Settling},
		"killed before the stream": {Facts{From: postgres.Closed, To: postgres.Open, Claimed: true,
			Back: postgres.Flow{HasSlot: true}}, Settling},
		"switched": {Facts{From: postgres.Closed, To: postgres.Open, Claimed: true, Back: follows},
			Switched},
		"switched without a way": {Facts{From: postgres.Closed, To: postgres.Open, Claimed: true}, Switched},
		"killed on the way back": {Facts{From: postgres.Open, To: postgres.Closed, Claimed: true, Back: follows},
			Returning},
		"finished":                  {Facts{From: postgres.Closed, To: postgres.Bare}, Finished},
		"both open":                 {Facts{From: postgres.Open, To: postgres.Open, Claimed: true, There: follows}, Broken},
		"a table without its fence": {Facts{From: postgres.Open, To: postgres.Mixed, Claimed: true, There: follows}, Broken},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, tt.facts.Phase())
			assert.NotEmpty(t, tt.want.Next())
		})
	}
}
