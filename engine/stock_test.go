package engine_test

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
)

// stockCLI is a Pulumi CLI as its users have it. Building one takes minutes, so that
// it is built only where that is asked for, as `make nightly` does.
func stockCLI(t *testing.T) *engine.CLI {
	t.Helper()
	look := engine.Look
	if os.Getenv(engine.Variable) == "build" {
		look = func(ctx context.Context) (*engine.CLI, error) { return engine.Find(ctx, nil) }
	}
	cli, err := look(t.Context())
	require.NoError(t, err)
	if cli == nil {
		t.Skipf("no pulumi on the PATH or in rung's cache; %s=build makes one, in five minutes or so", engine.Variable)
	}
	return cli
}
