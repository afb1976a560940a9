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
			got := u.killed(stage, victim, int(share*float64(total)))
			t.Logf("killed %s at %d of %d resources, code %d: %s", victim, u.made(), total, got.code, lastLine(got.err))
			u.converges(stage)
			u.madeOnce()
		})
	}
}

// killed begins an up and kills a victim once that many resources exist; the run may
// have ended before.
func (u *user) killed(stage ladder.Number, victim string, resources int) result {
	u.t.Helper()
	cmd := u.command("up", fmt.Sprint(stage))
	if victim != "rung" { // else they are in its process
		cmd.Env = append(cmd.Env, offline.ProvidersEnv+"="+offline.Processes)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	require.NoError(u.t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	over := false
	for look := u.gauge(); !over && look.made() < max(resources, 1); {
		select {
		case <-ended:
			over = true
		case <-time.After(5 * time.Millisecond):
		}
	}
	if !over {
		for _, pid := range u.pids(cmd, victim) {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by itself
		}
		<-ended
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// gauge counts what a cloud holds, and reads its file only when it is a new one.
type gauge struct {
	path string
	last os.FileInfo
	n    int
}

func (u *user) gauge() *gauge { return &gauge{path: u.path("cloud.json")} }

// made is how many resources the cloud holds at this moment.
func (u *user) made() int { return u.gauge().made() }

func (g *gauge) made() int {
	info, err := os.Stat(g.path)
	if err != nil || g.last != nil && os.SameFile(info, g.last) && info.ModTime().Equal(g.last.ModTime()) {
		return g.n // none yet is none
	}
	text, err := os.ReadFile(g.path)
	if err == nil {
		g.last, g.n = info, standing(text)
	}
	return g.n
}

// standing is how many resources the file of a cloud holds.
func standing(cloud []byte) int { return bytes.Count(cloud, []byte(`"incarnation":`)) }

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
