package engine

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// workspace opens the directory of Pulumi.yaml.
func (s *cli) workspace(ctx context.Context) (auto.Workspace, error) {
	options := []auto.LocalWorkspaceOption{
		auto.WorkDir(s.paths.work), auto.Program(s.opts.Program), auto.Pulumi(s.command),
	}
	if s.served != nil { // where the CLI takes it that the backend keeps a new stack's secrets
		options = append(options, auto.SecretsProvider("passphrase"))
	}
	return auto.NewLocalWorkspace(ctx, options...)
}

// selectStack opens the stack, creating it when there is none.
func (s *cli) selectStack(ctx context.Context, ws auto.Workspace) (err error) {
	if s.auto, err = auto.UpsertStack(ctx, s.opts.Stack, ws); err != nil {
		return fmt.Errorf("open stack %s: %w", s.opts.Stack, err)
	}
	return nil
}
