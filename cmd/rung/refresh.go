package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
)

func (a *app) refreshCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "refresh",
		Short: "Compare the stack with its cloud, show what was changed by other means, and note it in the state",
		Long: `Compare the stack with its cloud, show what was changed by other means, and note
it in the state. What holds data leaves the state only when that very resource
was confirmed, and where most of the stack is gone, nothing is noted: more likely
the account or the region is the wrong one. ` + "`rung drift`" + ` only looks.`,
		Args: cobra.NoArgs,
		RunE: a.runs(func(ctx context.Context, _ []string) error { return a.refresh(ctx) }),
	}
	c.Flags().IntVar(&a.flags.gone, "gone", 0,
		"confirm that this `number` of resources is really gone, where most of the stack is")
	return c
}

func (a *app) refresh(ctx context.Context) (err error) {
	s, err := a.openExisting(ctx, view.Drifts(preview.FindDrift(nil)))
	if err != nil || s == nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.hold(ctx, "refresh"); err != nil {
		return err
	}
	if err := s.sameAccount(ctx); err != nil {
		return err
	}
	found, err := s.drift(ctx)
	if err != nil {
		return err
	}
	if err := s.mayForget(ctx, found, s.config.ConfirmDataLoss); err != nil {
		return errors.Join(a.show(view.Drifts(found)), err)
	}
	if _, err := s.run().Refresh(ctx); err != nil {
		return fmt.Errorf("refresh stack %s: %w", s.stack.Name(), err)
	}
	found.Noted = true
	return errors.Join(a.show(view.Drifts(found)), s.ended())
}

// ended closes the note of the run. That the run before this one did not end is
// for `up` and `destroy` to deal with.
func (s *session) ended() error {
	if s.unended != nil {
		return nil
	}
	return s.stack.Ended()
}

// drift compares the stack with its cloud and with what the program would make of
// it. Where the program cannot be planned, the first of the two is told alone.
func (s *session) drift(ctx context.Context) (preview.Drifts, error) {
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return preview.Drifts{}, err
	}
	result, err := s.run().PreviewOver(ctx)
	found := preview.JudgeDrift(result.Events, resources)
	if err == nil || onlyProtection(err) && found.Checked > 0 {
		return found, nil
	}
	if ctx.Err() != nil {
		return found, err
	}
	plain, refreshErr := s.run().PreviewRefresh(ctx)
	if refreshErr != nil {
		return found, fmt.Errorf("compare stack %s with its cloud: %w", s.stack.Name(), refreshErr)
	}
	s.app.say("What `rung up` would make of the drift is not known, for it cannot be planned: %v", err)
	return preview.FindDrift(plain.Events), nil
}

// mayForget is nil when what is gone from the cloud may leave the state; else it
// says what may not, or what is more likely than a loss.
func (s *session) mayForget(ctx context.Context, found preview.Drifts, confirmed []string) error {
	gone := goneOf(found)
	if len(gone) == 0 {
		return nil
	}
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return err
	}
	blocked := guard.CheckForgotten(gone, confirmed)
	all := changesOf(resources)
	vanished := guard.Vanished(all, gone) && s.app.flags.gone != len(gone)
	if len(blocked) == 0 && !vanished {
		return nil
	}
	if vanished {
		s.app.say("%s", s.elsewhere(resources, len(gone), len(all)))
	}
	for _, b := range blocked {
		s.app.say("%s: %s", b.Name, b.Message)
	}
	s.app.say("%s", s.howToForget(blocked, vanished, len(gone)))
	return errForget
}

// goneOf are the resources that the cloud no longer has.
func goneOf(found preview.Drifts) (gone []guard.Change) {
	for _, d := range found.Resources {
		if d.Gone {
			gone = append(gone, guard.Change{Op: "delete", URN: d.URN, Type: d.Type, Name: d.Name})
		}
	}
	return gone
}

// changesOf are the resources of a state that live in a cloud.
func changesOf(resources []apitype.ResourceV3) (all []guard.Change) {
	for _, r := range resources {
		if r.Custom && !r.External && !strings.HasPrefix(string(r.Type), "pulumi:") {
			all = append(all, guard.Change{URN: string(r.URN), Type: string(r.Type), Name: r.URN.Name()})
		}
	}
	return all
}

// howToForget is the command that would get past the guard.
func (s *session) howToForget(blocked []guard.Blocked, vanished bool, gone int) string {
	names := s.config.ConfirmDataLoss
	for _, b := range blocked {
		names = append(names[:len(names):len(names)], b.Name)
	}
	words := []string{"refresh"}
	if vanished || s.app.flags.gone == gone {
		words = append(words, "--gone", fmt.Sprint(gone))
	}
	return "If all of it is really gone and may be forgotten:\n  " + s.command(names, words...)
}

// openExisting opens the stack on the stage it stands on. It returns nil, after
// showing nothing in the words of the command, when there is no such stack or
// it is empty; none is made.
func (a *app) openExisting(ctx context.Context, nothing document) (*session, error) {
	if _, err := parseSet(a.flags.set); err != nil {
		return nil, err
	}
	stored, err := a.stored()
	if err != nil {
		return nil, err
	}
	if stored["stage"] == "" {
		a.announce()
		return nil, a.showEmpty(nothing)
	}
	s, err := a.open(ctx, "", appAsItStands)
	if err != nil {
		return nil, err
	}
	resources, err := s.stack.Resources(ctx)
	if err != nil || len(resources) > 0 {
		return s, err
	}
	if left, err := s.abandoned(ctx); err != nil || left {
		return s, err
	}
	return nil, errors.Join(s.close(), a.showEmpty(nothing))
}

// showEmpty says that there is nothing to do, to people and to programs.
func (a *app) showEmpty(nothing document) error {
	a.say("Stack %s holds no resources: there is nothing to do. `rung up 1` begins.", a.flags.stack)
	if a.flags.whole() {
		return a.show(nothing)
	}
	return nil
}
