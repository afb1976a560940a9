package supervisor

import (
	"slices"
	"time"

	"github.com/rung-dev/rung/lab/unit"
)

// verb is what is done to a unit.
type verb string

const (
	start  verb = "start"
	again  verb = "start anew" // end it, then start it
	end    verb = "end"
	reload verb = "reload"
	ready  verb = "make ready"
	forget verb = "forget" // its record, for it has ended
)

// action is one step by which what runs becomes what is wanted.
type action struct {
	do   verb
	unit string
}

// have is what is known of a unit that was started.
type have struct {
	alive, done, well         bool
	starting, loaded, readied string
	after                     []string
	// lacks is what one that is well, and on which others may build, does not do yet.
	lacks error
	// notBefore is when it may be tried again after a failure, since when it was started.
	notBefore, since time.Time
}

// settling is how long a unit that is not well yet counts as one that still starts; who
// takes longer waits for others, and must not hold them up.
const settling = 15 * time.Second

// few leaves out starts beyond what may start at once: what starts takes processor time,
// and where everything starts together, everybody's patience ends and nothing gets up.
func few(all []action, has map[string]have, busy map[string]bool, most int, now time.Time) (some []action) {
	most -= len(busy)
	for name, h := range has {
		if !busy[name] && h.alive && !h.well && now.Sub(h.since) < settling {
			most--
		}
	}
	for _, a := range all {
		if a.do == start {
			if most--; most < 0 {
				continue
			}
		}
		some = append(some, a)
	}
	return some
}

// difference is what to do next, given what is wanted, what there is, and which units
// are being worked on. It orders: a unit starts when those before it are ready, and
// ends when none that needs it runs.
func difference(want []unit.Unit, has map[string]have, busy map[string]bool, now time.Time) (all []action) {
	wanted := map[string]unit.Unit{}
	for _, u := range want {
		wanted[u.Name] = u
	}
	for _, name := range sorted(has) {
		if _, stays := wanted[name]; stays || busy[name] {
			continue
		}
		switch {
		case !has[name].alive:
			all = append(all, action{forget, name})
		case !needed(name, has):
			all = append(all, action{end, name})
		}
	}
	for _, u := range want {
		if busy[u.Name] || now.Before(has[u.Name].notBefore) {
			continue
		}
		if do := next(u, has[u.Name], befores(u, wanted, has), now); do != "" {
			all = append(all, action{do, u.Name})
		}
	}
	return all
}

// next is what a unit needs; empty is nothing. Who still comes up may not hear that there
// are new files: HAProxy does not, and would go by the old ones for ever.
func next(u unit.Unit, h have, may bool, now time.Time) verb {
	switch {
	case u.Once && h.done && h.starting == u.Starting():
		return ""
	case !h.alive && may:
		return start
	case !h.alive:
		return ""
	case h.starting != u.Starting() && may:
		return again
	case h.loaded != u.Loaded() && (h.well || now.Sub(h.since) >= settling):
		return reload
	case h.well && h.readied != u.Readied():
		return ready
	}
	return ""
}

// befores reports whether everything that a unit comes after is ready.
func befores(u unit.Unit, wanted map[string]unit.Unit, has map[string]have) bool {
	return !slices.ContainsFunc(u.After, func(name string) bool {
		before, known := wanted[name]
		return known && !isReady(before, has[name])
	})
}

// isReady reports whether others may build on a unit.
func isReady(u unit.Unit, h have) bool {
	if u.Once {
		return h.done && h.starting == u.Starting()
	}
	return h.alive && h.well && h.readied == u.Readied()
}

// settled reports whether a unit is as it is wanted.
func settled(u unit.Unit, h have) bool {
	return isReady(u, h) && h.lacks == nil && (u.Once || h.starting == u.Starting() && h.loaded == u.Loaded())
}

// needed reports whether something that runs comes after a unit.
func needed(name string, has map[string]have) bool {
	for _, h := range has {
		if h.alive && slices.Contains(h.after, name) {
			return true
		}
	}
	return false
}

func sorted(m map[string]have) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
