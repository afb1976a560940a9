package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// stream is where the engine sends its events.
type stream = chan<- events.EngineEvent

// Preview computes what Up would do. Nothing changes, not even configuration.
// With a *RunError the result still holds the events: a preview of a protected
// resource's replacement fails and lists every step all the same.
func (s *Stack) Preview(ctx context.Context) (Result, error) {
	return s.run(ctx, "preview", false, func(config string, ev stream) error {
		_, err := s.auto.Preview(ctx, optpreview.ConfigFile(config), optpreview.EventStreams(ev),
			optpreview.PolicyPacks(s.policyPacks()...), optpreview.Parallel(s.opts.Parallel), optpreview.SuppressProgress(), optpreview.Color("never"))
		return err
	})
}

// Up makes the stack what the program says and keeps Options.Config in the stack's
// own configuration, but for what is ForOneRun. It asks nothing and previews nothing: callers preview first.
func (s *Stack) Up(ctx context.Context) (Result, error) {
	return s.run(ctx, "up", true, func(config string, ev stream) error {
		_, err := s.auto.Up(ctx, optup.ConfigFile(config), optup.EventStreams(ev),
			optup.PolicyPacks(s.policyPacks()...), optup.Parallel(s.opts.Parallel), optup.SuppressProgress(), optup.Color("never"))
		return err
	})
}

// PreviewRefresh tells what differs between the state and the cloud; Drifted picks
// it from the events. Nothing changes.
func (s *Stack) PreviewRefresh(ctx context.Context) (Result, error) {
	return s.run(ctx, "refresh", false, func(config string, ev stream) error {
		_, err := s.auto.PreviewRefresh(ctx, optrefresh.ConfigFile(config), optrefresh.EventStreams(ev),
			optrefresh.Parallel(s.opts.Parallel), optrefresh.SuppressProgress(), optrefresh.Color("never"))
		return err
	})
}

// Refresh writes what the cloud says into the state.
func (s *Stack) Refresh(ctx context.Context) (Result, error) {
	return s.run(ctx, "refresh", true, func(config string, ev stream) error {
		_, err := s.auto.Refresh(ctx, optrefresh.ConfigFile(config), optrefresh.EventStreams(ev),
			optrefresh.Parallel(s.opts.Parallel), optrefresh.SuppressProgress(), optrefresh.Color("never"))
		return err
	})
}

// Destroy deletes every resource of the stack; the empty stack stays. Protected
// resources refuse: Unprotect them first.
func (s *Stack) Destroy(ctx context.Context) (Result, error) {
	return s.run(ctx, "destroy", true, func(config string, ev stream) error {
		_, err := s.auto.Destroy(ctx, s.destroyOptions(config, ev)...)
		return err
	})
}

// destroyOptions run the program as well: the engine refuses to delete a resource
// with a delete hook unless the program is there to answer it.
func (s *Stack) destroyOptions(config string, ev stream) []optdestroy.Option {
	return []optdestroy.Option{
		optdestroy.RunProgram(true), optdestroy.ConfigFile(config), optdestroy.EventStreams(ev),
		optdestroy.Parallel(s.opts.Parallel), optdestroy.SuppressProgress(), optdestroy.Color("never"),
	}
}

// run is what all operations share: checks, the configuration of the run, events,
// progress, and an error that says what matters.
func (s *Stack) run(ctx context.Context, op string, writes bool, do func(config string, ev stream) error) (Result, error) {
	if err := s.ready(op, writes); err != nil {
		return Result{}, err
	}
	config, done, err := s.runConfig()
	if err != nil {
		return Result{}, err
	}
	defer done()
	c := collect(op, s.opts.Progress)
	err = do(config, c.in)
	got := Result{Events: c.stop()}
	if err != nil {
		s.dropOwnLock()
		return got, s.explain(ctx, op, got, err)
	}
	return got, nil
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
	if auto.IsConcurrentUpdateError(err) {
		if locked := s.Locked(); locked != nil {
			return locked
		}
		return lockedError{text: fmt.Sprintf("stack %s is locked by another run: wait for it, or, when it is gone, run `pulumi cancel --stack %s`", s.opts.Stack, s.opts.Stack)}
	}
	return &RunError{Op: op, Diagnostics: Diagnostics(r.Events), Canceled: ctx.Err() != nil, Err: err}
}

// Export is the stack's deployment as JSON, as `pulumi stack export` writes it.
func (s *Stack) Export(ctx context.Context) (json.RawMessage, error) {
	d, err := s.auto.Export(ctx)
	if err != nil {
		return nil, fmt.Errorf("export stack %s: %w", s.opts.Stack, err)
	}
	return json.Marshal(d)
}

// Resources are the resources in the stack's state, the stack itself and providers
// included, in the order they were made.
func (s *Stack) Resources(ctx context.Context) ([]apitype.ResourceV3, error) {
	d, err := s.auto.Export(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the state of stack %s: %w", s.opts.Stack, err)
	}
	var state apitype.DeploymentV3
	if err := json.Unmarshal(d.Deployment, &state); err != nil {
		return nil, fmt.Errorf("read the state of stack %s: %w", s.opts.Stack, err)
	}
	return state.Resources, nil
}

// Stage is the rung:stage that the stack was last brought to; empty for a stack
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
	var errs []error
	for _, urn := range urns {
		_, stderr, _, err := s.command.Run(ctx, s.paths.work, nil, nil, nil, nil,
			"state", "unprotect", urn, "--yes", "--stack", s.opts.Stack)
		if err != nil {
			errs = append(errs, fmt.Errorf("unprotect %s: %w: %s", urn, err, stderr))
		}
	}
	return errors.Join(errs...)
}

// policyPacks are the packs as the CLI's flag takes them: it reads each value as
// a line of CSV, so that a path with a comma must stand in quotes.
func (s *Stack) policyPacks() []string {
	packs := make([]string, len(s.opts.PolicyPacks))
	for i, p := range s.opts.PolicyPacks {
		packs[i] = p
		if strings.ContainsAny(p, "\",") {
			packs[i] = `"` + strings.ReplaceAll(p, `"`, `""`) + `"`
		}
	}
	return packs
}
