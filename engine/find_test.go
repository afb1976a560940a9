package engine

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fill is a maker that leaves a CLI, as a build does.
func fill(_ context.Context, root string) error {
	bin := filepath.Join(root, "bin")
	return errors.Join(os.MkdirAll(bin, 0o755), os.WriteFile(filepath.Join(bin, "pulumi"), []byte("#!"), 0o755))
}

func TestFindTakesTheFirstThatThereIs(t *testing.T) {
	never := func(context.Context, string) error { return errors.New("must not be tried") }
	tests := map[string]struct {
		chosen, onPath, version string
		cached                  bool
		build                   func(context.Context, string) error
		want                    string // the beginning of the source
		err                     string
		setup                   bool
	}{
		"the PATH comes first":           {onPath: "/usr/bin/pulumi", version: "v3.259.0", cached: true, want: "found on the PATH: /usr/bin/pulumi"},
		"a newer one is fine":            {onPath: "/usr/bin/pulumi", version: "v3.300.1\n", want: "found on the PATH"},
		"too old is said, not passed by": {onPath: "/usr/bin/pulumi", version: "v3.100.0", cached: true, err: "/usr/bin/pulumi is pulumi 3.100.0, and rung needs at least 3.259.0", setup: true},
		"too old on the PATH ignored":    {chosen: "build", onPath: "/usr/bin/pulumi", version: "v3.100.0", cached: true, want: "rung's own"},
		"no version":                     {onPath: "/usr/bin/pulumi", version: "", err: "does not say its version", setup: true},
		"chosen":                         {chosen: "/opt/pulumi", onPath: "/usr/bin/pulumi", version: "3.259.0", want: "chosen by RUNG_PULUMI"},
		"chosen and too old":             {chosen: "/opt/pulumi", version: "3.1.0", err: "/opt/pulumi is pulumi 3.1.0", setup: true},
		"the cache before the build":     {cached: true, build: never, want: "rung's own"},
		"nothing there":                  {build: fill, want: "built"},
		"asked to build":                 {chosen: "build", onPath: "/usr/bin/pulumi", build: fill, want: "built"},
		"nothing works":                  {build: never, err: "build the Pulumi CLI 3.259.0: must not be tried"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := finder{chosen: tt.chosen, cache: t.TempDir(), build: tt.build,
				log:     func(string) {},
				version: func(context.Context, string) (string, error) { return tt.version, nil },
				lookPath: func(string) (string, error) {
					if tt.onPath == "" {
						return "", exec.ErrNotFound
					}
					return tt.onPath, nil
				}}
			if tt.cached {
				require.NoError(t, fill(t.Context(), f.built()))
			}
			cli, err := f.find(t.Context())
			leftovers, globErr := filepath.Glob(filepath.Join(f.cache, "new-*"))
			require.NoError(t, globErr)
			assert.Empty(t, leftovers, "a failed or finished attempt leaves nothing half done")
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				assert.Equal(t, tt.setup, errors.Is(err, ErrSetup))
				return
			}
			require.NoError(t, err)
			assert.True(t, strings.HasPrefix(cli.Source, tt.want), "%q", cli.Source)
			assert.False(t, cli.Version.LT(minimum))
		})
	}
}

// The test binary is in the place of a CLI that cannot run.
func TestABrokenCLIIsASetupError(t *testing.T) {
	t.Setenv(Variable, filepath.Join(t.TempDir(), "missing"))
	_, err := Find(t.Context(), nil)
	require.ErrorIs(t, err, ErrSetup)
	assert.ErrorContains(t, err, Variable)
}

func TestOnlyOneProcessMakesTheCLI(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lockFile(t.Context(), path, func(string) {})
	require.NoError(t, err)
	waiting := make(chan struct{})
	got := make(chan error, 1)
	go func() {
		second, err := lockFile(t.Context(), path, func(string) { close(waiting) })
		if err == nil {
			second()
		}
		got <- err
	}()
	<-waiting
	unlock()
	require.NoError(t, <-got)
}

// The embedded copy is what a rung without its source builds from.
func TestEmbeddedToolsAreCurrent(t *testing.T) {
	for name, copied := range map[string][]byte{"go.mod": toolsMod, "go.sum": toolsSum} {
		want, err := os.ReadFile(filepath.Join("..", "tools", name))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(copied), "cp tools/%s engine/cli/%s.txt", name, name)
	}
	assert.Contains(t, string(toolsMod), "github.com/pulumi/pulumi/pkg/v3 v"+Pinned.String())
}

func TestWriteToolsIsAModule(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "src")
	require.NoError(t, writeTools(dir))
	cmd := exec.CommandContext(t.Context(), "go", "list", "-m")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, "github.com/rung-dev/rung/tools", strings.TrimSpace(string(out)))
}

func TestWatchTellsHowFarABuildIs(t *testing.T) {
	clock := time.Unix(0, 0)
	now := func() time.Time { clock = clock.Add(6 * time.Second); return clock }
	var said []string
	rest := watch(strings.NewReader("a/b\nc/d\n# c/d\nc/d/x.go:1:2: undefined: y\ne/f\ng/h\n"),
		func(s string) { said = append(said, s) }, now)
	assert.Equal(t, []string{"# c/d", "c/d/x.go:1:2: undefined: y"}, rest)
	require.NotEmpty(t, said)
	assert.Contains(t, said[0], "packages compiled")
}
