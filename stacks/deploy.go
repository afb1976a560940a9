// Package stacks holds the stages of the ladder. Each stageN.go reads from top
// to bottom like the picture of its stage; what several stages build is a step of
// a cell, one region's worth of system.
//
// A component that stands on several stages is built by the same step under the
// same name, so that it keeps its URN: a climb creates and updates, and never
// replaces what holds data.
package stacks

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/names"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/manifest"
)

// Deploy is the program of every stack: it reads the stack's configuration,
// finds the app and builds the rung. It fails before anything is registered
// when the configuration is wrong; the error lists every problem.
func Deploy(ctx *pulumi.Context) error {
	beside, err := manifest.Beside(".")
	if err != nil {
		return err
	}
	cfg, err := read(ctx, beside)
	if err != nil {
		return err
	}
	want := artifact.Architecture(cfg.Architecture())
	var program artifact.Artifact
	if cfg.App != nil {
		program, err = artifact.Described(*cfg.App, want)
	} else {
		program, err = artifact.Resolve(context.Background(), cfg.Artifact, ".", want)
	}
	if err != nil {
		return err
	}
	return deploy(ctx, cfg, program)
}

// Program is Deploy with a given app instead of the configured one: for
// estimates and tests that need no real binary.
func Program(app artifact.Artifact) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		cfg, err := Config(ctx)
		if err != nil {
			return err
		}
		return deploy(ctx, cfg, app)
	}
}

func deploy(ctx *pulumi.Context, cfg config.Config, app artifact.Artifact) error {
	if err := names.Check(ctx.Stack()); err != nil {
		return fmt.Errorf("%w; `pulumi stack rename` or a new stack gives it one; nothing was changed", err)
	}
	stage, err := builder(cfg.Stage)
	if err != nil {
		return err
	}
	c, err := newCell(ctx, cfg, app)
	if err != nil {
		return err
	}
	if err := onItsOwnStack(func() error { return c.build(stage(c)) }); err != nil {
		return fmt.Errorf("build stage %d: %w", cfg.Stage, err)
	}
	return nil
}

// onItsOwnStack runs a function on a goroutine of its own and hands on its
// error or panic. Pulumi keeps with every resource the whole call stack that
// registered it; without the frames of the program that called Deploy, the same
// in each, the state is a third smaller, and it is written twice per step.
func onItsOwnStack(build func() error) error {
	type end struct {
		err   error
		panic any
	}
	done := make(chan end)
	go func() {
		var e end
		defer func() { e.panic = recover(); done <- e }()
		e.err = build()
	}()
	e := <-done
	if e.panic != nil {
		panic(e.panic)
	}
	return e.err
}

// Config reads the stack's own keys, strictly. The error is [config.Problems].
func Config(ctx *pulumi.Context) (config.Config, error) { return read(ctx, "") }

// read is Config with a description of the app in the place of the stored one;
// empty leaves that.
func read(ctx *pulumi.Context, app string) (config.Config, error) {
	raw := map[string]string{}
	for _, k := range config.Keys() {
		name, _, _ := strings.Cut(k.Name, ".") // nested keys lie as one object under their first part
		for _, n := range []string{name, k.Name} {
			if v, ok := ctx.GetConfig(config.Namespace + ":" + n); ok {
				raw[n] = v
			}
		}
	}
	for name, v := range foreign() {
		raw[name] = v
	}
	if app != "" {
		raw["app"] = app
	}
	return config.Parse(raw)
}

// foreign are the keys of the namespace that the SDK's context cannot list:
// those nobody asks for by name, and so the misspelt ones. Programs that the
// CLI starts find them in their environment; rung itself has checked its
// configuration before it starts the engine.
func foreign() map[string]string {
	all, mine := map[string]string{}, map[string]string{}
	if json.Unmarshal([]byte(os.Getenv(pulumi.EnvConfig)), &all) != nil {
		return nil
	}
	for key, v := range all {
		if name, ok := strings.CutPrefix(key, config.Namespace+":"); ok {
			mine[name] = v
		}
	}
	return mine
}
