package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/resource/token"
)

// when calls do once, at the first event that matches.
type when struct {
	match func(events.EngineEvent) bool
	do    func()
	done  bool
}

func (*when) Start(string) {}
func (*when) Stop()        {}
func (w *when) Event(e events.EngineEvent) {
	if !w.done && w.match(e) {
		w.done = true
		w.do()
	}
}

// creating matches the beginning of a resource's creation.
func creating(name string) func(events.EngineEvent) bool {
	return func(e events.EngineEvent) bool {
		return e.ResourcePreEvent != nil && strings.HasSuffix(e.ResourcePreEvent.Metadata.URN, "::"+name)
	}
}

// chain is a slow first resource and others that wait for it.
func chain(slow string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		var first, second pulumi.CustomResourceState
		if err := ctx.RegisterResource(token.Thing, "first", pulumi.Map{"slow": pulumi.String(slow)},
			&first); err != nil {
			return err
		}
		return ctx.RegisterResource(token.Thing, "second", pulumi.Map{}, &second,
			pulumi.DependsOn([]pulumi.Resource{&first}))
	}
}

func TestInterruptedUpEndsCleanlyAndGoesOn(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancelCause(t.Context())
	s := open(t, engine.Options{Dir: dir, Program: chain("1s"),
		Progress: &when{match: creating("first"), do: func() { cancel(engine.ErrInterrupted) }}})
	_, err := s.Up(ctx)
	var run *engine.RunError
	require.ErrorAs(t, err, &run)
	assert.True(t, run.Canceled)
	assert.ErrorContains(t, err, "run it again")
	assert.NoError(t, s.Locked(), "an interrupted run gives its lock back")
	noOrphans(t, dir)

	r, err := open(t, engine.Options{Dir: dir, Program: chain("1s")}).Up(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "create", ops(r.Events)["second"])
	left, err := s.Resources(t.Context())
	require.NoError(t, err)
	assert.Len(t, left, 4, "stack, provider, first and second")
}

// The second Ctrl-C does not wait for the cloud.
func TestInsistingKillsTheEngine(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := engine.Signals(t.Context())
	defer stop()
	s := open(t, engine.Options{Dir: dir, Program: chain("10m"), Progress: &when{match: creating("first"), do: func() {
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGINT))
		<-ctx.Done()
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGINT))
	}}})
	_, err := s.Up(ctx)
	var run *engine.RunError
	require.ErrorAs(t, err, &run)
	assert.True(t, run.Canceled)
	assert.NoError(t, s.Locked(), "the lock of the killed CLI is removed")
	noOrphans(t, dir)

	_, err = open(t, engine.Options{Dir: dir, Program: chain("0s")}).Up(t.Context())
	require.NoError(t, err)
}

// noOrphans waits until no process carries the stack's directory in its
// environment any more: a killed one takes a moment to go.
func noOrphans(t *testing.T, dir string) {
	t.Helper()
	assert.Eventually(t, func() bool { return len(carriers(dir)) == 0 }, time.Minute, 20*time.Millisecond,
		"processes outlived the run: %v", carriers(dir))
}

func carriers(dir string) []string {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	var found []string
	for _, f := range files {
		if text, err := os.ReadFile(f); err == nil && strings.Contains(string(text), dir) {
			found = append(found, filepath.Base(filepath.Dir(f)))
		}
	}
	return found
}
