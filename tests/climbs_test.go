package tests

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Every climb, by one step or by several at once, on a stack of its own: what
// holds data stays what it is, a second up changes nothing, the guard stands on
// the way down, and the end leaves nothing but what must stay. The longest come
// first, so that the short ones fill up what is left of the processors.
func TestEveryClimb(t *testing.T) {
	t.Parallel()
	for to := config.Built; to > ladder.First; to-- {
		for from := ladder.First; from < to; from++ {
			if steps := to - from; os.Getenv(sweepVariable) == "" && steps != 1 && (steps != 3 || from != ladder.First) {
				continue
			}
			t.Run(fmt.Sprintf("%d to %d", from, to), func(t *testing.T) {
				t.Parallel()
				newUser(t).lives(fmt.Sprint(from), fmt.Sprint(to))
			})
		}
	}
}

// lives goes from one stage to a higher one, tries in vain to go back, and ends.
// The single server of stages 1 and 2 stays beside what comes after it.
func (u *user) lives(from, to string) {
	u.t.Helper()
	u.does("up", from)
	before := data(u.state())
	require.NotEmpty(u.t, before)
	u.climbs(to, before)
	u.unchanged(to)
	u.consistent()
	if from < "3" {
		named(u.t, u.state(), "server")
	}
	u.isHeld(from, before)
	u.ends()
}

// climbs brings the stack to a stage and demands that what held data before is
// what it was.
func (u *user) climbs(to string, before map[string]string) {
	u.t.Helper()
	u.report("up", to).keepsData(u.t)
	after := data(u.state())
	for urn, id := range before {
		require.Equal(u.t, id, after[urn], "stage %s keeps %s", to, urn)
	}
}

// isHeld demands that the guard stops the descent, with a reason for each thing
// whose data only the higher stage has, and that nothing is changed.
func (u *user) isHeld(from string, before map[string]string) {
	u.t.Helper()
	there, gone := u.cloud().urns(), data(u.state())
	maps.DeleteFunc(gone, func(urn, _ string) bool { return before[urn] != "" })
	down := u.rung("up", from, "--format", "json")
	require.Equal(u.t, guarded, down.code, down.all())
	stopped := map[string]string{}
	for _, b := range decode(u.t, down.out).Blocked {
		stopped[b.URN] = b.Op
		assert.Contains(u.t, b.Message, b.Name)
		assert.Contains(u.t, b.Message, "To save the data", b.Name)
	}
	for urn := range gone {
		assert.Equal(u.t, "delete", stopped[urn], "%s is held", urn)
	}
	assert.Len(u.t, stopped, len(gone))
	assert.Equal(u.t, there, u.cloud().urns(), "nothing was changed")
}

// Retained are the types of what a destroy leaves in the account, by design:
// a role that the account has once for all its stacks, and a function whose
// copies at the edge AWS takes hours to give up.
var retained = []string{token.IAMServiceLinkedRole, token.LambdaFunction}

// ends destroys the stack with all of its data, and demands that nothing is left
// but what rung says is left.
func (u *user) ends() {
	u.t.Helper()
	held := map[string]bool{}
	for urn := range data(u.state()) {
		held[urn[strings.LastIndex(urn, ":")+1:]] = true
	}
	names := strings.Join(slices.Sorted(maps.Keys(held)), ",")
	end := u.does("destroy", "--set", "confirmDataLoss="+names)
	assert.Empty(u.t, u.state())
	for _, r := range u.cloud().Resources {
		assert.Contains(u.t, retained, r.Type, r.URN)
		assert.Contains(u.t, end.err, r.Name, "the end names what it leaves")
	}
	if len(u.cloud().Resources) == 0 {
		assert.Contains(u.t, end.err, "nothing is left of it")
	}
}

// A stack that keeps its regions may come down from the edge: all its data is
// still there, and the function at the edge stays behind, as the plan says.
func TestDownFromTheEdge(t *testing.T) {
	nightly(t)
	t.Parallel()
	u := newUser(t, "regions=us-east-1,eu-west-1")
	u.does("up", "6")
	assert.Contains(t, u.does("refresh").out, "no drift")
	before := data(u.state())
	down := u.report("up", "5")
	down.keepsData(t)
	assert.Equal(t, before, data(u.state()))
	var stay []string
	for _, c := range down.Resources.Changes {
		if c.Retained {
			stay = append(stay, c.Name)
		}
	}
	assert.Equal(t, []string{"edge-cache-guard"}, stay)
	u.settled("5")
	u.climbs("6", before)
	u.settled("6")
	u.ends()
}
