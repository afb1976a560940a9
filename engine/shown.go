package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// A CLI does not ask before each step, as the linked engine does. Pulumi's update
// plans (preview --save-plan, up --plan) would, and are not used, since they stop good
// runs in the middle: they hold every input of every resource to what the preview made
// of it, and take a list in which an identifier is not known yet for another one than the
// same list later (pulumi/pulumi#13765, open), what a bridged provider notes for itself
// likewise (#11012, mended after 3.259) and archives too (#11587, open); a changed output
// of the stack fails at the end without a word (#16670, open); and a preview that a
// protected resource stops writes no plan, where rung goes on once the loss is confirmed.
//
// So the CLI previews once more right before it begins, after the question to the user,
// who may have thought about it for an hour; and what it tells of its steps is watched
// while it works.

// unshown names the step of an event when a plan does not have it; empty otherwise.
func (p *Plan) unshown(e events.EngineEvent) string {
	if p == nil || e.ResourcePreEvent == nil {
		return ""
	}
	m := e.ResourcePreEvent.Metadata
	if !ofProvider(m) || p.has(m.Op, m.URN) {
		return ""
	}
	return stepName(m.Op, m.URN)
}

// ofProvider is true of steps that a provider does; components are in the state only.
func ofProvider(m apitype.StepEventMetadata) bool {
	switch {
	case m.New != nil:
		return m.New.Custom
	case m.Old != nil:
		return m.Old.Custom
	}
	return true
}

// asShown previews and refuses what the plan does not have, all of it at once. What the
// preview itself fails with goes to ev.
func (c *cli) asShown(ctx context.Context, o Options, config string, ev stream) error {
	var differs []string
	said, end := passing(func(e events.EngineEvent) {
		if step := o.following.unshown(e); step != "" {
			differs = append(differs, step)
		}
		if e.DiagnosticEvent != nil {
			ev <- e
		}
	})
	_, err := c.auto.Preview(ctx, optpreview.ConfigFile(config), optpreview.EventStreams(said),
		optpreview.Parallel(o.Parallel), optpreview.SuppressProgress(), optpreview.Color("never"))
	end()
	if len(differs) > 0 {
		return sayFailed(ev, fmt.Errorf("not in the plan that was shown: %s; nothing was changed: run it again to see what "+
			"has changed", strings.Join(differs, ", ")))
	}
	return err
}

// watched gives a run a stream of its events that ends the run at the first step which
// the plan does not have: the CLI finishes what is under way. It must be ended when the
// run has; the error is that step's.
func (p *Plan) watched(ctx context.Context, ev stream) (context.Context, stream, func() error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var found error
	said, end := passing(func(e events.EngineEvent) {
		ev <- e
		if step := p.unshown(e); step != "" && found == nil {
			found = sayFailed(ev, fmt.Errorf("%s was not in the plan that was shown and had begun when that was seen: the run "+
				"was ended; run it again to see what has changed", step))
			cancel(found)
		}
	})
	return ctx, said, func() error {
		end()
		cancel(nil)
		return found
	}
}

// passing calls a function with each event of a stream, in order, until its end. A CLI
// that fails early never opens the stream, hence the second function, which returns when
// no event comes any more.
func passing(take func(events.EngineEvent)) (stream, func()) {
	in, quit, done := make(chan events.EngineEvent), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case e, ok := <-in:
				if !ok {
					return
				}
				take(e)
			case <-quit:
				return
			}
		}
	}()
	return in, func() { close(quit); <-done }
}

// sayFailed tells an error as an engine tells its own, so that it is what the user reads.
func sayFailed(ev stream, err error) error {
	ev <- events.EngineEvent{EngineEvent: apitype.EngineEvent{
		DiagnosticEvent: &apitype.DiagnosticEvent{Severity: "error", Message: err.Error()},
	}}
	return err
}
