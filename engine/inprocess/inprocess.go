// Package inprocess runs Pulumi's own engine inside this process: the packages
// that the Pulumi CLI is made of, linked as a library, unchanged. Nothing is
// downloaded, built or started for it but the plugins of the stack.
//
// It is for stacks whose state and plugins are rung's (the offline cloud). What
// decides, orders and diffs is github.com/pulumi/pulumi/pkg/v3/engine; here are
// only the parts that a CLI has around it: a host that starts the plugins, a
// language runtime that calls a Go function, a target, and the conversion of the
// engine's events into those of the Automation API.
package inprocess

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/pkg/v3/display"
	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/util/cancel"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/engine/store"
)

// runtimeName is what a project calls the language of its program; the host
// answers it with the program itself.
const runtimeName = "go"

// Operation is what the engine is to do.
type Operation string

// The operations.
const (
	Up      Operation = "up"
	Refresh Operation = "refresh"
	Destroy Operation = "destroy"
)

// Settings are a stack and how its operations run.
type Settings struct {
	// Project and Stack are the names that stand in every URN.
	Project, Stack string
	// Dir is the working directory of program and plugins.
	Dir string
	// Home stands in for the user's ~/.pulumi, which plays no part.
	Home string
	// Store keeps the state.
	Store store.Stack
	// Program is what the engine runs.
	Program pulumi.RunFunc
	// Plugins are the directories of the provider plugins, by package.
	Plugins map[string]string
	// Within makes plugins inside this process; the zero value starts processes.
	Within Within
	// Env are variables that plugins and policy packs see beside the process's own.
	Env map[string]string
	// Hidden are the beginnings of variables that neither they nor the engine see.
	Hidden []string
	// Parallel bounds the operations under way at once.
	Parallel int
	// Version is the engine's, for the state to record.
	Version string
}

// Run is one operation.
type Run struct {
	Operation Operation
	// DryRun previews the operation: nothing is changed and nothing is noted.
	DryRun bool
	// Config is a Pulumi.<stack>.yaml to run with.
	Config string
	// PolicyPacks are executables of policy packs that watch an Up.
	PolicyPacks []string
	// Allows, when set, is asked before each step; a step that it refuses is not
	// done and fails the run.
	Allows func(op display.StepOp, urn string) error
	// Over makes an Up go by what the cloud says, as a Refresh before it would.
	Over bool
	// Only are the resources that a Refresh reads, by URN; none means all.
	Only []string
	// Events takes what the engine says, in order, from one goroutine.
	Events func(events.EngineEvent)
	// Insist is closed to end without waiting for what is under way.
	Insist <-chan struct{}
	// Kill ends the plugins at once, after Insist: the engine would give them time.
	Kill func()

	// freeze ends the notes of the run; nil where there are none.
	freeze func()
}

// ErrCanceled is a run that was broken off.
var ErrCanceled = errors.New("the run was cancelled")

// Do runs an operation to its end. When ctx is done the engine ends after what is
// under way. The caller holds the store's lock for what is no DryRun. A preview of
// an Up is settled when carrying it out would change nothing, in the state either.
func (s Settings) Do(ctx context.Context, r Run) (settled bool, err error) {
	defer hide(s.Hidden, s.Home)()
	version.Version = "v" + s.Version
	base, err := s.Store.Read()
	if err != nil {
		return false, err
	}
	update, manager, err := s.target(r, base)
	if err != nil {
		return false, err
	}
	journal, snapshots, err := s.snapshots(r, base, update, manager)
	if err != nil {
		return false, err
	}
	if journal != nil {
		r.freeze = journal.Freeze
	}
	seen := newSettlement()
	err = s.engine(ctx, r, update, snapshots, seen)
	if journal != nil {
		err = errors.Join(err, journal.Close())
	}
	return err == nil && r.Operation == Up && r.DryRun && seen.settled(base), err
}

// engine starts the engine and passes on its events until the last.
func (s Settings) engine(
	ctx context.Context, r Run, update engine.UpdateInfo, snapshots engine.SnapshotManager, seen *settlement,
) error {
	cancelled, source := cancel.NewContext(context.WithoutCancel(ctx))
	defer source.Terminate()
	ended := make(chan struct{})
	defer close(ended)
	go r.passOn(ctx, source, ended)

	said := make(chan engine.Event)
	passed := make(chan struct{})
	go func() { defer close(passed); pass(said, seen.take, r.Events) }()
	err := s.operate(r, update, &engine.Context{
		Cancel: cancelled, Events: said, SnapshotManager: snapshots, BackendClient: s.references(),
	})
	<-passed
	if cancelled.CancelErr() != nil {
		return errors.Join(ErrCanceled, err)
	}
	return err
}

// passOn passes a wish to end on to the engine.
func (r Run) passOn(ctx context.Context, source *cancel.Source, ended <-chan struct{}) {
	select {
	case <-ctx.Done():
		source.Cancel()
	case <-ended:
		return
	}
	select {
	case <-r.Insist:
		r.giveUp(source)
	case <-ended:
	}
}

// giveUp ends the engine without waiting. What fails from then on because its
// plugin is killed is not noted as failed: it stays what it was, begun.
func (r Run) giveUp(source *cancel.Source) {
	source.Terminate()
	if r.freeze != nil {
		r.freeze()
	}
	if r.Kill != nil {
		r.Kill()
	}
}

func (s Settings) operate(r Run, update engine.UpdateInfo, ctx *engine.Context) error {
	options := s.options(r)
	var err error
	switch r.Operation {
	case Up:
		_, _, err = engine.Update(update, ctx, options, r.DryRun)
	case Refresh:
		_, _, err = engine.Refresh(update, ctx, options, r.DryRun)
	case Destroy:
		_, _, err = engine.DestroyV2(update, ctx, options, r.DryRun)
	default:
		return fmt.Errorf("unknown operation %q", r.Operation)
	}
	return err
}

func (s Settings) options(r Run) engine.UpdateOptions {
	return engine.UpdateOptions{
		Parallel:             int32(s.Parallel),
		LocalPolicyPacks:     engine.MakeLocalPolicyPacks(r.PolicyPacks, nil),
		HostFactory:          s.hosts(),
		ExecKind:             constant.ExecKindAutoInline,
		SkipPluginPreInstall: true,
		Targets:              deploy.NewUrnTargets(r.Only),
		Refresh:              r.Over,
	}
}

// project is what a Pulumi.yaml would say.
func (s Settings) project() *workspace.Project {
	p := &workspace.Project{
		Name:    tokens.PackageName(s.Project),
		Runtime: workspace.NewProjectRuntimeInfo(runtimeName, nil),
		Plugins: &workspace.Plugins{},
	}
	for name, dir := range s.Plugins {
		p.Plugins.Providers = append(p.Plugins.Providers, workspace.PluginOptions{Name: name, Path: dir})
	}
	return p
}

// snapshots is how the engine saves: not at all in a preview.
func (s Settings) snapshots(
	r Run, base deployment, update engine.UpdateInfo, m manager,
) (*store.Journal, engine.SnapshotManager, error) {
	if r.DryRun {
		return nil, nil, nil
	}
	journal, err := s.Store.Begin(base, m)
	if err != nil {
		return nil, nil, err
	}
	var snapshots engine.SnapshotManager
	snapshots, err = engine.NewJournalSnapshotManager(journal, update.Target.Snapshot, m)
	if err != nil {
		return nil, nil, errors.Join(err, journal.Close())
	}
	if r.Allows != nil {
		snapshots = asking{snapshots, r.Allows}
	}
	return journal, snapshots, nil
}

// asking is a snapshot manager that lets a step begin only when it is allowed.
type asking struct {
	engine.SnapshotManager
	allows func(op display.StepOp, urn string) error
}

// BeginMutation is what the engine calls right before it does a step. Those of
// components change nothing but the state.
func (a asking) BeginMutation(step deploy.Step) (engine.SnapshotMutation, error) {
	if step.Res().Custom {
		if err := a.allows(step.Op(), string(step.URN())); err != nil {
			return nil, err
		}
	}
	return a.SnapshotManager.BeginMutation(step)
}
