package tests

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/stacks/ladder"
)

// shot is the exit code of a process that was killed.
const shot = -1

// convergesEvery is after how many broken runs a copy of the stack is brought to its end.
const convergesEvery = 25

// injects gives the user faults in the place of those before.
func (u *user) injects(faults ...string) {
	u.env = slices.DeleteFunc(u.env, func(e string) bool { return strings.HasPrefix(e, offline.FaultsEnv) })
	if len(faults) > 0 {
		u.env = append(u.env, offline.FaultsEnv+"="+strings.Join(faults, ";"))
	}
}

// chain repeats a run that is broken off until none is, and returns how often it was.
// After each the stack and the cloud are looked at, and in the end they are what an
// undisturbed run leaves.
func (u *user) chain(stage ladder.Number, again func() result) (broken int) {
	u.t.Helper()
	atMost, there := len(undisturbed(u.t, stage).Resources), map[string]string{}
	for got := again(); got.code != done; got = again() {
		broken++
		u.t.Logf("%d broken off, %d of %d there: %s", broken, u.made(), atMost, lastLine(got.err))
		require.Contains(u.t, []int{failed, shot}, got.code, got.all())
		require.LessOrEqual(u.t, broken, atMost, "each run gets further: %s", got.all())
		u.pluginsEnd()
		there = u.keeps(there)
		if broken%convergesEvery == 0 {
			u.copied().converges(stage)
		}
	}
	u.keeps(there)
	u.injects()
	u.converges(stage)
	u.madeOnce()
	u.t.Logf("stage %d: %d runs broken off over %d resources", stage, broken, atMost)
	return broken
}

// keeps demands that nothing stands twice in the cloud, that all that stood there
// still does, and that the state knows nothing that is not there. It returns what
// stands now, by URN with its id.
func (u *user) keeps(before map[string]string) map[string]string {
	u.t.Helper()
	now := map[string]string{}
	for _, r := range u.cloud().Resources {
		require.Empty(u.t, now[r.URN], "%s stands twice in the cloud", r.URN)
		now[r.URN] = r.ID
	}
	for urn, id := range before {
		require.Equal(u.t, id, now[urn], "%s is what it was", urn)
	}
	for urn, id := range inCloud(u.state()) {
		require.Equal(u.t, id, now[urn], "the stack knows %s, and the cloud does not", urn)
	}
	return now
}

// madeOnce demands of everything that it was made once.
func (u *user) madeOnce() {
	u.t.Helper()
	for urn, n := range u.cloud().Incarnations {
		assert.Equal(u.t, 1, n, "%s was made once", urn)
	}
}

// copied is a user with a copy of the stack and of the cloud, and without faults.
func (u *user) copied() *user {
	u.t.Helper()
	c := *u
	c.dir, c.env = u.t.TempDir(), nil
	require.NoError(u.t, os.CopyFS(filepath.Join(c.dir, ".rung"), os.DirFS(u.path())))
	return &c
}
