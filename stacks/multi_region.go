package stacks

import (
	"fmt"
	"slices"
)

// multiRegion is a stack of several regions while it is built: its cells, and what
// joins them.
type multiRegion struct {
	home *cell
	// cells are all of them, home first.
	cells []*cell
	// families are the databases in all their regions.
	families []family
}

func newMultiRegion(home *cell) *multiRegion {
	return &multiRegion{home: home, cells: []*cell{home}}
}

// addRegions prepares a cell for each region.
func (m *multiRegion) addRegions() error {
	for _, region := range m.home.cfg.Regions[1:] {
		c, err := m.home.elsewhere(region)
		if err != nil {
			return err
		}
		m.cells = append(m.cells, c)
	}
	m.home.further = m.cells[1:]
	return nil
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
	return f, f.lookUpImage()
}

// each is a step in every cell.
func (m *multiRegion) each(step func(*cell) error) func() error {
	return func() error {
		if err := m.needs("build every region", hasRegions); err != nil {
			return err
		}
		for _, c := range m.cells {
			if err := step(c); err != nil {
				return fmt.Errorf("%s: %w", c.region, err)
			}
		}
		return nil
	}
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

// led are the cells to which users are led, home first.
func (m *multiRegion) led() []*cell { return m.home.led(m.cells) }

// led leaves out the cells that are held until what they copy was compared.
func (s *site) led(cells []*cell) (list []*cell) {
	for _, c := range cells {
		if !slices.Contains(s.cfg.Held, c.region) {
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
