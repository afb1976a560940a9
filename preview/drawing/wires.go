package drawing

import (
	"cmp"
	"slices"
)

// boxSide is where a line leaves or enters a box.
type boxSide struct {
	box   string
	right bool
}

// drawWires draws the lines: level ones between columns, short ones down a
// column, and those that go around along lanes.
func (s *sketch) drawWires(b blueprint) {
	var level []link
	for _, l := range b.links {
		from, to := s.column[l.from], s.column[l.to]
		switch {
		case l.kind == copied:
			s.wire(l, s.copyLane(b, l))
		case from[0] == -1 && to[0] != -1:
			s.wire(l, s.entryLane(l))
		case from[0] == to[0] && abs(from[1]-to[1]) == 1:
			s.wire(l, s.down(l))
		case from[0] == to[0]:
			s.wire(l, s.skip(l))
		default:
			level = append(level, l)
		}
	}
	ports := s.ports(level)
	for _, l := range level {
		a, z := s.at[l.from], s.at[l.to]
		s.wire(l, straight(a.right(), ports[boxSide{l.from, true}][l], z.X, ports[boxSide{l.to, false}][l]))
	}
}

func (s *sketch) wire(l link, path string) {
	s.Wires = append(s.Wires, svgWire{l.from, l.to, l.kind, path})
}

// ports spreads the lines at each side of a box over its height, in the order
// of where they lead.
func (s *sketch) ports(level []link) map[boxSide]map[link]int {
	at := map[boxSide][]link{}
	for _, l := range level {
		at[boxSide{l.from, true}] = append(at[boxSide{l.from, true}], l)
		at[boxSide{l.to, false}] = append(at[boxSide{l.to, false}], l)
	}
	ports := map[boxSide]map[link]int{}
	for end, list := range at {
		other := func(l link) int {
			if end.right {
				return s.at[l.to].Y
			}
			return s.at[l.from].Y
		}
		slices.SortStableFunc(list, func(a, b link) int { return cmp.Compare(other(a), other(b)) })
		r := s.at[end.box]
		ports[end] = map[link]int{}
		for i, l := range list {
			ports[end][l] = r.Y + (i+1)*r.H/(len(list)+1)
		}
	}
	return ports
}

// down joins neighbours of a column.
func (s *sketch) down(l link) string {
	a, z := s.at[l.from], s.at[l.to]
	if a.Y > z.Y {
		return vertical(a.center(), a.Y, z.bottom())
	}
	return vertical(a.center(), a.bottom(), z.Y)
}

// skip passes others of a column, on the side where no lines run.
func (s *sketch) skip(l link) string {
	a, z := s.at[l.from], s.at[l.to]
	if s.onTop {
		return around(a.right(), a.middle(), a.right()+10, z.right(), z.middle())
	}
	return around(a.X, a.middle(), a.X-8, z.X, z.middle())
}

// entryLane leads from before the regions to the door of one.
func (s *sketch) entryLane(l link) string {
	a, z := s.at[l.from], s.at[l.to]
	lane := s.lane
	if l.from == programs {
		lane += s.laneStep
	}
	if s.onTop {
		return around(a.X, a.middle(), lane, z.X, z.middle())
	}
	return around(a.right(), a.middle(), lane, z.X, z.middle())
}

// copyLane joins two stores in different regions, each kind on a lane of its own.
func (s *sketch) copyLane(b blueprint, l link) string {
	var kinds []string
	for _, x := range b.links {
		if x.kind == copied && !slices.Contains(kinds, x.from) {
			kinds = append(kinds, x.from)
		}
	}
	a, z := s.at[l.from], s.at[l.to]
	lane := a.right() + s.copies*(1+slices.Index(kinds, l.from))/(len(kinds)+1)
	return around(a.right(), a.middle(), lane, z.right(), z.middle())
}
