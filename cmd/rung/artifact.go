package main

import (
	"context"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/stacks/config"
)

// patience is how long the app may take to be found before the user is told
// that it is being built.
const patience = 2 * time.Second

// build is the program with the app that the machines will run. The app is
// found before the engine starts, because building it the first time takes a
// while, and a file that is not there is wrong input.
func (a *app) build(ctx context.Context, cfg config.Config) (pulumi.RunFunc, error) {
	slow := time.AfterFunc(patience, func() {
		a.say("Building the app that the machines run; the first time this takes a minute or two.")
	})
	defer slow.Stop()
	found, err := a.resolve(ctx, cfg.Artifact, a.flags.dir)
	if err != nil && cfg.Artifact != "" {
		return nil, usageError{err.Error()}
	}
	return a.program(found), err
}
