// Package record runs a Pulumi program in this process against a monitor of its
// own and keeps every registration so that questions can be asked afterwards.
//
// Tests of components use it, golden plans are printed from it, and `rung cost`
// prices it: a run of a whole stage takes milliseconds, needs no CLI, no account
// and no network. Computed outputs (ids, ARNs, endpoints, ...) and the answers of
// functions are those of the offline cloud, and the same on every run for the same
// URN. It refuses nothing that the program registers; [On] brings a cloud that does.
//
// A type or a function that the offline cloud does not have is an error that names
// it: a made-up answer would hide a mistake. What only an engine knows (diffs,
// replacements, ordering) is not here; see package engine.
package record

import (
	"errors"
	"fmt"
	"maps"
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Cloud makes what the program registers, in place of the answers that a recording
// is given otherwise.
type Cloud interface {
	// Make makes a resource of a provider's and gives its id and whole state. It is
	// called from many goroutines at once and may take its time: whatever needs the
	// outputs waits for them.
	Make(r Resource) (id string, state resource.PropertyMap, err error)
	// Call answers a provider function in a region.
	Call(token, region string, args resource.PropertyMap) (resource.PropertyMap, error)
}

type settings struct {
	project, stack string
	config         map[string]string
	preview        bool
	published      map[string]any
	cloud          Cloud
}

// Option changes how a program is run.
type Option func(*settings)

// Project sets the project name; the default is "rung".
func Project(name string) Option { return func(s *settings) { s.project = name } }

// Stack sets the stack name; the default is "dev".
func Stack(name string) Option { return func(s *settings) { s.stack = name } }

// Config adds stack configuration, keys with their namespace ("rung:stage").
// Values are strings; objects and lists are JSON, as the engine passes them.
func Config(values map[string]string) Option {
	return func(s *settings) { maps.Copy(s.config, values) }
}

// Preview runs the program as a preview does: no computed output is known.
func Preview(on bool) Option { return func(s *settings) { s.preview = on } }

// Published are the outputs that a reference to a stack finds; the default is
// none, as of a stack that was never deployed.
func Published(outputs map[string]any) Option { return func(s *settings) { s.published = outputs } }

// On makes the resources on a cloud, which may refuse them.
func On(c Cloud) Option { return func(s *settings) { s.cloud = c } }

// Run executes the program and returns what it registered. When the program
// fails, the recording up to the failure is returned beside the error; a panic
// of the program becomes an error.
func Run(program pulumi.RunFunc, opts ...Option) (*Recording, error) {
	set := settings{project: "rung", stack: "dev", config: map[string]string{}}
	for _, o := range opts {
		o(&set)
	}
	m := newMonitor(set)
	address, stop, err := serve(m)
	if err != nil {
		return nil, fmt.Errorf("run the program of stack %s: %w", set.stack, err)
	}
	defer stop()
	err = pulumi.RunErr(wrap(program), func(i *pulumi.RunInfo) {
		i.Project, i.Stack, i.MonitorAddr, i.EngineAddr = set.project, set.stack, address, address
		i.Config, i.DryRun = set.config, set.preview
	})
	if err != nil {
		err = fmt.Errorf("run the program of stack %s: %w", set.stack, errors.Join(plainly(err)...))
	}
	return m.recording(), err
}

// plainly turns the SDK's list of errors into a plain one, so that messages do
// not begin with "1 error occurred", and drops what the wire adds to them.
func plainly(err error) []error {
	list := []error{err}
	if many, ok := err.(interface{ WrappedErrors() []error }); ok {
		list = many.WrappedErrors()
	}
	for i, e := range list {
		list[i] = plain{e}
	}
	return list
}

// plain is an error without the words of gRPC.
type plain struct{ error }

func (p plain) Error() string { return wire.ReplaceAllString(p.error.Error(), "") }

var wire = regexp.MustCompile(`rpc error: code = \w+ desc = `)

func (p plain) Unwrap() error { return p.error }
