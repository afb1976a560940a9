// Package inprocess makes a program's resources on the offline cloud within this
// process, one after the other in an order of the caller's choice.
//
// It is for what an engine's own order hides: AWS refuses a NAT gateway in a
// network without an internet gateway, and a run in which the one happens to
// come after the other proves nothing. [Random] is an order that the declared
// dependencies allow; [Cloud.Earliest] makes each resource the moment they allow
// it, with nothing else there, and [Cloud.Latest] with everything else there.
// It knows no updates: for those there is the engine.
package inprocess

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
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

	mu        sync.Mutex
	turn      *sync.Cond
	next      int // in order
	failed    error
	providers map[string]*sim.Provider // by package and region
}

var _ record.Cloud = (*Cloud)(nil)

// Up runs a program on a new cloud. order are the URNs of all that the program
// registers with a provider, each after what it depends on, such as [Random]
// gives; nil makes each resource the moment it is registered. All domains count as
// delegated.
func Up(program pulumi.RunFunc, order []string, opts ...record.Option) (*Cloud, *record.Recording, error) {
	c := &Cloud{store: sim.MemoryStore(), order: order, providers: map[string]*sim.Provider{}}
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
	pkg, _, _ := strings.Cut(token, ":")
	c.mu.Lock()
	defer c.mu.Unlock()
	p, err := c.provider(pkg, region)
	if err != nil {
		return nil, err
	}
	res, err := p.Invoke(context.Background(), plugin.InvokeRequest{Tok: tokens.ModuleMember(token), Args: args})
	return res.Properties, err
}

func (c *Cloud) create(store *sim.Store, r record.Resource) (string, resource.PropertyMap, error) {
	pkg, _, _ := strings.Cut(r.Type, ":")
	p, err := c.provider(pkg, r.Region)
	if err != nil {
		return "", nil, err
	}
	return create(p.On(store), r)
}

// create is what the engine asks of a provider for a new resource.
func create(p *sim.Provider, r record.Resource) (string, resource.PropertyMap, error) {
	urn := resource.URN(r.URN)
	checked, err := p.Check(context.Background(), plugin.CheckRequest{URN: urn, News: r.InputMap})
	if err != nil {
		return "", nil, err
	}
	if len(checked.Failures) > 0 {
		return "", nil, fmt.Errorf("%s: %s", checked.Failures[0].Property, checked.Failures[0].Reason)
	}
	made, err := p.Create(context.Background(), plugin.CreateRequest{URN: urn, Properties: checked.Properties})
	return string(made.ID), made.Properties, err
}

// provider is that of a package in a region, made and configured at its first use.
func (c *Cloud) provider(pkg, region string) (*sim.Provider, error) {
	key := pkg + " " + region
	if c.providers[key] != nil {
		return c.providers[key], nil
	}
	p, err := offline.InMemory(pkg, c.store)
	if err != nil {
		return nil, err
	}
	in := resource.PropertyMap{}
	if pkg == "aws" {
		in["region"] = resource.NewProperty(region)
	}
	if _, err := p.Configure(context.Background(), plugin.ConfigureRequest{Inputs: in}); err != nil {
		return nil, fmt.Errorf("configure %s in %s: %w", pkg, region, err)
	}
	c.providers[key] = p
	return p, nil
}
