// Package engine runs Pulumi's own engine: it lays out the workspace, runs preview,
// up, refresh and destroy with a program of this process, and collects every engine
// event.
//
// Nothing here decides what changes or in which order; that is the engine's.
// With the offline cloud it is linked into this process (see inprocess), everything
// of a user lives under <dir>/.rung, and no variable, login, plugin or CLI of the
// machine plays a part. With AWS it is in the user's Pulumi CLI, driven by the
// Automation API, with the user's own backend, passphrase and credentials, and
// nothing is replaced.
//
// A run takes seconds plus what the cloud takes. The first run on an account from a
// machine without a Pulumi CLI builds one, which takes minutes, once per version.
// The package refuses to start when the stack is locked by another run, when a
// state file is damaged, or when the CLI found is too old; such errors satisfy
// errors.Is(err, ErrSetup) and nothing has been created.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/engine/inprocess"
	"github.com/rung-dev/rung/names"
)

// Project is the name of the Pulumi project of every rung stack.
const Project = "rung"

// Cloud is where a stack lives.
type Cloud string

// The clouds. The zero value of Options.Cloud means Offline.
const (
	Offline Cloud = "offline" // simulated in this machine, free
	Lab     Cloud = "lab"     // the same, and servers on this machine that do what it says
	AWS     Cloud = "aws"     // the user's account and Pulumi backend
)

// Clouds are the names of all clouds.
func Clouds() []Cloud { return []Cloud{Offline, Lab, AWS} }

// Simulated reports whether the cloud is a file on this machine.
func (c Cloud) Simulated() bool { return c != AWS }

// Root is rung's own directory for the stacks of a cloud, within a user's directory.
func (c Cloud) Root(dir string) string {
	if c == Lab { // whose stacks have nothing to do with those of the offline cloud
		return filepath.Join(dir, ".rung", string(Lab))
	}
	return filepath.Join(dir, ".rung")
}

// ParseCloud reads a cloud's name.
func ParseCloud(s string) (Cloud, error) {
	switch c := Cloud(s); c {
	case Offline, Lab, AWS:
		return c, nil
	}
	return "", fmt.Errorf("unknown cloud %q, want offline, lab or aws", s)
}

// Within makes plugins inside this process.
type Within = inprocess.Within

// Options say which stack to open and how to run it.
type Options struct {
	// Dir is the user's directory; empty is the current one. State that is not on AWS lies
	// in Dir/.rung, the lab's in Dir/.rung/lab.
	Dir string
	// Stack is the stack's name; empty is "dev".
	Stack string
	// Cloud is where the stack lives; empty is Offline.
	Cloud Cloud
	// Program is what the engine runs.
	Program pulumi.RunFunc
	// Config is laid over the stack's own configuration for each run, keys with
	// their namespace ("rung:stage"), objects and lists as JSON. Only Up keeps it.
	Config map[string]string
	// ForOneRun are keys of the configuration that hold for one run and no longer:
	// Up keeps none of them, and a value that the stack's own file has, from an older
	// rung or by hand, does not count.
	ForOneRun []string
	// Scratch puts the whole stack into a temporary directory that Close removes
	// and that is never saved to in the middle of a run. Offline only.
	Scratch bool
	// PolicyPacks are executables of policy packs that watch Preview and Up.
	PolicyPacks []string
	// Within makes plugins of the offline cloud inside this process; the zero value
	// starts processes.
	Within Within
	// Parallel bounds the operations under way at once; zero is the engine's default.
	Parallel int
	// Progress shows what the engine does while it works; nil shows nothing.
	Progress Progress
	// Log receives sentences for the user, such as which CLI was taken; nil drops them.
	Log func(string)
	// CLI is a CLI for AWS that was found before; nil makes Open find one.
	CLI *CLI
	// following is the plan that an Up must keep to; nil for none.
	following *Plan
	// only are the resources that a Refresh reads, by URN; none means all.
	only []string
	// Executable is what the offline plugins start; empty is the running executable.
	Executable string
}

func (o Options) withDefaults() (Options, error) {
	if o.Stack == "" {
		o.Stack = "dev"
	}
	if o.Cloud == "" {
		o.Cloud = Offline
	}
	if o.Log == nil {
		o.Log = func(string) {}
	}
	if o.Progress == nil {
		o.Progress = Silent{}
	}
	if o.Dir == "" {
		o.Dir = "."
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return o, fmt.Errorf("find the directory %q: %w", o.Dir, err)
	}
	o.Dir = dir
	return o, o.validate()
}

func (o Options) validate() error {
	var errs []error
	if err := names.Check(o.Stack); err != nil {
		errs = append(errs, setupf("%w", err))
	}
	if _, err := ParseCloud(string(o.Cloud)); err != nil {
		errs = append(errs, setupf("%v", err))
	}
	if o.Scratch && !o.Cloud.Simulated() {
		errs = append(errs, setupf("a scratch stack exists on the offline cloud only, not on %q", o.Cloud))
	}
	if o.Program == nil {
		errs = append(errs, setupf("no program to run"))
	}
	return errors.Join(errs...)
}

// Result is what one run of the engine said.
type Result struct {
	// Events are all engine events in order, those of a failed run included.
	Events []events.EngineEvent
	// settled is a preview after which there is nothing to do.
	settled bool
}

// Stack is one open stack. It is not safe for use by several goroutines; close it.
type Stack struct {
	opts   Options
	cli    *CLI // nil where the engine is linked
	paths  paths
	driver driver
	// hold is the lock of a run of several operations; nil without one.
	hold *hold
	// read is shared by all that With makes.
	read *lastRead
}

// Open finds the CLI, lays out the workspace and creates the stack if there is
// none yet. A new stack holds no resources.
func Open(ctx context.Context, o Options) (*Stack, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	p, err := o.layout()
	if err != nil {
		return nil, err
	}
	s := &Stack{opts: o, paths: p, read: &lastRead{}}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Stack) open(ctx context.Context) error {
	if err := s.paths.check(s.opts); err != nil {
		return err
	}
	if err := s.choose(ctx); err != nil {
		return err
	}
	if err := s.paths.prepare(s.opts); err != nil {
		return err
	}
	return s.driver.open(ctx)
}

// choose takes the engine that the stack runs on.
func (s *Stack) choose(ctx context.Context) error {
	if s.opts.Cloud.Simulated() {
		s.driver = newLinked(s)
		return nil
	}
	s.driver = &cli{Stack: s}
	if s.cli = s.opts.CLI; s.cli != nil {
		return nil
	}
	found, err := Find(ctx, s.opts.Log)
	if err != nil {
		return err
	}
	s.cli = found
	s.opts.Log("using " + found.String())
	return nil
}

// CLI is the Pulumi CLI in use; nil where the engine is linked.
func (s *Stack) CLI() *CLI { return s.cli }

// Name is the stack's name.
func (s *Stack) Name() string { return s.opts.Stack }

// StateFile is where the offline cloud keeps its accounts; empty on AWS.
func (s *Stack) StateFile() string { return s.paths.cloud }

// Dir is the directory of rung's own files for the stack.
func (s *Stack) Dir() string { return s.paths.root }

// WithPolicies returns the same stack with policy packs that watch Preview and
// Up. Close either, once.
func (s *Stack) WithPolicies(packs ...string) *Stack {
	c := *s
	c.opts.PolicyPacks = packs
	return &c
}

// Close removes what the stack kept only for this process.
func (s *Stack) Close() error {
	err := s.release()
	if s.driver != nil {
		err = errors.Join(err, s.driver.close())
	}
	return errors.Join(err, s.paths.remove())
}

// With returns the same stack to be run with more configuration, which does not
// change the receiver. Close either, once.
func (s *Stack) With(config map[string]string) *Stack {
	c := *s
	c.opts.Config = maps.Clone(s.opts.Config)
	if c.opts.Config == nil {
		c.opts.Config = map[string]string{}
	}
	maps.Copy(c.opts.Config, config)
	return &c
}

var _ io.Closer = (*Stack)(nil)
