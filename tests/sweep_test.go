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
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// The fault sweep: whichever resource of whichever rung cannot be made at first,
// and wherever the engine dies, another up ends where an undisturbed one ends.
// `make nightly` sweeps over every resource, hours of it; else one of each stage is drawn.

// sweepVariable is "full" for a sweep over every resource, or how many of each stage.
const sweepVariable = "RUNG_SWEEP"

// target is one resource of an undisturbed rung.
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

// swept are the targets of a run: all, as many of each stage as the variable says,
// or one of each. What is drawn lies evenly over the stage, and elsewhere on each.
func swept(t testing.TB, stage ladder.Number, seed int) (some []target) {
	all := targets(t, stage)
	asked := os.Getenv(sweepVariable)
	if asked == "full" {
		return all
	}
	n, err := strconv.Atoi(asked)
	if err != nil {
		n = 1
	}
	for k := range min(n, len(all)) {
		some = append(some, all[(k*len(all)/n+37*seed*int(stage))%len(all)])
	}
	return some
}

// sweep makes a trouble at each target, each on a stack of its own.
func sweep(t *testing.T, seed int, trouble func(u *user, stage string, at target)) {
	t.Parallel()
	for n := ladder.First; n <= config.Built; n++ {
		for _, at := range swept(t, n, seed) {
			t.Run(fmt.Sprintf("%d/%s", n, at.name), func(t *testing.T) {
				t.Parallel()
				u := newUser(t)
				trouble(u, fmt.Sprint(n), at)
				before := data(u.state())
				u.env = slices.DeleteFunc(u.env, func(e string) bool { return strings.HasPrefix(e, offline.FaultsEnv) })
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
func TestEveryCreateMayFailOnce(t *testing.T) {
	sweep(t, 6, func(u *user, stage string, at target) {
		u.env = append(u.env, fmt.Sprintf("%s=create %s name=%s fail=InternalError", offline.FaultsEnv, at.typ, at.name))
		got := u.rung("up", stage)
		assert.Equal(u.t, failed, got.code, got.all())
		assert.Contains(u.t, got.err, at.name)
		u.consistent()
	})
}

// The engine, which is in rung's own process, is shot as soon as the resource is
// there, which it may not have written down.
func TestTheEngineMayDieAtEveryCreate(t *testing.T) {
	sweep(t, 5, func(u *user, stage string, at target) {
		cmd, _ := u.startUntil(stage, func(cloud []byte) bool { return bytes.Contains(cloud, []byte(`"`+at.urn+`"`)) })
		_ = cmd.Process.Kill() // it may have ended by itself: the resource may be the last
		_ = cmd.Wait()
		u.pluginsEnd()
	})
}

// Whatever fails, and however often in a row, every run gets further: here each
// resource of a stage fails once, all on one stack.
func TestEverythingFailsOnce(t *testing.T) {
	t.Parallel()
	if os.Getenv(sweepVariable) != "full" {
		t.Skip("as many runs as resources: part of make nightly")
	}
	for n := ladder.First; n <= config.Built; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			u := newUser(t)
			all := targets(t, n)
			u.env = append(u.env, offline.FaultsEnv+"="+faults(all))
			runs := 1
			for ; u.rung("up", fmt.Sprint(n)).code != done; runs++ {
				require.Less(t, runs, len(all)+2, "each run gets further")
				u.consistent()
			}
			assert.Greater(t, runs, 1, "the faults have struck")
			u.converges(n)
		})
	}
}

func faults(all []target) string {
	list := make([]string, len(all))
	for i, at := range all {
		list[i] = fmt.Sprintf("create %s name=%s fail=InternalError", at.typ, at.name)
	}
	return strings.Join(list, ";")
}
