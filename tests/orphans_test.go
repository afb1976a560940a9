package tests

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Providers that die after they have made, changed or deleted something, and
// processes that are killed at any moment: the next run finds again what nobody
// has written down, and ends where an undisturbed one ends.

// injects gives the user faults in the place of those before.
func (u *user) injects(faults ...string) {
	u.env = slices.DeleteFunc(u.env, func(e string) bool { return strings.HasPrefix(e, offline.FaultsEnv) })
	if len(faults) > 0 {
		u.env = append(u.env, offline.FaultsEnv+"="+strings.Join(faults, ";"))
	}
}

// untilDone repeats a command that faults break off, each at most once, and
// returns how often it was broken off. Nothing ever stands twice in the cloud.
func (u *user) untilDone(atMost int, args ...string) (broken int) {
	u.t.Helper()
	for {
		got := u.rung(args...)
		seen := map[string]bool{}
		for _, urn := range u.cloud().urns() {
			require.False(u.t, seen[urn], "%s stands twice in the cloud", urn)
			seen[urn] = true
		}
		if got.code == done {
			return broken
		}
		require.Equal(u.t, failed, got.code, got.all())
		broken++
		require.LessOrEqual(u.t, broken, atMost, "each run gets further: %s", got.all())
	}
}

// madeOnce demands of everything that it was made once.
func (u *user) madeOnce() {
	u.t.Helper()
	for urn, n := range u.cloud().Incarnations {
		assert.Equal(u.t, 1, n, "%s was made once", urn)
	}
}

// The provider dies right after each create of a stage, all on one stack: each
// run takes up what the one before has left and comes to the next.
func TestProvidersDieAfterEveryCreate(t *testing.T) {
	t.Parallel()
	for n := ladder.First; n <= config.Built; n++ {
		some := swept(t, n, 4)
		if os.Getenv(sweepVariable) == "" && n != 2 {
			continue // one stage stands for all; the others are part of make nightly
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			var faults []string
			for _, at := range some {
				faults = append(faults, fmt.Sprintf("create %s name=%s crash=after", at.typ, at.name))
			}
			u := newUser(t)
			u.injects(faults...)
			broken := u.untilDone(len(some), "up", fmt.Sprint(n))
			t.Logf("stage %d: %d faults broke %d runs", n, len(some), broken)
			assert.NotZero(t, broken)
			u.converges(n)
			u.madeOnce()
		})
	}
}

// One life with a death after a create, an update and a delete: a volume that
// nobody knew of is taken up, a change that happened is not lost, and the end
// leaves nothing.
func TestProvidersDieInALife(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.injects("create aws:ebs/volume:Volume crash=after", "create aws:iam/rolePolicy:RolePolicy crash=after")
	assert.NotZero(t, u.untilDone(2, "up", "1"))
	u.injects()
	u.converges(1)
	u.madeOnce()
	u.injects("update * nth=5 crash=after")
	assert.Equal(t, 1, u.untilDone(1, "up", "2"))
	u.consistent()
	u.settled("2")
	u.injects("delete * nth=4 crash=after", "delete aws:ebs/volume:Volume crash=after")
	names := u.dataNames()
	assert.NotZero(t, u.untilDone(2, "destroy", "--set", "confirmDataLoss="+names))
	assert.Empty(t, u.state())
	for _, r := range u.cloud().Resources {
		assert.Contains(t, retained, r.Type, r.URN)
	}
}

// A stack that nobody wants any more is deleted with what it has forgotten.
func TestDestroyFindsWhatWasForgotten(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.injects("create aws:iam/rolePolicy:RolePolicy crash=after")
	require.Equal(t, failed, u.rung("up", "1").code)
	u.injects()
	u.does("destroy", "--set", "confirmDataLoss=artifacts-bucket,backups-bucket,server-data")
	assert.Empty(t, u.cloud().Resources)
}

// dataNames are the names of what holds data in the cloud, as a confirmation.
func (u *user) dataNames() string {
	var names []string
	for urn := range data(u.state()) {
		names = append(names, urn[strings.LastIndex(urn, ":")+1:])
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ",")
}

// The victims of a kill. The engine is in rung's own process.
var victims = []string{"rung", "provider", "all"}

// Whoever dies, and whenever: another up ends where an undisturbed one ends, with
// nothing to delete by hand. RUNG_KILLS says how many deaths; they are drawn by a
// seed that is printed and that RUNG_SEED repeats.
func TestKillsAtRandomMoments(t *testing.T) {
	t.Parallel()
	seed, err := strconv.ParseUint(os.Getenv("RUNG_SEED"), 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano())
	}
	kills, highest := 1, ladder.Number(2)
	if n, err := strconv.Atoi(os.Getenv("RUNG_KILLS")); err == nil {
		kills, highest = n, config.Built
	}
	t.Logf("RUNG_SEED=%d", seed)
	draw := rand.New(rand.NewPCG(seed, 0))
	for i := range kills {
		stage := ladder.First + ladder.Number(i)%highest
		victim, share := victims[draw.IntN(len(victims))], draw.Float64()
		t.Run(fmt.Sprintf("%d/stage %d/%s at %.2f", i, stage, victim, share), func(t *testing.T) {
			total := len(undisturbed(t, stage).Resources)
			u := newUser(t)
			at := u.killed(stage, victim, int(share*float64(total)))
			t.Logf("killed %s at %d of %d resources", victim, at, total)
			u.converges(stage)
			u.madeOnce()
		})
	}
}

// killed begins an up, kills a victim once that many resources exist, and returns
// how many there were when the run had ended, which it may have done before.
func (u *user) killed(stage ladder.Number, victim string, resources int) int {
	u.t.Helper()
	cmd, errs := u.command("up", fmt.Sprint(stage)), &bytes.Buffer{}
	cmd.Stderr = errs
	require.NoError(u.t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	over := false
	var err error
	for !over && u.made() < max(resources, 1) {
		select {
		case err = <-ended:
			over = true
		case <-time.After(5 * time.Millisecond):
		}
	}
	if !over {
		for _, pid := range u.pids(cmd, victim) {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by itself
		}
		err = <-ended
	}
	u.t.Logf("the run ended with %v: %s", err, lastLine(errs.String()))
	return u.made()
}

// made is how many resources the cloud holds at this moment.
func (u *user) made() int {
	text, _ := os.ReadFile(u.path("cloud.json")) // none yet is none
	return bytes.Count(text, []byte(`"incarnation":`))
}

// pids are the processes of a victim in a run.
func (u *user) pids(cmd *exec.Cmd, victim string) []int {
	switch victim {
	case "rung":
		return []int{cmd.Process.Pid}
	case "provider":
		return u.providers()
	}
	return append([]int{cmd.Process.Pid}, u.providers()...)
}

// providers are the processes that were started as plugins from the user's directory.
func (u *user) providers() []int {
	var pids []int
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(u.t, err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		if errors.Is(err, fs.ErrNotExist) || err != nil {
			continue
		}
		if arg0, _, _ := bytes.Cut(text, []byte{0}); bytes.HasPrefix(arg0, []byte(u.path("plugins"))) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(f)))
			require.NoError(u.t, err)
			pids = append(pids, pid)
		}
	}
	return pids
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
