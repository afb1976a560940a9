package inprocess

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/record"
)

// What a run does to a resource.
const (
	Create  = "create"
	Update  = "update"
	Replace = "replace"
	Delete  = "delete"
)

// Step is what a run does, or would do, to one resource.
type Step struct {
	Op, Type, Name, URN string
	// Keys are the properties that change, or those that force a replacement.
	Keys []string
}

func (s Step) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s", s.Op, s.Type, s.Name, strings.Join(s.Keys, ",")))
}

// Stack is a stack that lives within this process, on an offline cloud of its
// own: previewed, brought up, changed and destroyed by the providers that the
// engine asks, in the way it asks them, and by nothing else of the engine.
type Stack struct {
	store   *sim.Store
	opts    []record.Option
	held    []held // in the order of the last run
	outputs map[string]any
	ignored []Step
}

// held is a resource of the stack's state.
type held struct {
	record.Resource
	inputs resource.PropertyMap // as the provider's check left them
}

// NewStack is a stack that was never deployed. All domains count as delegated.
func NewStack(opts ...record.Option) (*Stack, error) {
	s := &Stack{store: sim.MemoryStore(), opts: opts}
	return s, s.store.Change(func(c *sim.Cloud) error { c.Delegate("*"); return nil })
}

// Preview says what Up would do, and changes nothing.
func (s *Stack) Preview(program pulumi.RunFunc, opts ...record.Option) ([]Step, error) {
	run, _, err := s.run(program, true, opts)
	if err != nil {
		return nil, err
	}
	for _, h := range slices.Backward(run.unmentioned()) {
		run.steps = append(run.steps, step(Delete, h.Resource))
	}
	return run.steps, nil
}

// Up brings the stack to what the program says. A resource that would have to
// begin anew is an error.
func (s *Stack) Up(program pulumi.RunFunc, opts ...record.Option) ([]Step, error) {
	run, rec, err := s.run(program, false, opts)
	gone := run.unmentioned()
	s.held = slices.Concat(gone, run.held) // also after a run that failed
	if err != nil {
		return nil, err
	}
	s.outputs = rec.Exports
	for _, h := range slices.Backward(gone) {
		run.steps = append(run.steps, step(Delete, h.Resource))
		if err := s.remove(h); err != nil {
			return run.steps, err
		}
	}
	s.held = run.held
	return run.steps, nil
}

// Destroy deletes what the stack holds, the last first. What is protected is an
// error, as it is the engine's.
func (s *Stack) Destroy() error {
	for len(s.held) > 0 {
		last := s.held[len(s.held)-1]
		if last.Protect {
			return fmt.Errorf("delete %s: it is protected", last.URN)
		}
		if err := s.remove(last); err != nil {
			return err
		}
		s.held = s.held[:len(s.held)-1]
	}
	s.outputs = nil
	return nil
}

// Held are the resources of the stack's state, with what the cloud made of them.
func (s *Stack) Held() []record.Resource {
	var list []record.Resource
	for _, h := range s.held {
		list = append(list, h.Resource)
	}
	return list
}

// foreign begins the URNs of what is somebody else's.
const foreign = "urn:pulumi:else::else::"

// Foreign makes something in the stack's cloud that is none of the stack's, such
// as a zone that was there before, and gives its id.
func (s *Stack) Foreign(typ, region string, in resource.PropertyMap) (string, error) {
	c := &Cloud{store: s.store}
	id, _, err := c.create(s.store,
		record.Resource{Type: typ, Region: region, URN: foreign + typ + "::foreign", InputMap: in})
	return id, err
}

// Left is what the cloud holds, whether the stack knows of it or not, without what
// is foreign.
func (s *Stack) Left() (left []sim.Entry, err error) {
	err = s.store.View(func(c *sim.Cloud) error {
		entries, err := c.Of("urn:")
		for _, e := range entries {
			if !strings.HasPrefix(e.URN, foreign) {
				left = append(left, *e)
			}
		}
		return err
	})
	return left, err
}

func (s *Stack) remove(h held) error {
	if h.RetainOnDelete {
		return nil
	}
	p, err := offline.Within(h.Type, h.Region, s.store)
	if err != nil {
		return err
	}
	_, err = p.Delete(context.Background(), plugin.DeleteRequest{
		URN: resource.URN(h.URN), ID: resource.ID(h.ID), Inputs: h.inputs, Outputs: h.OutputMap,
	})
	if err != nil {
		return fmt.Errorf("delete %s: %w", h.URN, err)
	}
	return nil
}

// Ignored are the changes that the last run has not made, because the program
// says that they are none.
func (s *Stack) Ignored() []Step { return s.ignored }

// Outputs are those of the last run that brought the stack up.
func (s *Stack) Outputs() map[string]any { return s.outputs }

// run executes the program against what the stack holds.
func (s *Stack) run(program pulumi.RunFunc, preview bool, opts []record.Option) (*run, *record.Recording, error) {
	r := &run{store: s.store, preview: preview, was: s.held, known: map[string]held{}, seen: map[string]bool{}}
	for _, h := range s.held {
		r.known[h.URN] = h
	}
	all := slices.Concat(s.opts, opts, []record.Option{record.On(r), record.Preview(preview), record.Published(s.outputs)})
	rec, err := record.Run(program, all...)
	s.ignored = r.ignored
	return r, rec, errors.Join(err, r.failed)
}

// run is one preview or update under way. The program registers from many
// goroutines at once.
type run struct {
	store   *sim.Store
	preview bool
	was     []held
	known   map[string]held // by URN

	mu    sync.Mutex
	held  []held
	seen  map[string]bool // by URN
	steps []Step
	// ignored are changes that were asked for and not made.
	ignored []Step
	failed  error
}

var _ record.Cloud = (*run)(nil)

// Make does to a resource what the engine would do.
func (r *run) Make(x record.Resource) (string, resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed != nil {
		return "", nil, fmt.Errorf("not made: %w", r.failed)
	}
	h, err := r.make(x)
	if err != nil {
		r.failed = fmt.Errorf("%s: %w", x.URN, err)
		return "", nil, err
	}
	r.seen[h.URN] = true
	r.held = append(r.held, h)
	return h.ID, h.OutputMap, nil
}

func (r *run) make(x record.Resource) (held, error) {
	p, err := offline.Within(x.Type, x.Region, r.store)
	if err != nil {
		return held{}, err
	}
	old, stands := r.known[x.URN]
	if stands {
		keys, err := ignore(&x, old.InputMap)
		if err != nil {
			return held{}, err
		}
		if len(keys) > 0 {
			r.ignored = append(r.ignored, step(Update, x, keys...))
		}
	}
	inputs, err := check(p, x, old.inputs)
	if err != nil {
		return held{}, err
	}
	now := held{Resource: x, inputs: inputs}
	if !stands {
		r.steps = append(r.steps, step(Create, x))
		return r.create(p, now)
	}
	return r.change(p, old, now)
}

func (r *run) create(p *sim.Provider, now held) (held, error) {
	made, err := p.Create(context.Background(), plugin.CreateRequest{
		URN: resource.URN(now.URN), Properties: now.inputs, Preview: r.preview,
	})
	now.ID, now.OutputMap = string(made.ID), made.Properties
	return now, err
}

// change compares with what stands.
func (r *run) change(p *sim.Provider, old, now held) (held, error) {
	urn, id := resource.URN(now.URN), resource.ID(old.ID)
	diff, err := p.Diff(context.Background(), plugin.DiffRequest{
		URN: urn, ID: id, OldInputs: old.inputs, OldOutputs: old.OutputMap, NewInputs: now.inputs, IgnoreChanges: now.IgnoreChanges,
	})
	if err != nil {
		return held{}, err
	}
	if old.Region != now.Region {
		diff.ReplaceKeys, diff.Changes = append(diff.ReplaceKeys, "region"), plugin.DiffSome
	}
	now.ID, now.OutputMap = old.ID, old.OutputMap
	switch {
	case diff.Changes == plugin.DiffNone:
		return now, nil
	case len(diff.ReplaceKeys) > 0:
		return r.replace(p, now, diff.ReplaceKeys)
	}
	r.steps = append(r.steps, step(Update, now.Resource, diff.ChangedKeys...))
	made, err := p.Update(context.Background(), plugin.UpdateRequest{
		URN: urn, ID: id, OldInputs: old.inputs, OldOutputs: old.OutputMap, NewInputs: now.inputs,
		IgnoreChanges: now.IgnoreChanges, Preview: r.preview,
	})
	now.OutputMap = made.Properties
	return now, err
}

func (r *run) replace(p *sim.Provider, now held, keys []resource.PropertyKey) (held, error) {
	r.steps = append(r.steps, step(Replace, now.Resource, keys...))
	if !r.preview {
		return now, fmt.Errorf("it would begin anew because of %v, which this run does not do", keys)
	}
	return r.create(p, now)
}

// Call answers a function of a provider in a region.
func (r *run) Call(token, region string, args resource.PropertyMap) (resource.PropertyMap, error) {
	return offline.Call(token, region, r.store, args)
}

// unmentioned are the resources of which the program no longer speaks.
func (r *run) unmentioned() []held {
	return slices.DeleteFunc(slices.Clone(r.was), func(h held) bool { return r.seen[h.URN] })
}

func step(op string, x record.Resource, keys ...resource.PropertyKey) Step {
	s := Step{Op: op, Type: x.Type, Name: x.Name, URN: x.URN}
	for _, k := range keys {
		s.Keys = append(s.Keys, string(k))
	}
	slices.Sort(s.Keys)
	return s
}

// ignore puts the old value wherever the program wants no change of it, as the
// engine does before any provider sees the inputs. keys are where that made a
// difference.
func ignore(x *record.Resource, old resource.PropertyMap) (keys []resource.PropertyKey, err error) {
	kept := maps.Clone(x.InputMap)
	for _, text := range x.IgnoreChanges {
		path, err := resource.ParsePropertyPath(text)
		if err != nil {
			return nil, fmt.Errorf("ignore changes of %s: %w", text, err)
		}
		was, _ := path.Get(resource.NewProperty(old))
		is, given := path.Get(resource.NewProperty(kept))
		if given && !is.ContainsUnknowns() && !is.DeepEquals(was) {
			keys = append(keys, resource.PropertyKey(text))
		}
		path.Reset(old, kept)
	}
	x.InputMap = kept
	return keys, nil
}
