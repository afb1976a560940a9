package trial

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/container"
	"github.com/rung-dev/rung/lab/container/containertest"
	"github.com/rung-dev/rung/stacks/manifest"
)

// The tests' executable is rung's, where it is called as such.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "lab" && os.Args[2] == container.Word {
		os.Exit(container.Main(os.Args[3], os.Args[4:]))
	}
	os.Exit(m.Run())
}

// An image is held to the contract as its machines' containers are.
func TestATrialTriesImages(t *testing.T) {
	if err := container.Probe(); err != nil {
		t.Skip(err)
	}
	program := containertest.Program(t, filepath.Join("..", "..", "lab", "container", "testdata", "app"))
	image := containertest.Push(t, containertest.Registry(t), "shop", v1.Config{Entrypoint: []string{"/app", "serve"}}, "",
		containertest.Layer(t, map[string]string{"app": string(program), "tmp/": ""}))
	engine := func(ctx context.Context, image, dir string) (string, error) {
		executable, err := os.Executable()
		require.NoError(t, err)
		c := container.Containers{Dir: dir}
		require.NoError(t, c.Provide(executable))
		return c.Programs(), c.Fetch(ctx, image)
	}
	findings, err := Run(t.Context(), manifest.App{Image: image, StopSeconds: 2}, Options{Environment: os.Environ(),
		Patience: 20 * time.Second, Engine: engine})
	require.NoError(t, err)
	got := map[string]Outcome{}
	for _, f := range findings {
		got[f.Point] = f.Outcome
	}
	assert.Equal(t, map[string]Outcome{"serves at PORT": Kept, "serves at HOST": Kept, "answers its health path": Kept,
		"says how long pages may be kept": Broken, "ends after SIGTERM": Kept, "keeps no state on disk": NotTried}, got,
		"%v", findings)
}
