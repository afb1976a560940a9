package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// stream is where the engine sends its events.
type stream = chan<- events.EngineEvent

// Preview computes what Up would do. Nothing changes, not even configuration.
// With a *RunError the result still holds the events: a preview of a protected
// resource's replacement fails and lists every step all the same.
func (s *Stack) Preview(ctx context.Context) (Result, error) { return s.run(ctx, opPreview) }

// Up makes the stack what the program says and keeps Options.Config in the stack's
// own configuration, but for what is ForOneRun. It asks nothing and previews nothing:
// callers preview first.
// Of a stack that is Following a settled plan only the configuration is kept.
func (s *Stack) Up(ctx context.Context) (Result, error) {
	if p := s.opts.following; p != nil && p.settled {
		return Result{settled: true}, s.ready(opUp.name, true)
	}
	return s.run(ctx, opUp)
}

// PreviewOver computes what Up would do if the state said what the cloud says: the
// events are those of a refresh, of which nothing is saved, and then the plan's.
// The policies are not asked.
func (s *Stack) PreviewOver(ctx context.Context) (Result, error) { return s.run(ctx, opPreviewOver) }

// PreviewRefresh tells what differs between the state and the cloud; Drifted picks
// it from the events. With URNs it looks at those resources only. Nothing changes.
func (s *Stack) PreviewRefresh(ctx context.Context, urns ...string) (Result, error) {
	return s.only(urns).run(ctx, opPreviewRefresh)
}

// Refresh writes what the cloud says into the state, with URNs for those resources
// only. It asks nothing: callers look with PreviewRefresh first, since what the
// cloud does not have leaves the state.
func (s *Stack) Refresh(ctx context.Context, urns ...string) (Result, error) {
	return s.only(urns).run(ctx, opRefresh)
}

// only is the same stack for a refresh of some resources; of none for all.
func (s *Stack) only(urns []string) *Stack {
	c := *s
	c.opts.only = urns
	return &c
}

// Destroy deletes every resource of the stack; the empty stack stays. Protected
// resources refuse: Unprotect them first.
func (s *Stack) Destroy(ctx context.Context) (Result, error) { return s.run(ctx, opDestroy) }

// run is what all operations share: checks, the configuration of the run, events,
// progress, and an error that says what matters.
func (s *Stack) run(ctx context.Context, op operation) (Result, error) {
	if err := s.ready(op.name, !op.dryRun); err != nil {
		return Result{}, err
	}
	config, done, err := s.runConfig()
	if err != nil {
		return Result{}, err
	}
	defer done()
	if !op.dryRun && !s.opts.Scratch {
		defer changes()()
	}
	c := collect(op.name, s.opts.Progress)
	settled, err := s.driver.run(ctx, s.opts, op, config, c.in)
	got := Result{Events: c.stop(), settled: settled}
	if err != nil {
		return got, errors.Join(s.explain(ctx, op.name, got, err), s.left(op, got))
	}
	return got, nil
}

// left notes what an operation that failed has left open.
func (s *Stack) left(op operation, got Result) error {
	if op.dryRun {
		return nil
	}
	return s.hold.leave(got.Events)
}

// ready looks again at what may have changed since Open, and keeps the run's
// configuration when the operation is one that keeps it.
func (s *Stack) ready(op string, writes bool) error {
	if err := s.paths.check(s.opts); err != nil {
		return err
	}
	if !writes {
		return nil
	}
	if err := errors.Join(s.takeOver(), s.Locked()); err != nil {
		return err
	}
	if err := s.hold.begin(); err != nil {
		return err
	}
	if op == "up" {
		return s.keepConfig()
	}
	return nil
}

// explain turns the Automation API's wall of text into what matters.
func (s *Stack) explain(ctx context.Context, op string, r Result, err error) error {
	if errors.Is(err, errHeld) {
		if locked := s.Locked(); locked != nil {
			return locked
		}
		return lockedError{text: fmt.Sprintf("stack %s is locked by another run: wait for it, or, when it is gone, run "+
			"`pulumi cancel --stack %s`", s.opts.Stack, s.opts.Stack)}
	}
	dead, output, rest := findDead(Diagnostics(r.Events), r.Events)
	run := &RunError{Op: op, Diagnostics: rest, Canceled: ctx.Err() != nil, Err: err, Dead: dead}
	if dead == nil {
		return run
	}
	path, failed := s.keepLastWords(output)
	if failed != nil {
		return errors.Join(run, fmt.Errorf("keep what the plugin wrote: %w", failed))
	}
	dead.Log = path
	return run
}

// Export is the stack's deployment as JSON, as `pulumi stack export` writes it.
func (s *Stack) Export(ctx context.Context) (json.RawMessage, error) {
	d, err := s.driver.state(ctx)
	if err != nil {
		return nil, fmt.Errorf("export stack %s: %w", s.opts.Stack, err)
	}
	return json.Marshal(d)
}

// Resources are the resources in the stack's state, the stack itself and providers
// included, in the order they were made.
func (s *Stack) Resources(ctx context.Context) ([]apitype.ResourceV3, error) {
	d, err := s.driver.state(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the state of stack %s: %w", s.opts.Stack, err)
	}
	resources, err := s.read.resources(d.Deployment)
	if err != nil {
		return nil, fmt.Errorf("read the state of stack %s: %w", s.opts.Stack, err)
	}
	return resources, nil
}

// lastRead are the resources of the text that was read last.
type lastRead struct {
	sync.Mutex
	text json.RawMessage
	list []apitype.ResourceV3
}

func (l *lastRead) resources(text json.RawMessage) ([]apitype.ResourceV3, error) {
	l.Lock()
	defer l.Unlock()
	if !bytes.Equal(text, l.text) {
		var state apitype.DeploymentV3
		if err := json.Unmarshal(text, &state); err != nil {
			return nil, err
		}
		l.text, l.list = text, state.Resources
	}
	return slices.Clone(l.list), nil
}

// Stage is the ladder's stage:stage that the stack was last brought to; empty for a stack
// without resources.
func (s *Stack) Stage(ctx context.Context) (string, error) {
	resources, err := s.Resources(ctx)
	if err != nil || len(resources) == 0 {
		return "", err
	}
	config, err := s.Config()
	if err != nil {
		return "", err
	}
	stage, ok := config[Project+":stage"]
	if !ok {
		return "", nil
	}
	return fmt.Sprint(stage), nil
}

// Unprotect takes the protection off resources of the state, so that the next run
// may replace or delete them. It changes nothing in the cloud.
func (s *Stack) Unprotect(ctx context.Context, urns ...string) error {
	if err := s.ready("unprotect", true); err != nil {
		return err
	}
	return s.driver.unprotect(ctx, urns...)
}
