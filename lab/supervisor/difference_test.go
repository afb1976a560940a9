package supervisor

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/lab/unit"
)

func TestDifference(t *testing.T) {
	db := unit.Unit{Name: "db", Program: []string{"postgres"}, Ready: []unit.Command{{Input: "CREATE DATABASE app"}}}
	app := unit.Unit{Name: "app", Program: []string{"app"}, After: []string{"db"}}
	once := unit.Unit{Name: "once", Program: []string{"migrate"}, Once: true}
	running := func(u unit.Unit) have {
		return have{alive: true, well: true, starting: u.Starting(), loaded: u.Loaded(), readied: u.Readied(), after: u.After}
	}
	with := func(h have, change func(*have)) have { change(&h); return h }
	changed := app
	changed.Environment = []string{"A=2"}
	configured := app
	configured.Files = []unit.File{{Path: "/x", Content: "y", Reload: true}}
	now := time.Unix(1000, 0)
	for name, tt := range map[string]struct {
		want []unit.Unit
		has  map[string]have
		busy map[string]bool
		do   []action
	}{
		"nothing of nothing":                                       {},
		"what comes first starts first":                            {want: []unit.Unit{app, db}, do: []action{{start, "db"}}},
		"the next waits until that is well":                        {want: []unit.Unit{app, db}, has: map[string]have{"db": with(running(db), func(h *have) { h.well = false })}},
		"and until it is ready":                                    {want: []unit.Unit{app, db}, has: map[string]have{"db": with(running(db), func(h *have) { h.readied = "" })}, do: []action{{ready, "db"}}},
		"then it starts":                                           {want: []unit.Unit{app, db}, has: map[string]have{"db": running(db)}, do: []action{{start, "app"}}},
		"what is as wanted stays":                                  {want: []unit.Unit{app, db}, has: map[string]have{"db": running(db), "app": running(app)}},
		"what died starts":                                         {want: []unit.Unit{db}, has: map[string]have{"db": with(running(db), func(h *have) { h.alive = false })}, do: []action{{start, "db"}}},
		"but not before its time":                                  {want: []unit.Unit{db}, has: map[string]have{"db": {notBefore: now.Add(time.Second)}}},
		"what is worked on is left alone":                          {want: []unit.Unit{db}, busy: map[string]bool{"db": true}},
		"another environment starts anew":                          {want: []unit.Unit{changed}, has: map[string]have{"app": running(app)}, do: []action{{again, "app"}}},
		"another file is loaded":                                   {want: []unit.Unit{configured}, has: map[string]have{"app": running(app)}, do: []action{{reload, "app"}}},
		"but not while it comes up, for it may not hear":           {want: []unit.Unit{configured}, has: map[string]have{"app": with(running(app), func(h *have) { h.well, h.since = false, now.Add(-time.Second) })}},
		"unless it takes long, as what waits for those files does": {want: []unit.Unit{configured}, has: map[string]have{"app": with(running(app), func(h *have) { h.well, h.since = false, now.Add(-settling) })}, do: []action{{reload, "app"}}},
		"nobody wants it: who needs it ends":                       {has: map[string]have{"db": running(db), "app": running(app)}, do: []action{{end, "app"}}},
		"and then it":                                              {has: map[string]have{"db": running(db), "app": with(running(app), func(h *have) { h.alive = false })}, do: []action{{forget, "app"}, {end, "db"}}},
		"once runs once":                                           {want: []unit.Unit{once}, has: map[string]have{"once": {done: true, starting: once.Starting()}}},
		"once runs again when it is another":                       {want: []unit.Unit{once}, has: map[string]have{"once": {done: true, starting: "x"}}, do: []action{{start, "once"}}},
		"what it comes after and is not wanted holds nothing up":   {want: []unit.Unit{app}, do: []action{{start, "app"}}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.do, difference(tt.want, tt.has, tt.busy, now))
		})
	}
}

func TestFewStartAtOnce(t *testing.T) {
	now := time.Unix(1000, 0)
	all := []action{{end, "x"}, {start, "a"}, {start, "b"}, {again, "c"}, {start, "d"}}
	young, old := have{alive: true, since: now.Add(-time.Second)}, have{alive: true, since: now.Add(-time.Minute)}
	for name, tt := range map[string]struct {
		has  map[string]have
		busy map[string]bool
		do   []action
	}{
		"two of three": {do: []action{{end, "x"}, {start, "a"}, {start, "b"}, {again, "c"}}},
		"one starts already": {has: map[string]have{"s": young},
			do: []action{{end, "x"}, {start, "a"}, {again, "c"}}},
		"one is worked on":               {busy: map[string]bool{"s": true}, do: []action{{end, "x"}, {start, "a"}, {again, "c"}}},
		"who takes long holds up nobody": {has: map[string]have{"s": old}, do: []action{{end, "x"}, {start, "a"}, {start, "b"}, {again, "c"}}},
		"more than enough": {has: map[string]have{"s": young, "t": young, "u": young},
			do: []action{{end, "x"}, {again, "c"}}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.do, few(all, tt.has, tt.busy, 2, now)) })
	}
}

// A balancer that answers is ready for others, and settled only when its machines pass
// its checks.
func TestABalancerIsSettledWithItsMachines(t *testing.T) {
	u := unit.Unit{Name: "lb", Balances: true}
	h := have{alive: true, well: true, starting: u.Starting(), loaded: u.Loaded(), readied: u.Readied()}
	assert.True(t, isReady(u, h) && settled(u, h))
	h.lacks = errors.New("i-1 does not pass the health check of web")
	assert.True(t, isReady(u, h))
	assert.False(t, settled(u, h))
}
