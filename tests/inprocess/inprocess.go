// Package inprocess makes a program's resources on the offline cloud within this
// process, one after the other in an order of the caller's choice.
//
// It is for what an engine's own order hides: AWS refuses a NAT gateway in a
// network without an internet gateway, and a run in which the one happens to
// come after the other proves nothing. [Random] is an order that the declared
// dependencies allow; [Cloud.Earliest] makes each resource the moment they allow
// it, with nothing else there, and [Cloud.Latest] with everything else there.
// [Stack] is a stack's whole life: preview, up, changes, destroy. It does one thing
// after the other, keeps no state in a file and replaces nothing: for all else
// there is the engine.
package inprocess

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/record"
)

// deadline ends the wait for a resource that the order names and the program
// never registers.
const deadline = time.Minute

// Cloud is an empty offline cloud that a program is run on.
type Cloud struct {
	store *sim.Store
	order []string // URNs; nil makes each resource when it comes

	mu     sync.Mutex
	turn   *sync.Cond
	next   int // in order
	failed error
}

var _ record.Cloud = (*Cloud)(nil)

// Up runs a program on a new cloud. order are the URNs of all that the program
// registers with a provider, each after what it depends on, such as [Random]
// gives; nil makes each resource the moment it is registered. All domains count as
// delegated.
func Up(program pulumi.RunFunc, order []string, opts ...record.Option) (*Cloud, *record.Recording, error) {
	c := &Cloud{store: sim.MemoryStore(), order: order}
	if err := c.store.Change(func(c *sim.Cloud) error { c.Delegate("*"); return nil }); err != nil {
		return nil, nil, err
	}
	c.turn = sync.NewCond(&c.mu)
	late := time.AfterFunc(deadline, func() { c.fail(fmt.Errorf("waited a minute for %s", c.awaited())) })
	defer late.Stop()
	rec, err := record.Run(program, append(slices.Clone(opts), record.On(c))...)
	return c, rec, cmp.Or(c.failed, err)
}

// Make waits for the resource's turn and makes it.
func (c *Cloud) Make(r record.Resource) (string, resource.PropertyMap, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.failed == nil && c.order != nil && c.awaited() != r.URN {
		c.turn.Wait()
	}
	if c.failed != nil {
		return "", nil, fmt.Errorf("not made: %w", c.failed)
	}
	id, state, err := c.create(c.store, r)
	c.next++
	c.turn.Broadcast()
	if err != nil {
		c.failed = fmt.Errorf("%s: %w", r.URN, err)
	}
	return id, state, err
}

func (c *Cloud) awaited() string {
	if c.next < len(c.order) {
		return c.order[c.next]
	}
	return "nothing"
}

func (c *Cloud) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = cmp.Or(c.failed, err)
	c.turn.Broadcast()
}

// Call answers a function of a provider in a region.
func (c *Cloud) Call(token, region string, args resource.PropertyMap) (resource.PropertyMap, error) {
	return offline.Call(token, region, c.store, args)
}

func (c *Cloud) create(store *sim.Store, r record.Resource) (string, resource.PropertyMap, error) {
	p, err := offline.Within(r.Type, r.Region, store)
	if err != nil {
		return "", nil, err
	}
	inputs, err := check(p, r, nil)
	if err != nil {
		return "", nil, err
	}
	made, err := p.Create(context.Background(), plugin.CreateRequest{URN: resource.URN(r.URN), Properties: inputs})
	return string(made.ID), made.Properties, err
}

// check gives a resource's inputs as the provider completes them. olds are those
// of the resource that stands; nil for a new one.
func check(p *sim.Provider, r record.Resource, olds resource.PropertyMap) (resource.PropertyMap, error) {
	checked, err := p.Check(context.Background(),
		plugin.CheckRequest{URN: resource.URN(r.URN), Olds: olds, News: r.InputMap})
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, f := range checked.Failures {
		errs = append(errs, fmt.Errorf("%s: %s", f.Property, f.Reason))
	}
	return checked.Properties, errors.Join(errs...)
}
