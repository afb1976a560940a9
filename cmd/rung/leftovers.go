package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/orphans"
	"github.com/rung-dev/rung/stacks"
)

// proveEmpty asks the cloud, after the end of a stack whose state was last, whether
// anything of it is left but what stays by design.
func (s *session) proveEmpty(ctx context.Context, last []apitype.ResourceV3) error {
	things, err := s.held(ctx, last)
	if err != nil {
		return fmt.Errorf("the state of stack %s is empty, but whether its cloud is, is not known: %w", s.stack.Name(), err)
	}
	if !s.app.flags.offline() { // whose index still has what this run has deleted
		things = orphans.Unknown(things, last)
	}
	var left []string
	for _, t := range things {
		if !stacks.Stays(t.Type) && !retained(t, last) {
			left = append(left, "\n  "+t.String()+": "+s.howToRemove(t))
		}
	}
	if len(left) == 0 {
		return nil
	}
	return fmt.Errorf("destroy stack %s: its state is empty, but the cloud still holds:%s", s.stack.Name(),
		strings.Join(left, ""))
}

// retained reports whether a thing is a resource that its stack has let go of.
func retained(t orphans.Thing, last []apitype.ResourceV3) bool {
	return slices.ContainsFunc(last, func(r apitype.ResourceV3) bool {
		return r.RetainOnDelete && (string(r.URN) == t.URN || t.ARN != "" && r.Outputs["arn"] == t.ARN)
	})
}

// abandoned reports whether the cloud holds anything of a stack whose state is empty
// that does not stay by design.
func (s *session) abandoned(ctx context.Context) (bool, error) {
	if !s.app.flags.offline() { // what has no state there is not the stack's to delete
		return false, nil
	}
	things, err := s.held(ctx, nil)
	return slices.ContainsFunc(things, func(t orphans.Thing) bool { return !stacks.Stays(t.Type) }), err
}
