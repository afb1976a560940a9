package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/policies/pack"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// session is an open stack and what is asked of it.
type session struct {
	app   *app
	stack *engine.Stack
	// stored is the stack's own configuration, wanted what this run asks for:
	// stored with the command line over it.
	stored, wanted settings
	// config is wanted, read.
	config config.Config
	// had names what held data at the end of the stack's last run.
	had []string
	// shown is the plan that was shown last, for an up to keep to.
	shown engine.Plan
	// unended is the run before this one, where that did not come to its end.
	unended *engine.Run
	// artifact is the app that the program deploys, need what it is for.
	artifact artifact.Artifact
	need     appNeed
	// static are its static files, where a plan that is only shown does without the rest.
	static []artifact.File
}

// open reads the configuration, and opens the stack only when it is right. An
// empty stage is the one that the stack stands on.
func (a *app) open(ctx context.Context, stage string, need appNeed) (*session, error) {
	a.announce()
	s, err := a.read(stage)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.checkPolicy(), a.checkQuotas()); err != nil {
		return nil, err
	}
	if err := s.findApp(ctx, need); err != nil {
		return nil, err
	}
	s.stack, err = engine.Open(ctx, a.options(s.source, false))
	if err != nil {
		return nil, fmt.Errorf("open stack %s: %w", a.flags.stack, err)
	}
	if err := s.settleApp(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// openToChange is open for a command that changes the stack, which it holds until
// it ends: no other may look at it in between and act on what it saw.
func (a *app) openToChange(ctx context.Context, stage, op string, need appNeed) (*session, error) {
	if err := a.ownLab(); err != nil {
		return nil, err
	}
	s, err := a.open(ctx, stage, need)
	if err != nil {
		return nil, err
	}
	if err := s.hold(ctx, op); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// hold takes the stack until the session is closed.
func (s *session) hold(ctx context.Context, op string) (err error) {
	s.unended, err = s.stack.Hold(ctx, op, s.config.ConfirmDataLoss)
	return err
}

// read is what open does before it touches anything.
func (a *app) read(stage string) (*session, error) {
	set, err := parseSet(a.flags.set)
	if err != nil {
		return nil, err
	}
	if stage != "" {
		if other, given := set["stage"]; given && other != stage {
			return nil, usageError{fmt.Sprintf("--set stage=%s contradicts the STAGE %s: leave it out", other, stage)}
		}
		set["stage"] = stage
	}
	if err := errors.Join(storeAbsolute(set), describe(set)); err != nil {
		return nil, err
	}
	stored, err := a.stored()
	if err != nil {
		return nil, err
	}
	s := &session{app: a, stored: stored, wanted: set.over(stored)}
	s.leaveConfirmation(set)
	s.leaveHandover(set)
	return s, s.parse()
}

func (a *app) options(program pulumi.RunFunc, scratch bool) engine.Options {
	return engine.Options{
		Dir: a.flags.dir, Stack: a.flags.stack, Cloud: engine.Cloud(a.flags.cloud),
		Program: program, Scratch: scratch, Progress: a.progress(), Log: a.log, ForOneRun: forOneRun(), Within: within(),
	}
}

// within are rung's own plugins inside this process: to start one for each provider and
// region took a third of the processor time of an up.
func within() engine.Within {
	w := engine.Within{
		Provider: offline.Server,
		PolicyPack: func(executable string) pulumirpc.AnalyzerServer {
			if !pack.Serves(executable) {
				return nil
			}
			return pack.NewServer()
		},
	}
	if offline.InProcesses(os.Getenv) {
		w.Provider = nil
	}
	return w
}

func (s *session) close() error { return s.stack.Close() }

// run is the stack with the wanted configuration.
func (s *session) run() *engine.Stack { return s.stack.With(s.wanted.engine()) }

// want changes a key of this run and reads the configuration again.
func (s *session) want(key, value string) error {
	s.wanted = s.wanted.with(key, value)
	return s.parse()
}

// parse reads what is wanted, its secrets opened.
func (s *session) parse() (err error) {
	s.config, err = config.Parse(s.app.secrets.open(s.wanted))
	if err != nil {
		return s.app.secrets.hide(err, s.wanted)
	}
	return offer(s.config.Unknown)
}

// plan previews the wanted configuration with the real engine, with the
// policies beside it. A preview that failed for nothing but protected resources
// or violated policies is a plan all the same, once the deletions are added that
// it did not come to: the data guard and the verdict judge it.
func (s *session) plan(ctx context.Context) (preview.Report, []preview.Step, error) {
	stack, err := s.watched(s.run())
	if err != nil {
		return preview.Report{}, nil, err
	}
	result, err := stack.Preview(ctx)
	found := violations(result)
	if wrong := s.app.writeSarif(found); wrong != nil {
		return preview.Report{}, nil, wrong
	}
	if err != nil && !onlyProtection(err) && !onlyPolicies(err, found) {
		return preview.Report{}, nil, err
	}
	steps := preview.Steps(result.Events)
	s.shown = result.Plan()
	if err != nil && onlyProtection(err) {
		resources, err := s.stack.Resources(ctx)
		if err != nil {
			return preview.Report{}, nil, err
		}
		unmentioned := preview.Unmentioned(steps, resources)
		steps = append(steps, unmentioned...)
		var urns []string
		for _, x := range unmentioned {
			urns = append(urns, x.URN)
		}
		s.shown = s.shown.Deleting(urns...)
	}
	report, err := s.report(s.config.Stage, steps, preview.Diagnostics(result.Events), found)
	return report, steps, err
}

// report makes the report on the way to a stage, 0 for an empty stack.
func (s *session) report(stage ladder.Number, steps []preview.Step, said []preview.Diagnostic,
	found []preview.Violation) (preview.Report, error) {
	before, after, err := s.pricers()
	if err != nil {
		return preview.Report{}, err
	}
	budget := s.config.Budget
	if stage == 0 { // what is gone costs nothing
		budget = decimal.Zero
	}
	return preview.NewReport(preview.Input{
		Steps: steps, Origins: s.origins(), Diagnostics: said, To: stage, Traffic: s.config.Traffic(), Regions: s.config.Regions,
		Before: before, After: after,
		Budget: budget, Confirmed: s.config.ConfirmDataLoss, Had: s.had, Policies: found,
	}), nil
}

// origins are from whose outputs each property is made. The engine's events do
// not tell, so the program is run once more without an engine, in a moment: what
// it makes of values that are not known yet is what a preview makes. A program
// that does not come through here leaves the estimate to go by names.
func (s *session) origins() map[string]map[string][]string {
	recording, err := s.app.recording(s.wanted, record.Preview(true))
	if err != nil {
		return nil
	}
	return recording.Origins()
}

// onlyProtection reports whether a run failed because resources are protected,
// and for no other reason.
func onlyProtection(err error) bool {
	var run *engine.RunError
	if !errors.As(err, &run) || run.Canceled || run.Dead != nil || len(run.Diagnostics) == 0 {
		return false
	}
	for _, d := range run.Diagnostics {
		if !isProtection(d.Message) {
			return false
		}
	}
	return true
}

func isProtection(message string) bool { return (preview.Diagnostic{Message: message}).Protection() }

// pricers estimate the stack as it is, under the load of its own
// configuration, and as it would be.
func (s *session) pricers() (before, after preview.Pricer, err error) {
	catalogue, err := cost.LoadUser()
	if err != nil {
		return nil, nil, err
	}
	was, err := config.Parse(s.app.secrets.open(s.stored))
	if err != nil { // no stack yet, or one that an older rung left
		was = s.config
	}
	return estimator(catalogue, was), estimator(catalogue, s.config), nil
}

// estimator prices a stack of the given configuration.
func estimator(c *cost.Catalogue, cfg config.Config) *cost.Estimator {
	return cost.NewEstimator(c, cost.Options{
		Traffic: cfg.Traffic(), Region: cfg.Home(), Reserved: cfg.Reserved(), ReservedDiscount: cfg.ReservedDiscount(),
	})
}

// verdict is the error of a report that must not be carried out; nil for one
// that may be. Losing data weighs more than spending money.
func verdict(r preview.Report) error {
	switch {
	case len(r.Blocked) > 0:
		return errGuarded
	case r.OverBudget():
		return errOverBudget
	case preview.Stopping(r.Policies):
		return errPolicy
	}
	return nil
}
