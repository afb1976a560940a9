package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/engine/inprocess"
	"github.com/rung-dev/rung/engine/store"
)

// linked is Pulumi's engine inside this process, for stacks of the offline cloud.
type linked struct {
	*Stack
	store store.Stack
	last  lastState
}

// lastState is the state that was read last: a command asks for it many times, and
// reading it anew took an eighth of a second up.
type lastState struct {
	sync.Mutex
	stamp string
	state apitype.UntypedDeployment
}

func newLinked(s *Stack) *linked {
	return &linked{Stack: s, store: store.At(s.paths.state, Project, s.opts.Stack, s.paths.journal)}
}

// open makes an empty state, and a configuration with the salt of its secrets; that
// of a configuration that was lost is in the state.
func (l *linked) open(context.Context) error {
	if err := l.store.Create(); err != nil {
		return setupf("make stack %s: %w", l.opts.Stack, err)
	}
	set, err := readSettings(l.paths.config)
	if err != nil {
		return err
	}
	if salt, ok := set[saltKey].(string); ok && salt != "" {
		return nil
	}
	if set[saltKey], err = l.salt(); err != nil {
		return fmt.Errorf("make stack %s: %w", l.opts.Stack, err)
	}
	return set.write(l.paths.config)
}

// saltKey is where Pulumi keeps the salt in a stack's configuration.
const saltKey = "encryptionsalt"

func (l *linked) salt() (string, error) {
	d, err := l.store.Read()
	if err != nil {
		return "", err
	}
	if d.Deployment == nil || d.Deployment.SecretsProviders == nil {
		return inprocess.Salt, nil
	}
	var s struct {
		Salt string `json:"salt"`
	}
	err = json.Unmarshal(d.Deployment.SecretsProviders.State, &s)
	return s.Salt, err
}

func (l *linked) run(ctx context.Context, o Options, op operation, config string, ev stream) (settled bool, err error) {
	do := func() error {
		settled, err = l.settings(o).Do(ctx, inprocess.Run{
			Operation: operations[op.kind], DryRun: op.dryRun, Config: config, PolicyPacks: slices.Clone(o.PolicyPacks),
			Events: func(e events.EngineEvent) { ev <- e }, Insist: insist(ctx), Kill: func() { l.kill(o) }, Allows: o.following.allows(),
			Only: o.only, Over: op.over,
		})
		return err
	}
	if op.dryRun {
		return settled, do()
	}
	return settled, l.alone(do)
}

var operations = map[kind]inprocess.Operation{
	kindUp: inprocess.Up, kindRefresh: inprocess.Refresh, kindDestroy: inprocess.Destroy,
}

func (l *linked) settings(o Options) inprocess.Settings {
	s := inprocess.Settings{
		Project: Project, Stack: o.Stack, Dir: l.paths.work, Home: l.paths.home, Store: l.store, Program: o.Program,
		Plugins: map[string]string{}, Env: map[string]string{StateVariable: l.paths.cloud}, Hidden: leaky,
		Parallel: o.Parallel, Version: Pinned.String(), Within: o.Within,
	}
	if s.Parallel == 0 {
		s.Parallel = offlineParallel
	}
	for _, p := range plugins {
		s.Plugins[p] = l.paths.plugins
	}
	return s
}

// alone holds the stack's lock meanwhile, and first takes up what a run that was
// broken off has noted.
func (l *linked) alone(do func() error) error {
	unlock, err := l.store.Lock()
	if errors.Is(err, store.ErrHeld) {
		return errors.Join(errHeld, err)
	}
	if err != nil {
		return err
	}
	said, err := l.store.Recover()
	if said != "" {
		l.opts.Log(said)
	}
	if err == nil {
		err = do()
	}
	return errors.Join(err, unlock())
}

// kill ends the stack's plugins and policy packs at once.
func (l *linked) kill(o Options) {
	for _, pid := range descendants(os.Getpid()) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err != nil {
			continue
		}
		arg0, _, _ := bytes.Cut(text, []byte{0})
		if strings.HasPrefix(string(arg0), l.paths.plugins) || slices.Contains(o.PolicyPacks, string(arg0)) {
			kill(pid)
		}
	}
}

func (l *linked) state(context.Context) (apitype.UntypedDeployment, error) {
	l.last.Lock()
	defer l.last.Unlock()
	stamp, err := l.store.Stamp()
	if err != nil || stamp == l.last.stamp {
		return l.last.state, err
	}
	d, err := l.store.Read()
	if err != nil {
		return apitype.UntypedDeployment{}, err
	}
	text, err := json.Marshal(d.Deployment)
	if err != nil {
		return apitype.UntypedDeployment{}, err
	}
	l.last.stamp = stamp
	l.last.state = apitype.UntypedDeployment{Version: d.Version, Features: d.Features, Deployment: text}
	return l.last.state, nil
}

func (l *linked) setState(_ context.Context, d apitype.UntypedDeployment) error {
	deployment, err := stack.UnmarshalUntypedDeployment(context.Background(), &d)
	if err != nil {
		return err
	}
	return l.alone(func() error {
		return l.store.Write(apitype.TypedDeployment{Version: d.Version, Features: d.Features, Deployment: deployment})
	})
}

func (l *linked) unprotect(_ context.Context, urns ...string) error {
	return l.alone(func() error {
		d, err := l.store.Read()
		if err != nil {
			return err
		}
		if err := unprotected(d.Deployment, urns); err != nil {
			return err
		}
		return l.store.Write(d)
	})
}

// unprotected takes the protection off resources, of all or of none.
func unprotected(d *apitype.DeploymentV3, urns []string) error {
	var errs []error
	for _, urn := range urns {
		found := false
		for i := range d.Resources {
			if r := &d.Resources[i]; string(r.URN) == urn {
				r.Protect, found = false, true
			}
		}
		if !found {
			errs = append(errs, fmt.Errorf("unprotect %s: the stack has no such resource", urn))
		}
	}
	return errors.Join(errs...)
}

func (l *linked) close() error { return nil }

func (l *linked) note(func(pid int)) {} // it starts none
