package artifact

import (
	"debug/elf"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// root is the checkout that the tests are compiled from.
var root = filepath.Join("..", "..")

// built is what the test builds for: this machine's own processors, for which part of
// the app is compiled in any case, and in make nightly those of the stages.
func built() (Architecture, elf.Machine) {
	if runtime.GOARCH == string(AMD64) && os.Getenv("RUNG_SWEEP") == "" {
		return AMD64, elf.EM_X86_64
	}
	return ARM64, elf.EM_AARCH64
}

func TestTheAppIsBuiltReproducibly(t *testing.T) {
	processors, machine := built()
	first, err := build(t.Context(), root, processors)
	require.NoError(t, err)
	file, err := elf.Open(first.Path)
	require.NoError(t, err)
	defer file.Close()
	assert.Equal(t, machine, file.Machine)
	require.NoError(t, os.Remove(first.Path))
	second, err := build(t.Context(), root, processors)
	require.NoError(t, err)
	assert.Equal(t, first, second)
	require.NotEmpty(t, second.Static)
	for _, f := range second.Static {
		assert.Regexp(t, `^static/[a-z]+\.[0-9a-f]{12}\.(css|js|svg)$`, f.Key, "the name holds the content's hash")
		assert.FileExists(t, f.Path)
	}
	assert.Contains(t, second.Key(), second.SHA256)
	shown, err := Static(t.Context(), root)
	require.NoError(t, err)
	assert.Equal(t, second.Static, shown, "a plan that is only shown names the files that will be deployed")
}

// elsewhere makes a directory that calls itself a checkout of rung and whose
// app leaves a trace when it is run, and returns both.
func elsewhere(t *testing.T) (dir, trace string) {
	t.Helper()
	dir, trace = t.TempDir(), filepath.Join(t.TempDir(), "was-run")
	for name, text := range map[string]string{
		"go.mod": "module github.com/rung-dev/rung\n\ngo 1.24\n", "go.sum": "",
		"app/main.go": "package main\n\nimport \"os\"\n\nfunc init() { os.WriteFile(" + `"` + trace + `"` + ", nil, 0o600) }\n\nfunc main() {}\n",
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir, trace
}

func TestNoCodeOfAnotherDirectoryIsRun(t *testing.T) {
	dir, trace := elsewhere(t)
	below := filepath.Join(dir, "some", "where")
	require.NoError(t, os.MkdirAll(below, 0o755))
	for name, tt := range map[string]struct{ at, want string }{
		"above":                      {below, dir + " calls itself a checkout of rung, but nothing above the working directory is built or run"},
		"here, but another's rung":   {dir, "this rung was not compiled from it"},
		"nothing anywhere":           {t.TempDir(), "no checkout of rung"},
		"below the one it came from": {".", "nothing above the working directory"},
		"nowhere":                    {filepath.Join(dir, "missing"), "find the directory"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Resolve(t.Context(), "", tt.at, ARM64)
			require.ErrorContains(t, err, tt.want)
			_, err = Static(t.Context(), tt.at)
			require.ErrorContains(t, err, tt.want, "for a plan that is only shown neither")
			assert.NoFileExists(t, trace)
		})
	}
	assert.Equal(t, dir, Above(below), "it is named to the user all the same")
	assert.Empty(t, Above(t.TempDir()))
}

func TestACheckoutIsTheCallersOwn(t *testing.T) {
	dir, _ := elsewhere(t)
	got, err := checkout(dir, dir)
	require.NoError(t, err)
	assert.Equal(t, dir, got)
	_, err = checkout(dir, "")
	require.ErrorIs(t, err, ErrUnnamed, "a rung that was compiled without knowing where")

	require.NoError(t, os.Chmod(filepath.Join(dir, "go.mod"), 0o666))
	_, err = checkout(dir, dir)
	require.ErrorContains(t, err, "go.mod can be written by everybody")
	require.NoError(t, os.Chmod(filepath.Join(dir, "go.mod"), 0o644))

	require.NoError(t, os.Rename(filepath.Join(dir, "app"), filepath.Join(dir, "other")))
	require.NoError(t, os.Symlink(filepath.Join(dir, "other"), filepath.Join(dir, "app")))
	_, err = checkout(dir, dir)
	require.ErrorContains(t, err, "app is a symbolic link")
	require.NoError(t, os.Remove(filepath.Join(dir, "app")))
	require.NoError(t, os.Rename(filepath.Join(dir, "other"), filepath.Join(dir, "app")))

	if os.Geteuid() == 0 {
		require.NoError(t, os.Chown(dir, 4242, 4242))
		_, err = checkout(dir, dir)
		require.ErrorContains(t, err, "belongs to user 4242")
	}
}

// What lies around the module takes no part in the build.
func TestTheBuildHeedsNothingAround(t *testing.T) {
	dir, _ := elsewhere(t)
	above := filepath.Dir(dir)
	evil := filepath.Join(above, "go.work")
	require.NoError(t, os.WriteFile(evil, []byte("this is no go.work\n"), 0o600))
	t.Cleanup(func() { os.Remove(evil) })
	t.Setenv("GOFLAGS", "-toolexec=/nowhere/evil")
	t.Setenv("CC", "/nowhere/evil")
	processors, _ := built()
	require.NoError(t, compileFor(t.Context(), dir, filepath.Join(t.TempDir(), "out"), processors))
	require.NoError(t, compile(t.Context(), dir, filepath.Join(t.TempDir(), "out"), "./app"))
}

func TestTheStandInIsNeverWrittenThrough(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(t.TempDir(), "kept")
	require.NoError(t, os.WriteFile(kept, []byte("mine"), 0o600))
	require.NoError(t, os.Symlink(kept, filepath.Join(dir, "app-stand-in")))
	first, err := StandIn(dir)
	require.NoError(t, err)
	text, err := os.ReadFile(kept)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(text))
	sum, err := hash(first.Path)
	require.NoError(t, err)
	assert.Equal(t, sum, first.SHA256)
	second, err := StandIn(dir)
	require.NoError(t, err)
	assert.Equal(t, first, second)
}
