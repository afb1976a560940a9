package hosts_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/handover/handovertest"
	"github.com/rung-dev/rung/handover/hosts"
)

// Either database is killed at hard points of a move; when it is back, the command is
// run again, and nothing is lost.
func TestADatabaseThatIsKilled(t *testing.T) {
	w := newWorld(t, schema)
	w.databasesKilled(func() *world { return newWorld(t, schema) }, daily(1,
		kill{hosts.CommandStart, "subscription/did", handovertest.Old.Primary},
		kill{hosts.CommandStart, "copy/found", handovertest.New.Primary}), daily(2,
		kill{hosts.CommandSwitch, "close/did", handovertest.Old.Primary}, kill{hosts.CommandSwitch, "open/did", handovertest.New.Primary},
		kill{hosts.CommandSwitch, "slot-back/did", handovertest.New.Primary},
		kill{hosts.CommandBack, "arrive/did", handovertest.Old.Primary}))
	w.reach(hosts.Following)
	w.exec(w.spec.From, "UPDATE totals SET n = n + 1")
	w.do(hosts.CommandSwitch)
	assert.Equal(t, 1, w.count(w.spec.To, "SELECT n FROM totals"))
	assert.Equal(t, 500, w.count(w.spec.To, "SELECT count(*) FROM orders"))
}

// reach brings a move to a phase by a change of sides; an empty phase is any.
func (w *world) reach(want hosts.Phase) {
	w.t.Helper()
	phase := w.phase()
	switch {
	case want == "" || phase == want:
	case want == hosts.Following:
		w.do(hosts.CommandBack)
	default:
		w.do(hosts.CommandSwitch)
	}
}

// kill is a server that is killed when a command comes by a point.
type kill struct {
	command, at string
	server      *apptest.Postgres
}

// databasesKilled kills servers at points of starts, then of changes of sides. Each command
// is run again until it has come to its end. Where everything is asked for it is both
// servers at every point; those of a start are found in a world alike.
func (w *world) databasesKilled(alike func() *world, starts, changes []kill) {
	w.t.Helper()
	if full {
		starts = alike().everyKill(hosts.CommandStart)
	}
	for _, one := range starts {
		w.killDatabase(one)
	}
	w.do(hosts.CommandStart)
	if full {
		changes = append(w.everyKill(hosts.CommandSwitch), w.everyKill(hosts.CommandBack)...)
	}
	for _, one := range changes {
		w.reach(map[string]hosts.Phase{hosts.CommandSwitch: hosts.Following, hosts.CommandBack: hosts.Switched}[one.command])
		require.True(w.t, w.killDatabase(one), "%s does not come by %s", one.command, one.at)
		w.oneSide(one.at)
		if phase := w.phase(); phase != hosts.Following || one.command == hosts.CommandSwitch {
			w.do(one.command)
		}
	}
}

// everyKill are both servers at all points that a command comes by in this world.
func (w *world) everyKill(command string) (all []kill) {
	w.t.Helper()
	for _, at := range points(w.t, w, command) {
		all = append(all, kill{command, at, handovertest.Old.Primary}, kill{command, at, handovertest.New.Primary})
	}
	return all
}

// killDatabase kills a server at a point of a command, starts it again, and says whether
// the command came by.
func (w *world) killDatabase(one kill) (killed bool) {
	w.t.Helper()
	err := w.attempt(one.command, func(p string) error {
		if p != one.at || killed {
			return nil
		}
		killed = true
		return one.server.Kill()
	})
	if killed {
		require.NoError(w.t, one.server.Start())
	}
	if err == nil && killed {
		w.t.Logf("%s went on although a server was killed at %s", one.command, one.at)
	}
	return killed
}
