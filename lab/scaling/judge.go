package scaling

import (
	"errors"
	"fmt"
	"math"
)

// Size is what a group has and may have.
type Size struct {
	Min, Max, Now int
	// Serving is how many of its machines serve already: those that come up count for
	// nothing yet, and nothing is decided before they do.
	Serving int
}

// How often in a row a metric must be above its target before machines are added, and
// below nine tenths of it before one is taken away.
const (
	looksOut = 3
	looksIn  = 12
	ease     = 0.9
)

// Judge remembers what policies have seen. The zero value has seen nothing.
type Judge struct{ out, in map[string]int }

// Sizes are the groups that ought to have another size, with it: the largest that any
// policy asks for. A group shrinks by one at a time, and only where all that track a
// target agree. The error names policies that cannot be worked out; the others count.
func (j *Judge) Sizes(all []Policy, r Readings, groups map[string]Size) (changed map[string]int, err error) {
	if j.out == nil {
		j.out, j.in = map[string]int{}, map[string]int{}
	}
	wants, less := map[string]int{}, map[string]bool{}
	for _, p := range all {
		g, ok := groups[p.Group]
		if !ok {
			continue
		}
		v, known, e := p.metric.value(r)
		if e != nil {
			err = errors.Join(err, fmt.Errorf("the policy %s: %w", p.Name, e))
		}
		size := g.Now
		if known && e == nil && g.Serving >= g.Now {
			size = j.ask(p, v, g)
		} else {
			j.forget(p.Name)
		}
		if p.target != 0 || size != g.Now { // an alarm that does not ring asks for nothing
			wants[p.Group] = max(wants[p.Group], size)
		}
		if p.target != 0 {
			shrinks, asked := less[p.Group]
			less[p.Group] = (shrinks || !asked) && size < g.Now
		}
	}
	changed = map[string]int{}
	for name, size := range wants {
		g := groups[name]
		if size < g.Now && !less[name] {
			size = g.Now
		}
		if size = min(max(size, g.Min), g.Max); size != g.Now {
			changed[name] = size
		}
	}
	for _, p := range all {
		if _, is := changed[p.Group]; is {
			j.forget(p.Name)
		}
	}
	return changed, err
}

func (j *Judge) forget(policy string) { delete(j.out, policy); delete(j.in, policy) }

// ask is the size that a policy asks for now.
func (j *Judge) ask(p Policy, v float64, g Size) int {
	if p.target == 0 {
		if j.out[p.Name]++; !p.steps.above(v, p.steps.threshold) {
			j.forget(p.Name)
		}
		if j.out[p.Name] >= p.steps.periods {
			return p.steps.size(v, g.Now)
		}
		return g.Now
	}
	switch {
	case v > p.target:
		j.out[p.Name]++
		j.in[p.Name] = 0
	case v < ease*p.target && !p.onlyOut:
		j.in[p.Name]++
		j.out[p.Name] = 0
	default:
		j.forget(p.Name)
	}
	switch {
	case j.out[p.Name] >= looksOut:
		return max(g.Now+1, int(math.Ceil(float64(g.Now)*v/p.target)))
	case j.in[p.Name] >= looksIn && v*float64(g.Now) <= ease*p.target*float64(g.Now-1):
		return g.Now - 1
	}
	return g.Now
}
