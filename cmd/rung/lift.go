package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/preview"
)

// confirmKey names the resources that may go with their data.
const confirmKey = "confirmDataLoss"

// awsProtections are the properties by which AWS itself refuses a deletion.
var awsProtections = []string{"deletionProtection", "enableDeletionProtection", "deletionProtectionEnabled"}

// protected are the names of the resources that the plan deletes or replaces
// and that are protected, by the state or by AWS itself.
func protected(steps []preview.Step) []string {
	var names []string
	for _, s := range steps {
		goes := s.Op == preview.Delete && !s.Retained || s.Op == preview.Replace
		if goes && (s.Protect || awsProtected(s.Old)) {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func awsProtected(props map[string]any) bool {
	return slices.ContainsFunc(awsProtections, func(key string) bool { return props[key] == true })
}

// withoutData are the names of the protected resources that hold no data, such
// as a load balancer. They need no confirmation of the user's, only of rung's.
func withoutData(steps []preview.Step) []string {
	var names []string
	for _, s := range steps {
		if _, holds := guard.HoldsData(s.Type); !holds && slices.Contains(protected([]preview.Step{s}), s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}

// lift takes the protections off what the confirmed plan deletes, by an update
// of the stack as it stands: AWS refuses to delete what is protected, so the
// deletion itself has to come in a second update. Nothing to lift is no update.
func (s *session) lift(ctx context.Context, steps []preview.Step) error {
	names := protected(steps)
	if len(names) == 0 {
		return nil
	}
	confirmed, err := s.confirm(withoutData(steps))
	if err != nil {
		return err
	}
	s.app.say("Lifting the protection first of what may go: %s", strings.Join(names, ", "))
	if _, err := s.stack.With(settings{confirmKey: confirmed}.engine()).Up(ctx); err != nil {
		s.tellLifted(ctx)
		return fmt.Errorf("lift the protection of what may go: %w", err)
	}
	return nil
}

// liftInState is for a stack that cannot be updated any more, half built or
// changed by hand: destroying it must be possible all the same. It takes
// Pulumi's protection away; where AWS has one of its own, AWS will say so.
func (s *session) liftInState(ctx context.Context, steps []preview.Step, why error) error {
	var run *engine.RunError
	if ctx.Err() != nil || !errors.As(why, &run) { // a lock or a full disk says nothing of the stack
		return why
	}
	s.app.say("%v\nThe stack cannot be updated, so its protections are lifted in the state alone.", why)
	var urns []string
	for _, x := range steps {
		if x.Protect {
			urns = append(urns, x.URN)
		}
	}
	return s.stack.Unprotect(ctx, urns...)
}

// confirm adds names to those that the user confirmed, for this run, and
// returns the key's new value.
func (s *session) confirm(names []string) (string, error) {
	all := slices.Concat(s.config.ConfirmDataLoss, names)
	slices.Sort(all)
	value, err := json.Marshal(slices.Compact(all))
	if err != nil {
		return "", fmt.Errorf("write rung:%s: %w", confirmKey, err)
	}
	return string(value), s.want(confirmKey, string(value))
}

// forget removes keys from the stack's own configuration that mean nothing once
// the stack is empty.
func (s *session) forget(keys ...string) error {
	var names []string
	for _, k := range keys {
		names = append(names, "rung:"+k)
	}
	return s.stack.UnsetConfig(names...)
}
