package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// Pending are the URNs of the resources that an earlier run began to create and
// never saw the end of, because its engine was killed. They may exist without the
// stack knowing; creating them again would leave the first ones behind.
func (s *Stack) Pending(ctx context.Context) ([]string, error) {
	_, state, err := s.deployment(ctx)
	if err != nil {
		return nil, err
	}
	var urns []string
	for _, op := range state.PendingOperations {
		if op.Type == apitype.OperationTypeCreating {
			urns = append(urns, string(op.Resource.URN))
		}
	}
	slices.Sort(urns)
	return slices.Compact(urns), nil
}

// Interrupted are the URNs of the resources that an earlier run was changing or
// deleting when its engine was killed: the state says what they were before.
func (s *Stack) Interrupted(ctx context.Context) ([]string, error) {
	_, state, err := s.deployment(ctx)
	if err != nil {
		return nil, err
	}
	var urns []string
	for _, op := range state.PendingOperations {
		if op.Type == apitype.OperationTypeUpdating || op.Type == apitype.OperationTypeDeleting {
			urns = append(urns, string(op.Resource.URN))
		}
	}
	slices.Sort(urns)
	return slices.Compact(urns), nil
}

func (s *Stack) deployment(ctx context.Context) (d apitype.UntypedDeployment, state apitype.DeploymentV3, err error) {
	if d, err = s.driver.state(ctx); err == nil {
		err = json.Unmarshal(d.Deployment, &state)
	}
	if err != nil {
		err = fmt.Errorf("read the state of stack %s: %w", s.opts.Stack, err)
	}
	return d, state, err
}
