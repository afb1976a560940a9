package inprocess

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/backend"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/pkg/v3/secrets"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/rung-dev/rung/engine/store"
)

// references answers stack references from the store: the stack's own last outputs
// and those of the stacks beside it. What is a secret there stays one, and one that
// cannot be opened is left out, as Pulumi's own client (which this feeds) has it.
func (s Settings) references() deploy.BackendClient {
	return backend.NewBackendClient(library{settings: s}, Secrets{})
}

// library is the part of a backend that stack references ask.
type library struct {
	backend.Backend
	settings Settings
}

// ParseStackReference reads STACK, organization/STACK and organization/PROJECT/STACK,
// as Pulumi's file backend does.
func (l library) ParseStackReference(text string) (backend.StackReference, error) {
	project, name := l.settings.Project, text
	switch parts := strings.Split(text, "/"); {
	case len(parts) == 1:
	case parts[0] != store.Organization:
		return nil, fmt.Errorf("read the stack reference %q: the organization is %q, not %q", text, store.Organization,
			parts[0])
	case len(parts) == 2:
		name = parts[1]
	case len(parts) == 3:
		project, name = parts[1], parts[2]
	default:
		return nil, fmt.Errorf("read the stack reference %q: want STACK or %s/PROJECT/STACK", text, store.Organization)
	}
	parsed, err := tokens.ParseStackName(name)
	if err = errors.Join(err, tokens.ValidateProjectName(project)); err != nil {
		return nil, fmt.Errorf("read the stack reference %q: %w", text, err)
	}
	return reference{tokens.Name(project), parsed}, nil
}

// GetStack is nil for a stack that does not exist.
func (l library) GetStack(_ context.Context, which backend.StackReference) (backend.Stack, error) {
	project, _ := which.Project()
	d, err := l.settings.Store.Beside(string(project), which.Name().String()).Read()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return shelved{state: d}, nil
}

// reference is the name of a stack.
type reference struct {
	project tokens.Name
	name    tokens.StackName
}

// String is the whole name.
func (r reference) String() string { return string(r.FullyQualifiedName()) }

// Name is the stack's.
func (r reference) Name() tokens.StackName { return r.name }

// Project is the one that the stack is of.
func (r reference) Project() (tokens.Name, bool) { return r.project, true }

// FullyQualifiedName is the whole name.
func (r reference) FullyQualifiedName() tokens.QName {
	return tokens.QName(store.Organization + "/" + string(r.project) + "/" + r.name.String())
}

// shelved is a stack that is only looked into.
type shelved struct {
	backend.Stack
	state deployment
}

// Snapshot is the whole state; one without anything for a stack that has never been deployed.
func (s shelved) Snapshot(ctx context.Context, p secrets.Provider) (*deploy.Snapshot, error) {
	if s.state.Deployment == nil {
		return &deploy.Snapshot{}, nil
	}
	return stack.DeserializeDeploymentV3(ctx, *s.state.Deployment, p)
}

// SnapshotStackOutputs are the outputs alone, of which alone the secrets are opened.
func (s shelved) SnapshotStackOutputs(ctx context.Context, p secrets.Provider) (property.Map, error) {
	if s.state.Deployment == nil {
		return property.Map{}, nil
	}
	outputs, err := stack.DeserializeStackOutputs(ctx, *s.state.Deployment, p)
	return resource.FromResourcePropertyMap(outputs), err
}
