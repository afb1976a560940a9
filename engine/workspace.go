package engine

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// workspace opens the directory of Pulumi.yaml.
func (s *cli) workspace(ctx context.Context) (auto.Workspace, error) {
	return auto.NewLocalWorkspace(ctx, auto.WorkDir(s.paths.work), auto.Program(s.opts.Program), auto.Pulumi(s.command))
}

// known is a workspace whose stack is known to exist, which saves starting the
// CLI to select it: every command names its stack.
type known struct{ auto.Workspace }

// SelectStack has nothing to do.
func (known) SelectStack(context.Context, string) error { return nil }

// selectStack opens the stack, creating it when there is none.
func (s *cli) selectStack(ctx context.Context, ws auto.Workspace) (err error) {
	switch {
	case s.opts.Cloud == AWS:
		s.auto, err = auto.UpsertStack(ctx, s.opts.Stack, ws)
	case s.exists():
		s.auto, err = auto.SelectStack(ctx, s.opts.Stack, known{ws})
	default:
		s.auto, err = auto.NewStack(ctx, s.opts.Stack, ws)
	}
	if err != nil {
		return fmt.Errorf("open stack %s: %w", s.opts.Stack, err)
	}
	return nil
}

// exists needs both: a stack file without its configuration has lost the salt of
// its secrets, which creating the stack anew would report.
func (s *Stack) exists() bool {
	_, stateErr := os.Stat(s.paths.deploy)
	_, configErr := os.Stat(s.paths.config)
	return stateErr == nil && configErr == nil
}
