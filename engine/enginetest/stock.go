// Package enginetest finds a stock Pulumi CLI for the tests that hold rung
// against one.
package enginetest

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
)

// StockCLI is a Pulumi CLI as its users have it; without one the test is skipped.
// Building one takes minutes, so that it is built only where that is asked for, as
// `make nightly` does.
func StockCLI(t *testing.T) *engine.CLI {
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
