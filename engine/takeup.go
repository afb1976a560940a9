package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// Snapshot is the stack's whole state: its resources, and the operations that the
// engine began and never saw the end of.
func (s *Stack) Snapshot(ctx context.Context) (apitype.DeploymentV3, error) {
	_, state, err := s.deployment(ctx)
	return state, err
}

// TakeUp ends what runs that were broken off have left open. Entries are put into
// the state as they are, without outputs, and read from the cloud; each must come
// after what it refers to. Suspects are resources of the state that are read again:
// one that is gone leaves it. Creations that are pending are forgotten unless an
// entry stands for them. Nothing changes in the cloud.
//
// When the cloud cannot be read the state is as it was before, unless ctx is done:
// then the entries stay, and are to be suspects of the next TakeUp.
func (s *Stack) TakeUp(ctx context.Context, entries []apitype.ResourceV3, suspects []string) error {
	if err := s.ready("take up", true); err != nil {
		return err
	}
	before, state, err := s.deployment(ctx)
	if err != nil {
		return err
	}
	after := before
	if after.Deployment, err = json.Marshal(takenUp(state, entries)); err != nil {
		return fmt.Errorf("write the state of stack %s: %w", s.opts.Stack, err)
	}
	if err := s.driver.setState(ctx, after); err != nil {
		return fmt.Errorf("write the state of stack %s: %w", s.opts.Stack, err)
	}
	err = s.reread(ctx, targets(entries, suspects))
	if err != nil && ctx.Err() == nil {
		if undo := s.driver.setState(ctx, before); undo != nil {
			return fmt.Errorf("%w; and put the state back: %w", err, undo)
		}
	}
	if err != nil {
		return err
	}
	return s.hold.settle()
}

// takenUp is a state with entries in the place of what was pending. An entry for
// a resource that was deleted to be replaced takes that one's place.
func takenUp(state apitype.DeploymentV3, entries []apitype.ResourceV3) apitype.DeploymentV3 {
	state.PendingOperations = slices.DeleteFunc(state.PendingOperations, func(op apitype.OperationV2) bool {
		return op.Type == apitype.OperationTypeCreating
	})
	replaced := map[string]bool{}
	for _, e := range entries {
		replaced[string(e.URN)] = !e.Delete
	}
	state.Resources = slices.DeleteFunc(state.Resources, func(r apitype.ResourceV3) bool {
		return r.PendingReplacement && replaced[string(r.URN)]
	})
	state.Resources = append(state.Resources, entries...)
	return state
}

// targets are the resources to be read.
func targets(entries []apitype.ResourceV3, suspects []string) []string {
	urns := slices.Clone(suspects)
	for _, e := range entries {
		if e.Custom && len(e.Outputs) == 0 {
			urns = append(urns, string(e.URN))
		}
	}
	slices.Sort(urns)
	return slices.Compact(urns)
}

// reread writes what the cloud says of some resources into the state.
func (s *Stack) reread(ctx context.Context, urns []string) error {
	if len(urns) == 0 {
		return nil
	}
	_, err := s.Refresh(ctx, urns...)
	return err
}
