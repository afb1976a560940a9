package inprocess

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/record"
)

// graph is what has to be made before what, by URN.
type graph map[string]map[string]bool

// dependencies are those that the program declares: properties made of outputs,
// dependsOn, and the provider and the parent.
func dependencies(rec *record.Recording) graph {
	custom := map[string]bool{}
	for _, r := range rec.Custom() {
		custom[r.URN] = true
	}
	g := graph{}
	for _, r := range rec.Custom() {
		g[r.URN] = map[string]bool{}
		for _, urn := range append(slices.Clone(r.Dependencies), r.Parent) {
			if custom[urn] {
				g[r.URN][urn] = true
			}
		}
	}
	return g
}

// before is all that a resource depends on, at any distance.
func (g graph) before(urn string) map[string]bool {
	seen := map[string]bool{}
	queue := []string{urn}
	for len(queue) > 0 {
		for of := range g[queue[0]] {
			if !seen[of] {
				seen[of] = true
				queue = append(queue, of)
			}
		}
		queue = queue[1:]
	}
	return seen
}

// Random is an order in which a recorded program's resources may be made, drawn
// from those that its dependencies allow.
func Random(rec *record.Recording, seed uint64) []string {
	g, random := dependencies(rec), rand.New(rand.NewPCG(seed, seed))
	waiting, after := map[string]int{}, map[string][]string{}
	var ready, order []string
	for _, r := range rec.Custom() { // sorted, so that a seed gives one order
		waiting[r.URN] = len(g[r.URN])
		for of := range g[r.URN] {
			after[of] = append(after[of], r.URN)
		}
		if waiting[r.URN] == 0 {
			ready = append(ready, r.URN)
		}
	}
	for len(ready) > 0 {
		i := random.IntN(len(ready))
		urn := ready[i]
		ready = slices.Delete(ready, i, i+1)
		order = append(order, urn)
		slices.Sort(after[urn])
		for _, next := range after[urn] {
			if waiting[next]--; waiting[next] == 0 {
				ready = append(ready, next)
			}
		}
	}
	return order
}

// Earliest makes each resource anew on a cloud that holds nothing but what it
// depends on, and reports what is refused: a dependency that no one declared.
func (c *Cloud) Earliest(rec *record.Recording) error {
	g := dependencies(rec)
	return c.alone(rec, func(urn string) func(string) bool {
		there := g.before(urn)
		return func(other string) bool { return there[other] }
	})
}

// Latest makes each resource anew on a cloud that holds everything but itself
// and what depends on it, and reports what is refused: what another one must
// wait for, and no one declared.
func (c *Cloud) Latest(rec *record.Recording) error {
	g := dependencies(rec)
	after := map[string]map[string]bool{}
	for urn := range g {
		for of := range g.before(urn) {
			if after[of] == nil {
				after[of] = map[string]bool{}
			}
			after[of][urn] = true
		}
	}
	return c.alone(rec, func(urn string) func(string) bool {
		return func(other string) bool { return other != urn && !after[urn][other] }
	})
}

// alone makes each resource on a cloud of its own, with what is there beside it.
func (c *Cloud) alone(rec *record.Recording, there func(urn string) func(other string) bool) error {
	var errs []error
	for _, r := range rec.Custom() {
		store, err := c.store.With(there(r.URN))
		if err != nil {
			return err
		}
		if _, _, err := c.create(store, r); err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", r.Type, r.Name, err))
		}
	}
	return errors.Join(errs...)
}

// Drift reports what a refresh right after the run would find changed: what a
// service has changed of another resource by itself.
func (c *Cloud) Drift(rec *record.Recording) error {
	var errs []error
	for _, r := range rec.Custom() {
		p, err := offline.Within(r.Type, r.Region, c.store)
		if err != nil {
			return err
		}
		read, err := p.Read(context.Background(),
			plugin.ReadRequest{URN: resource.URN(r.URN), ID: resource.ID(r.ID), State: r.OutputMap})
		if err != nil {
			return err
		}
		was, is := sim.FromPulumi(r.OutputMap), sim.FromPulumi(read.Outputs)
		for _, key := range slices.Sorted(maps.Keys(is)) {
			if !reflect.DeepEqual(was[key], is[key]) {
				errs = append(errs, fmt.Errorf("%s %s: %s is %v, was %v", r.Type, r.Name, key, is[key], was[key]))
			}
		}
	}
	return errors.Join(errs...)
}
