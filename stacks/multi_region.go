package stacks

import (
	"fmt"

	"github.com/rung-dev/rung/components/key"
)

// multiRegion is a stack of several regions while it is built: its cells, and what
// joins them.
type multiRegion struct {
	home *cell
	// cells are all of them, home first.
	cells []*cell
	key   *key.Key
	// previous is what earlier runs have left.
	previous previous
	// families are the databases in all their regions.
	families []family
}

// newMultiRegion prepares a cell for each region.
func newMultiRegion(home *cell) (*multiRegion, error) {
	home.services = &services{cell: home}
	m := &multiRegion{home: home, cells: []*cell{home}}
	for _, region := range home.cfg.Regions[1:] {
		c, err := home.elsewhere(region)
		if err != nil {
			return nil, err
		}
		m.cells = append(m.cells, c)
	}
	home.site.further = m.cells[1:]
	return m, nil
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
func (m *multiRegion) each(step func(*cell) error) func() error {
	return func() error {
		for _, c := range m.cells {
			if err := step(c); err != nil {
				return fmt.Errorf("%s: %w", c.region, err)
			}
		}
		return nil
	}
}

// services is a step of the services in every cell.
func (m *multiRegion) services(step func(*services) error) func() error {
	return m.each(func(c *cell) error { return step(c.services) })
}

// cell is the cell of a region.
func (m *multiRegion) cell(region string) *cell {
	for _, c := range m.cells {
		if c.region == region {
			return c
		}
	}
	return nil
}

// others are the cells but one.
func (m *multiRegion) others(than *cell) []*cell {
	var list []*cell
	for _, c := range m.cells {
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
