package tests

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// The fault sweep: whichever resource of whichever stage cannot be made at first,
// and whoever dies wherever, another up ends where an undisturbed one ends. Most of
// it is chained: each run on a stack is broken off at the next new resource. One of
// each stage is tried on a stack of its own.

// sweepVariable is "full" for chains over every resource of every stage, or over how
// many of each. Without it one stage stands for all, and a few of its resources.
const (
	sweepVariable = "RUNG_SWEEP"
	few           = 6
)

// nightly leaves a test that takes minutes by itself to make nightly.
func nightly(t testing.TB) {
	t.Helper()
	if os.Getenv(sweepVariable) == "" {
		t.Skip("for its length a part of make nightly (" + sweepVariable + "=full)")
	}
}

// target is one resource of an undisturbed stage.
type target struct{ typ, name, urn string }

// targets are the resources of a stage in the order of their URNs.
func targets(t testing.TB, stage ladder.Number) []target {
	var all []target
	for _, r := range undisturbed(t, stage).Resources {
		all = append(all, target{r.Type, r.Name, r.URN})
	}
	slices.SortFunc(all, func(a, b target) int { return strings.Compare(a.urn, b.urn) })
	return all
}

// drawn are n of a stage's targets, evenly over the stage, and elsewhere on each.
func drawn(all []target, n int, stage ladder.Number, seed int) (some []target) {
	for k := range min(n, len(all)) {
		some = append(some, all[(k*len(all)/n+37*seed*int(stage))%len(all)])
	}
	return some
}

// faults let happen to creates, once each: to all, or to as many as the variable says.
func faults(t testing.TB, stage ladder.Number, what string) []string {
	asked := os.Getenv(sweepVariable)
	if asked == "full" {
		return []string{"create * nth=each " + what}
	}
	n, err := strconv.Atoi(asked)
	if err != nil {
		n = few
	}
	var list []string
	for _, at := range drawn(targets(t, stage), n, stage, 4) {
		list = append(list, fmt.Sprintf("create %s name=%s nth=each %s", at.typ, at.name, what))
	}
	return list
}

// chains breaks off run after run, on one stack for each stage.
func chains(t *testing.T, alone ladder.Number, broken func(u *user, stage ladder.Number) result) {
	t.Parallel()
	for n := ladder.First; n <= config.Built; n++ {
		if os.Getenv(sweepVariable) == "" && n != alone {
			continue // one stage stands for all; the others are part of make nightly
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			u := newUser(t)
			assert.NotZero(t, u.chain(n, func() result { return broken(u, n) }), "the faults have struck")
		})
	}
}

// chainsOf is chains by faults that strike each resource once.
func chainsOf(t *testing.T, alone ladder.Number, what string) {
	chains(t, alone, func(u *user, stage ladder.Number) result {
		if u.env == nil {
			u.injects(faults(t, stage, what)...)
		}
		return u.rung("up", fmt.Sprint(stage))
	})
}

// What AWS refuses once, whatever it is, stops a run; the next gets further.
func TestEverythingFailsOnce(t *testing.T) { chainsOf(t, 1, "fail=InternalError") }

// The provider dies right after each create, which nobody has written down: the next
// run takes it up and comes to the next.
func TestProvidersDieAfterEveryCreate(t *testing.T) { chainsOf(t, 2, "crash=after") }

// The engine, which is in rung's own process, is shot right after each create.
func TestTheEngineDiesAfterEveryCreate(t *testing.T) { chainsOf(t, 1, "crash=engine") }

// All plugins are shot as soon as a run has made something new.
func TestPluginsAreKilled(t *testing.T) {
	chains(t, 1, func(u *user, stage ladder.Number) result {
		return u.killed(stage, "provider", u.made()+stride(t, stage))
	})
}

// stride is how many new resources each run makes before its plugins are shot: one,
// or as many as lead through the stage in as many runs as the variable says.
func stride(t testing.TB, stage ladder.Number) int {
	switch n, err := strconv.Atoi(os.Getenv(sweepVariable)); {
	case err == nil && n > 0:
		return max(1, len(targets(t, stage))/n)
	case os.Getenv(sweepVariable) == "":
		return 10
	}
	return 1
}

// sweep makes a trouble at one resource of every other stage, each on a stack of its
// own; between the two sweeps every stage has one.
func sweep(t *testing.T, seed int, first ladder.Number, trouble func(u *user, stage string, at target)) {
	t.Parallel()
	last := config.Built
	if os.Getenv(sweepVariable) == "" {
		last = 4 // the larger ones take minutes each, and make nightly does them
	}
	for n := first; n <= last; n += 2 {
		for _, at := range drawn(targets(t, n), 1, n, seed) {
			t.Run(fmt.Sprintf("%d/%s", n, at.name), func(t *testing.T) {
				t.Parallel()
				u := newUser(t)
				trouble(u, fmt.Sprint(n), at)
				before := data(u.state())
				u.injects()
				u.converges(n)
				after := data(u.state())
				for urn, id := range before {
					assert.Equal(t, id, after[urn], "%s is what it was", urn)
				}
			})
		}
	}
}

// A resource that cannot be made the first time stops the run, which names it.
func TestAnyCreateMayFail(t *testing.T) {
	sweep(t, 6, 1, func(u *user, stage string, at target) {
		u.injects(fmt.Sprintf("create %s name=%s fail=InternalError", at.typ, at.name))
		got := u.rung("up", stage)
		assert.Equal(u.t, failed, got.code, got.all())
		assert.Contains(u.t, got.err, at.name)
		u.consistent()
	})
}

// The engine is shot from outside as soon as the resource is there, which it may not
// have written down.
func TestTheEngineMayDieAtAnyCreate(t *testing.T) {
	sweep(t, 5, 2, func(u *user, stage string, at target) {
		cmd, _ := u.startUntil(stage, func(cloud []byte) bool { return bytes.Contains(cloud, []byte(`"`+at.urn+`"`)) })
		_ = cmd.Process.Kill() // it may have ended by itself: the resource may be the last
		_ = cmd.Wait()
		u.pluginsEnd()
	})
}
