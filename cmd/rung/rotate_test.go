package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/stacks"
	vault "github.com/rung-dev/rung/stacks/secrets"
)

// restarted is a cloud that starts apps anew, and says how that went.
type restarted struct {
	machines
	fails []error
	times int
}

func (r *restarted) Restart(context.Context, operate.Part) error {
	r.times++
	if len(r.fails) > 0 {
		err := r.fails[0]
		r.fails = r.fails[1:]
		return err
	}
	return nil
}

// secretShop is somebody with an app that has a secret, which has a value.
func secretShop(t *testing.T) (shop, func() string) {
	t.Helper()
	inFolder(t, "directory: .\ncommands: {web: node server.js}\nsecrets: {KEY: }\n")
	t.Chdir("shop")
	s := shop{t: t, dir: t.TempDir(), machines: &machines{}}
	s.write("one")
	require.Equal(t, codeDone, s.rung("up", "1").code)
	file := vault.File(filepath.Join(s.dir, ".rung", "secrets", "dev.json"))
	return s, func() string {
		values, err := file.Values()
		require.NoError(t, err)
		return values["rung/dev/KEY"]
	}
}

// saying runs a command with something on its standard input.
func (s shop) saying(in string, args ...string) result {
	s.t.Helper()
	var out, errs bytes.Buffer
	a := &app{program: stacks.Program, resolve: noBuild, static: noFiles,
		unwatched: true, asks: s.driver(), in: strings.NewReader(in), out: &out,
		err: &errs}
	code := a.run(s.t.Context(), append([]string{"--dir", s.dir}, args...))
	return result{code, out.String(), errs.String()}
}

// A secret has another value, what runs takes it, and where that does not come up the value
// of before is back.
func TestRotate(t *testing.T) {
	s, value := secretShop(t)
	r := s.rung("secret", "rotate", "KEY")
	require.Equal(t, codeUsage, r.code)
	assert.Contains(t, r.err, "it has no value yet: `rung secret set KEY`")
	require.Equal(t, codeDone, s.saying("first\n", "secret", "set", "KEY").code)

	cloud := &restarted{}
	s.asks = cloud
	r = s.rung("secret", "rotate", "KEY")
	require.Equal(t, codeDone, r.code, r.err)
	made := value()
	assert.NotEqual(t, "first", made)
	assert.GreaterOrEqual(t, len(made), 26)
	assert.NotContains(t, r.out+r.err, made)
	assert.Equal(t, 1, cloud.times)
	assert.Contains(t, r.err, "server: done")
	assert.Contains(t, r.err, "All machines have it")

	r = s.saying("given\n", "secret", "rotate", "KEY", "--given")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Equal(t, "given", value())
	r = s.rung("secret", "rotate", "KEY", "--back")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Equal(t, made, value())

	cloud.times, cloud.ends = 0, []operate.RolloutState{operate.Rolling, operate.Failed}
	r = s.rung("secret", "rotate", "KEY")
	assert.Equal(t, codeFailed, r.code)
	assert.Equal(t, made, value(), r.err)
	assert.Contains(t, r.err, "has its value of before")
	assert.Equal(t, 2, cloud.times, "and the machines have it again")

	cloud.times, cloud.fails = 0, []error{errors.New("no right to do that")}
	r = s.rung("secret", "rotate", "KEY")
	assert.Equal(t, codeFailed, r.code)
	assert.Equal(t, made, value())
	assert.Contains(t, r.err, "no right to do that")

	for want, line := range map[string]string{"got --given and --back": "KEY --given --back", "does not name it": "OTHER",
		"--patience: got 0s": "KEY --patience 0s"} {
		r = s.rung(append([]string{"secret", "rotate"}, strings.Fields(line)...)...)
		assert.Equal(t, codeUsage, r.code, line)
		assert.Contains(t, r.err, want)
	}
	assert.Equal(t, made, value())
}

// Nothing runs on the offline cloud, which is said, and the value counts from then on.
func TestRotateOffline(t *testing.T) {
	s, value := secretShop(t)
	require.Equal(t, codeDone, s.saying("first\n", "secret", "set", "KEY").code)
	r := s.saying("second\n", "secret", "rotate", "KEY", "--given")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Equal(t, "second", value())
	assert.Contains(t, r.err, "Nothing runs here that would take it")
}

func TestMoments(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{"latest": {}, "15m": now.Add(-15 * time.Minute),
		"2026-11-30T11:55:00Z": now.Add(-5 * time.Minute), "2026-11-30T12:55:00+01:00": now.Add(-5 * time.Minute)} {
		got, err := moment(text, now)
		require.NoError(t, err, text)
		assert.True(t, want.Equal(got), text)
	}
	for _, text := range []string{"", "yesterday", "2026-11-30 11:55", "-5m", "2026-11-30T12:00:01Z"} {
		_, err := moment(text, now)
		assert.ErrorIs(t, err, errUsage, text)
	}
}

func TestNamesOfRestoredDatabases(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	assert.Equal(t, "r-dev-database-20261130-120000", restoredName("dev", operate.Store{Name: "database"}, now))
	for _, stack := range []string{"My_Shop", "9", strings.Repeat("long-", 30)} {
		name := restoredName(stack, operate.Store{Name: "database", Kind: operate.Cluster}, now)
		assert.Regexp(t, instanceName, name)
		assert.LessOrEqual(t, len(name), 61, "with room for the instance of a cluster")
	}
}
