package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
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

func (s *Stack) deployment(ctx context.Context) (d apitype.UntypedDeployment, state apitype.DeploymentV3, err error) {
	if d, err = s.driver.state(ctx); err == nil {
		err = json.Unmarshal(d.Deployment, &state)
	}
	if err != nil {
		err = fmt.Errorf("read the state of stack %s: %w", s.opts.Stack, err)
	}
	return d, state, err
}

// Settle ends what is Pending: resources that were found, by URN with their id,
// are read from the cloud into the state; the others are forgotten. It refreshes
// the whole stack when there is something to read.
func (s *Stack) Settle(ctx context.Context, found map[string]string) error {
	if err := s.ready("settle", true); err != nil {
		return err
	}
	d, state, err := s.deployment(ctx)
	if err != nil {
		return err
	}
	if d.Deployment, err = json.Marshal(settled(state, found)); err != nil {
		return fmt.Errorf("write the state of stack %s: %w", s.opts.Stack, err)
	}
	if err := s.driver.setState(ctx, d); err != nil {
		return fmt.Errorf("write the state of stack %s: %w", s.opts.Stack, err)
	}
	if len(found) == 0 {
		return nil
	}
	_, err = s.Refresh(ctx)
	return err
}

// settled moves the creations that were found among the resources and drops the
// others; what else is pending stays.
func settled(state apitype.DeploymentV3, found map[string]string) apitype.DeploymentV3 {
	var left []apitype.OperationV2
	for _, op := range state.PendingOperations {
		if op.Type != apitype.OperationTypeCreating {
			left = append(left, op)
			continue
		}
		if id := found[string(op.Resource.URN)]; id != "" {
			op.Resource.ID = resource.ID(id)
			state.Resources = append(state.Resources, op.Resource)
		}
	}
	state.PendingOperations = left
	return state
}
