package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/operate/offline"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/stacks"
)

// machines are a cloud's whose rollouts end one after another as they are told.
type machines struct {
	offline.Driver
	ends []operate.RolloutState
}

func (m *machines) Rollout(context.Context, operate.Stack, time.Time) (operate.Rollout, error) {
	state := operate.Done
	if len(m.ends) > 0 {
		state, m.ends = m.ends[0], m.ends[1:]
	}
	return operate.NewRollout([]operate.Progress{{Part: "server", State: state, Of: 1, Says: "so it is"}}), nil
}

// shop is somebody with an app in the working directory and a stack elsewhere.
type shop struct {
	t        *testing.T
	dir      string
	machines *machines
	// asks is asked in their place; nil asks them.
	asks operate.Driver
}

func (s shop) driver() operate.Driver {
	if s.asks != nil {
		return s.asks
	}
	return s.machines
}

func newShop(t *testing.T) shop {
	t.Helper()
	inFolder(t, "directory: .\ncommands: {web: node server.js, release: node migrate.js}\nneeds: [database]\n")
	t.Chdir("shop")
	s := shop{t: t, dir: t.TempDir(), machines: &machines{}}
	s.write("one")
	return s
}

// write makes another version.
func (s shop) write(text string) {
	s.t.Helper()
	require.NoError(s.t, os.WriteFile("server.js", []byte(text), 0o600))
}

func (s shop) rung(args ...string) result {
	s.t.Helper()
	var out, errs bytes.Buffer
	a := &app{program: stacks.Program, resolve: noBuild, static: noFiles,
		unwatched: true, asks: s.driver(), in: strings.NewReader(""),
		out: &out, err: &errs}
	code := a.run(s.t.Context(), append([]string{"--dir", s.dir}, args...))
	return result{code, out.String(), errs.String()}
}

func (s shop) releases() (v view.Releases) {
	s.t.Helper()
	r := s.rung("releases", "--format", "json")
	require.Equal(s.t, codeDone, r.code, r.err)
	require.NoError(s.t, json.Unmarshal([]byte(r.out), &v))
	return v
}

// outcomes are what came of the releases, the oldest first.
func (s shop) outcomes() (list []string) {
	s.t.Helper()
	for _, r := range s.releases().Releases {
		list = append(list, r.Outcome)
	}
	return list
}

// A version is shipped, told, goes back by itself where it does not stay, and back by hand.
func TestDeployAndBack(t *testing.T) {
	s := newShop(t)
	r := s.rung("deploy")
	require.Equal(t, codeUsage, r.code)
	assert.Contains(t, r.err, "stands nowhere yet")
	r = s.rung("up", "1")
	require.Equal(t, codeDone, r.code, r.err)
	first := s.releases()
	require.Len(t, first.Releases, 1, "an up is a release")

	r = s.rung("deploy")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Contains(t, r.err, "This version runs already, as release 1")
	s.write("two")
	r = s.rung("deploy")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Contains(t, r.err, "The release command runs once")
	assert.Contains(t, r.err, "server: done")
	assert.Contains(t, r.err, "Release 2 is on all machines")

	s.write("bad")
	s.machines.ends = []operate.RolloutState{operate.Rolling, operate.Back}
	r = s.rung("deploy")
	require.Equal(t, codeFailed, r.code, r.err)
	assert.Contains(t, r.err, "Going back to release 2")
	assert.Contains(t, r.err, "Release 2 runs again, as release 4")
	assert.Contains(t, r.err, "the release went back: release 3: server: went back, 0 of 1 machines (so it is)")
	assert.Equal(t, []string{"running", "running", "went back", "running"}, s.outcomes())
	all := s.releases().Releases
	assert.Equal(t, all[1].SHA256, all[3].SHA256)

	r = s.rung("back", "3")
	assert.Equal(t, codeUsage, r.code)
	assert.Contains(t, r.err, "release 3 never ran")
	r = s.rung("back")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Contains(t, r.err, "The release commands of 2, 3 ran, and are not undone")
	assert.Equal(t, all[0].SHA256, s.releases().Releases[4].SHA256)
	status := s.rung("status", "--quick", "--format", "json")
	require.Equal(t, codeDone, status.code, status.err)
	var v view.Status
	require.NoError(t, json.Unmarshal([]byte(status.out), &v), status.out)
	require.NotNil(t, v.Release)
	assert.Equal(t, 5, v.Release.Number)
	assert.NotNil(t, v.Month)
	assert.NotEmpty(t, v.Parts)
}

// A deployment does not carry out what else is due.
func TestDeployChangesNothingElse(t *testing.T) {
	s := newShop(t)
	require.Equal(t, codeDone, s.rung("up", "1").code)
	s.write("two")
	r := s.rung("deploy", "--set", "server.dataGiB=77")
	require.Equal(t, codeFailed, r.code)
	assert.Contains(t, r.err, "not deployed: the plan changes more than a release: update of server-data")
	assert.Contains(t, r.err, "`rung up 1` does all of it")
	assert.Len(t, s.releases().Releases, 1)
}

func TestDaysRefuseWrongUsage(t *testing.T) {
	s := newShop(t)
	require.Equal(t, codeDone, s.rung("up", "1").code)
	for line, want := range map[string]string{
		"deploy nowhere": "want a folder with a rung.yaml, a binary for Linux, or an image with its digest",
		"deploy r/x@sha256:" + strings.Repeat("0", 64): "the stack's app is no image",
		"deploy --patience 0s":                         "--patience: got 0s",
		"deploy --canary 0":                            "--canary: got 0, want 1 to 99 percent",
		"deploy --canary 10":                           "stages 1 and 2 have one machine",
		"deploy --bake 1s":                             "--bake: got 1s, want whole seconds, 1m0s to 8h0m0s",
		"deploy --bake 15m":                            "rung:deploy.bakeSeconds",
		"back x":                                       `back: got "x", want the number of a release`,
		"back 9":                                       "there is no release 9",
		"logs web":                                     `logs: got "web", want a part with machines: server`,
		"logs --since -1s":                             "--since: got -1s",
		"logs":                                         "the offline cloud is a file and runs no machines",
		"exec server":                                  "want PART, then -- and the command",
		"exec server -- ls":                            "--cloud lab",
		"shell":                                        "--cloud lab",
		"status now":                                   "status: got \"now\", want no argument",
		"status --stack nobody":                        "stands nowhere yet",
	} {
		r := s.rung(strings.Fields(line)...)
		assert.Equal(t, codeUsage, r.code, line)
		assert.Contains(t, r.err, want, line)
	}
}
