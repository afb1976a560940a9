package inprocess

import (
	"context"
	"fmt"
	"io"

	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/pkg/v3/secrets"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/rung-dev/rung/engine/store"
)

type (
	deployment = apitype.TypedDeployment
	manager    = secrets.Manager
)

// target is the stack as the engine wants it: configuration and last state.
func (s Settings) target(r Run, base deployment) (engine.UpdateInfo, manager, error) {
	var none engine.UpdateInfo
	project := s.project()
	name, err := tokens.ParseStackName(s.Stack)
	if err != nil {
		return none, nil, fmt.Errorf("read the stack's name: %w", err)
	}
	settings, err := workspace.LoadProjectStack(silence(), project, r.Config)
	if err != nil {
		return none, nil, fmt.Errorf("read the stack's configuration: %w", err)
	}
	m, err := secretsOf(settings.EncryptionSalt)
	if err != nil {
		return none, nil, err
	}
	snapshot, err := Snapshot(base)
	if err != nil {
		return none, nil, err
	}
	return engine.UpdateInfo{Root: s.Dir, Project: project, Target: &deploy.Target{
		Name: name, Organization: store.Organization, Snapshot: snapshot,
		Config: config.Map(settings.Config), Decrypter: m.Decrypter(),
	}}, m, nil
}

// Snapshot is a state as the engine holds it; nil for a stack that has never been
// deployed. A state that is broken in itself is refused.
func Snapshot(d deployment) (*deploy.Snapshot, error) {
	if d.Deployment == nil {
		return nil, nil
	}
	snapshot, err := stack.DeserializeDeploymentV3(context.Background(), *d.Deployment, Secrets{})
	if err != nil {
		return nil, fmt.Errorf("read the state: %w", err)
	}
	if err := snapshot.VerifyIntegrity(); err != nil {
		return nil, fmt.Errorf("the state contradicts itself, nothing was done: %w", err)
	}
	return snapshot, nil
}

func silence() diag.Sink {
	return diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: "never"})
}
