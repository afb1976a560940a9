package engine_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/engine/enginetest"
)

func TestDamagedFilesAreNamedAndLeftAlone(t *testing.T) {
	for name, path := range map[string]string{
		"the offline cloud":   "cloud.json",
		"the state":           "state/.pulumi/stacks/rung/dev.json",
		"the configuration":   "workspace/Pulumi.dev.yaml",
		"an empty cloud file": "cloud.json",
	} {
		t.Run(name, func(t *testing.T) {
			text := "{broken: ["
			if name == "an empty cloud file" {
				text = ""
			}
			dir := t.TempDir()
			file := filepath.Join(dir, ".rung", path)
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))

			_, err := engine.Open(t.Context(), engine.Options{Dir: dir, Program: things()})
			require.ErrorIs(t, err, engine.ErrSetup)
			assert.ErrorContains(t, err, file)
			after, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, text, string(after))
			assert.NoDirExists(t, filepath.Join(dir, ".rung", "home"), "nothing was made")
		})
	}
}

func TestBadOptionsAreReportedTogether(t *testing.T) {
	_, err := engine.Open(t.Context(), engine.Options{Dir: t.TempDir(), Stack: "no/slash", Cloud: "moon"})
	require.ErrorIs(t, err, engine.ErrSetup)
	for _, want := range []string{`"no/slash"`, `"moon", want offline, lab or aws`, "no program"} {
		assert.ErrorContains(t, err, want)
	}
}

func TestUnwritableDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := engine.Open(t.Context(), engine.Options{Dir: file, Program: things()})
	require.ErrorIs(t, err, engine.ErrSetup)
	assert.ErrorContains(t, err, file)
}

func TestLockedStackRefusesToChange(t *testing.T) {
	s := up(t, t.TempDir(), things(thing{name: "a"}))
	locks := filepath.Join(filepath.Dir(s.StateFile()), "state/.pulumi/locks/organization/rung/dev")
	require.NoError(t, os.MkdirAll(locks, 0o755))
	host, err := os.Hostname()
	require.NoError(t, err)
	text, err := json.Marshal(map[string]any{"pid": os.Getpid(), "username": "ada", "hostname": host,
		"timestamp": time.Unix(0, 0)})
	require.NoError(t, err)
	lock := filepath.Join(locks, "other.json")
	require.NoError(t, os.WriteFile(lock, text, 0o600))

	_, err = s.Preview(t.Context())
	require.NoError(t, err, "a preview changes nothing and may go on")
	_, err = s.Up(t.Context())
	require.ErrorIs(t, err, engine.ErrLocked)
	require.ErrorIs(t, err, engine.ErrSetup)
	assert.ErrorContains(t, err, lock)
	assert.ErrorContains(t, err, "a lock whose process is gone is taken over")
	assert.ErrorContains(t, err, "ada@"+host+" (is running)")

	require.NoError(t, os.Remove(lock))
	_, err = s.Up(t.Context())
	require.NoError(t, err)
}

// The engine's own lock file is where and what this package thinks it is.
func TestLockOfARunningUpIsSeen(t *testing.T) {
	dir := t.TempDir()
	started := make(chan struct{})
	end := make(chan struct{})
	s := open(t, engine.Options{Dir: dir, Program: func(*pulumi.Context) error {
		close(started)
		<-end
		return nil
	}})
	done := make(chan error, 1)
	go func() { _, err := s.Up(t.Context()); done <- err }()
	<-started
	other := open(t, engine.Options{Dir: dir, Program: things()})
	assert.ErrorIs(t, other.Locked(), engine.ErrLocked)
	_, err := other.Destroy(t.Context())
	assert.ErrorIs(t, err, engine.ErrLocked)
	close(end)
	require.NoError(t, <-done)
	assert.NoError(t, other.Locked())
}

func TestScratchLeavesNothing(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	s, err := engine.Open(t.Context(), engine.Options{Scratch: true, Program: things(thing{name: "a"})})
	require.NoError(t, err)
	_, err = s.Up(t.Context())
	require.NoError(t, err)
	r, err := s.With(map[string]string{"rung:stage": "2"}).Preview(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a": "same"}, ops(r.Events))
	require.NoError(t, s.Close())
	assert.Empty(t, list(t, tmp))
}

// A failing program and a failing provider leave no temporary file either.
func TestFailuresNameTheResource(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	s := open(t, engine.Options{Dir: t.TempDir(), Program: things(
		thing{name: "bad", in: pulumi.Map{"fail": pulumi.String("QuotaExceeded: ask for more")}}, thing{name: "good"})})
	_, err := s.Up(t.Context())
	assert.Equal(t, []string{"bad"}, named(t, err))
	assert.EqualError(t, err, "up failed: bad: QuotaExceeded: ask for more")

	broken := open(t, engine.Options{Dir: t.TempDir(), Program: func(*pulumi.Context) error { panic("lost") }})
	_, err = broken.Preview(t.Context())
	assert.ErrorContains(t, err, "lost")
	assert.Empty(t, list(t, tmp))
}

func TestProgramErrorsComeWithoutTheirWrapping(t *testing.T) {
	s := open(t, engine.Options{Dir: t.TempDir(), Program: func(*pulumi.Context) error {
		return errors.Join(errors.New("rung:stage: got 7, want 1 to 6"), errors.New("rung:cdn: got \"none\""))
	}})
	_, err := s.Preview(t.Context())
	assert.EqualError(t, err, "preview failed: rung:stage: got 7, want 1 to 6\nrung:cdn: got \"none\"")
}

// On AWS the user's own backend, passphrase and plugins are used; the toy plugin on
// the PATH stands for them.
func TestAWSUsesTheUsersOwnBackend(t *testing.T) {
	executable, err := os.Executable()
	require.NoError(t, err)
	bin, state, dir := t.TempDir(), t.TempDir(), t.TempDir()
	require.NoError(t, os.Symlink(executable, filepath.Join(bin, "pulumi-resource-random")))
	cli := enginetest.StockCLI(t)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("PULUMI_BACKEND_URL", "file://"+state)
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "mine")
	t.Setenv("PULUMI_HOME", t.TempDir())
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv(engine.StateVariable, filepath.Join(t.TempDir(), "world.json"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte("name: rung\nruntime: go\n"), 0o600))

	s := open(t, engine.Options{Dir: dir, Cloud: engine.AWS, CLI: cli, Program: things(thing{name: "a"}),
		Config: map[string]string{"rung:stage": "2"}})
	_, err = s.Up(t.Context())
	require.NoError(t, err)
	assert.NoError(t, s.Locked())
	assert.FileExists(t, filepath.Join(state, ".pulumi/stacks/rung/dev.json"))
	assert.NoDirExists(t, filepath.Join(dir, ".rung"), "nothing is shimmed")
	config, err := os.ReadFile(filepath.Join(dir, "Pulumi.dev.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(config), `rung:stage: "2"`, "shared with the stock CLI")
}

func TestNothingOfTheUsersLeaksIn(t *testing.T) {
	for _, k := range []string{"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "PULUMI_ACCESS_TOKEN", "CLOUDFLARE_API_TOKEN"} {
		t.Setenv(k, "leak")
	}
	t.Setenv("PULUMI_BACKEND_URL", "s3://not-here")
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "other")
	dir := t.TempDir()
	s := up(t, dir, things(thing{name: "env", in: pulumi.Map{"reveal": pulumi.String("")}}))
	all, err := s.Resources(t.Context())
	require.NoError(t, err)
	seen := all[len(all)-1].Outputs["reveal"]
	assert.NotContains(t, seen, "leak")
	assert.NotContains(t, seen, "s3://not-here")
	assert.Contains(t, seen, engine.StateVariable+"="+s.StateFile())
}

// list are the files below a directory.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path != dir {
			out = append(out, path)
		}
		return err
	}))
	return out
}
