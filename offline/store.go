package offline

import (
	"sync"

	"github.com/rung-dev/rung/offline/sim"
)

// stores are the state files that this process has opened, by path.
var stores sync.Map

// storeOf is the one store of a state file in this process. A command asks a cloud
// for its account, its quotas and what it holds, and previews with providers of its
// own: what has not changed in between is read and decoded once.
func storeOf(stateFile string) *sim.Store {
	store, _ := stores.LoadOrStore(stateFile, sim.OpenStore(stateFile))
	return store.(*sim.Store)
}
