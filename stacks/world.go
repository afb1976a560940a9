package stacks

import (
	"fmt"

	"github.com/rung-dev/rung/components/key"
)

// world is a stack of several regions while it is built: its cells, and what
// joins them.
type world struct {
	home *cell
	// cells are all of them, home first.
	cells []*cell
	key   *key.Key
	// past is what earlier runs have left.
	past past
	// families are the databases in all their regions.
	families []family
}

// newWorld prepares a cell for each region.
func newWorld(home *cell) (*world, error) {
	home.services = &services{cell: home}
	w := &world{home: home, cells: []*cell{home}}
	for _, region := range home.cfg.Regions[1:] {
		c, err := home.elsewhere(region)
		if err != nil {
			return nil, err
		}
		w.cells = append(w.cells, c)
	}
	home.site.further = w.cells[1:]
	return w, nil
}

// elsewhere prepares the cell of another region.
func (c *cell) elsewhere(region string) (*cell, error) {
	f := &cell{site: c.site, region: region, here: c.edge}
	if region != edgeRegion {
		var err error
		if f.here, err = c.regional(region); err != nil {
			return nil, err
		}
	}
	f.common = f.commonArgs()
	f.services = &services{cell: f}
	return f, f.lookUpImage()
}

// each is a step in every cell.
func (w *world) each(step func(*cell) error) func() error {
	return func() error {
		for _, c := range w.cells {
			if err := step(c); err != nil {
				return fmt.Errorf("%s: %w", c.region, err)
			}
		}
		return nil
	}
}

// services is a step of the services in every cell.
func (w *world) services(step func(*services) error) func() error {
	return w.each(func(c *cell) error { return step(c.services) })
}

// cell is the cell of a region.
func (w *world) cell(region string) *cell {
	for _, c := range w.cells {
		if c.region == region {
			return c
		}
	}
	return nil
}

// others are the cells but one.
func (w *world) others(than *cell) []*cell {
	var list []*cell
	for _, c := range w.cells {
		if c != than {
			list = append(list, c)
		}
	}
	return list
}

// family is one database in all its regions.
type family struct {
	name string
	// line are the regions that have had the writes, the last one has them.
	line []string
	// writer takes the writes; the copies follow it.
	writer *store
	// at is what each region's cell reads.
	at map[string]*store
}
