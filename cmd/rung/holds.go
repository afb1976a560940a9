package main

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/orphans"
	"github.com/rung-dev/rung/orphans/tagged"
)

// cloud is what can be asked what exists of a stack with that state.
func (s *session) cloud(ctx context.Context, state []apitype.ResourceV3) (orphans.Cloud, error) {
	if s.app.flags.offline() {
		return offlineCloud{file: s.stack.StateFile()}, nil
	}
	return tagged.Open(ctx, regionsOf(state))
}

// regionsOf are the regions of a state's providers.
func regionsOf(state []apitype.ResourceV3) []string {
	var regions []string
	for _, r := range state {
		if region, ok := r.Inputs["region"].(string); ok && r.Type == "pulumi:providers:aws" {
			regions = append(regions, region)
		}
	}
	return regions
}

// held is what the cloud holds of the stack, whose state that is or was.
func (s *session) held(ctx context.Context, state []apitype.ResourceV3) ([]orphans.Thing, error) {
	cloud, err := s.cloud(ctx, state)
	if err != nil {
		return nil, err
	}
	things, err := cloud.Holds(ctx, s.stack.Name())
	if err != nil {
		return nil, fmt.Errorf("ask the cloud what it holds of stack %s: %w", s.stack.Name(), err)
	}
	return things, nil
}

// offlineCloud is the file of the offline cloud, which knows every URN.
type offlineCloud struct{ file string }

// Holds reads the file.
func (c offlineCloud) Holds(_ context.Context, stack string) ([]orphans.Thing, error) {
	held, err := offline.Holds(c.file, engine.Project, stack)
	things := make([]orphans.Thing, len(held))
	for i, e := range held {
		things[i] = orphans.Thing{
			URN: e.URN, Type: e.Type, Name: e.Name, ID: e.ID, Provider: e.Provider, Region: e.Region, Number: e.Number,
		}
	}
	return things, err
}

// howToRemove says how the user gets rid of a thing that has no place in the stack.
func (s *session) howToRemove(t orphans.Thing) string {
	if s.app.flags.offline() {
		return fmt.Sprintf("To be rid of it, take the entry with the id %q out of %s.", t.ID, s.stack.StateFile())
	}
	return "To keep it, take it in by `pulumi import`; to be rid of it, delete it in AWS's console."
}
