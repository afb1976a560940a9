package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/preview"
)

// readUnended reads anew from the cloud, after a run that did not come to its end,
// what that run may have left without protection, and what it was changing or
// deleting: the state says what was before, and a plan from there would find
// nothing to put back.
func (s *session) readUnended(ctx context.Context) error {
	urns, err := s.uncertain(ctx)
	if err != nil || len(urns) == 0 {
		return err
	}
	s.app.say("%s; reading anew what it may have left half done (%d resources)", s.lastRun(), len(urns))
	result, err := s.run().PreviewRefresh(ctx, urns...)
	if err != nil {
		return fmt.Errorf("read anew what the last run has left: %w", err)
	}
	found := preview.FindDrift(result.Events)
	if !found.Any() {
		return nil
	}
	if err := s.mayForget(ctx, found, slices.Concat(s.config.ConfirmDataLoss, s.deleting())); err != nil {
		return err
	}
	if _, err := s.run().Refresh(ctx, urns...); err != nil {
		return fmt.Errorf("read anew what the last run has left: %w", err)
	}
	return nil
}

// lastRun says which run it was.
func (s *session) lastRun() string {
	if s.unended == nil || s.unended.Op == "" {
		return "The last run did not come to its end"
	}
	return fmt.Sprintf("The last run (`rung %s` of %s) did not come to its end", s.unended.Op,
		s.unended.Since.Format(time.DateTime))
}

// uncertain are the resources of which the state may not say what the cloud does.
func (s *session) uncertain(ctx context.Context) ([]string, error) {
	interrupted, err := s.stack.Interrupted(ctx)
	if err != nil {
		return nil, err
	}
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return nil, err
	}
	var urns []string
	for _, r := range resources {
		if slices.Contains(interrupted, string(r.URN)) || s.unended != nil && protectable(r) {
			urns = append(urns, string(r.URN))
		}
	}
	slices.Sort(urns)
	return slices.Compact(urns), nil
}

// protectable reports whether a resource can stand without its protection.
func protectable(r apitype.ResourceV3) bool {
	_, holds := guard.HoldsData(string(r.Type))
	return r.Custom && !r.External &&
		(holds || slices.ContainsFunc(awsProtections, func(key string) bool { return r.Inputs[key] != nil }))
}

// deleting are the resources that the last run was allowed to delete.
func (s *session) deleting() []string {
	if s.unended == nil {
		return nil
	}
	return s.unended.Confirmed
}

// makeAnew lets a plan make again what the run before this one deleted, as it had
// been confirmed, and did not live to make again or to write down as gone.
func (s *session) makeAnew(steps []preview.Step) (bool, error) {
	var names []string
	for _, x := range steps {
		if x.Op == preview.Create && slices.Contains(s.had, x.Name) && guard.Confirmed(s.deleting(), x.Name, x.URN) {
			names = append(names, x.Name)
		}
	}
	if len(names) == 0 {
		return false, nil
	}
	slices.Sort(names)
	s.app.say("%s; it deleted, as was confirmed: %s. These are made anew and have nothing in them.", s.lastRun(),
		strings.Join(names, ", "))
	_, err := s.confirm(names)
	return true, err
}
