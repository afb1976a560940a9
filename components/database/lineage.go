package database

import (
	"errors"
	"fmt"
	"slices"
)

// Descent is one database of a stack whose writes may have moved from region
// to region.
type Descent struct {
	// Name is its logical name and Cell the code of its region.
	Name, Cell string
	// Of names the database that it copies, or copied until it was promoted;
	// empty for the first of all.
	Of string
	// Promoted is true for a copy that took the writes over.
	Promoted bool
	// Former is true for what the system no longer uses: originals that gave
	// the writes away, and copies that still follow them. They stay, because
	// they hold what was not copied when the writes moved, until they are
	// confirmed by name and taken out.
	Former bool
}

// Lineage lists the databases of a stack, each after the one that it copies.
// base is the first one's name, cells are the codes of all regions, and writers
// the regions that had the writes, in order of time: the first is where the
// stack began, the last has them now. A region may come again; it then gets a
// new copy, because what gave the writes away cannot follow.
//
// Another cell adds databases to the list; another writer promotes the copy
// that is there, adds new copies of it and turns the others into former ones.
// Nothing ever leaves the list or takes another source. It fails for a writer
// that is no cell, or that has the writes already.
func Lineage(base string, writers, cells []string) ([]Descent, error) {
	if err := checkWriters(writers, cells); err != nil {
		return nil, fmt.Errorf("follow the writes of %s: %w", base, err)
	}
	list := []Descent{{Name: base, Cell: writers[0]}}
	original := 0
	for era, writer := range writers {
		if era > 0 {
			original = slices.IndexFunc(list, func(d Descent) bool { return d.Name == copyName(base, writer, era-1) })
			list[original].Promoted = true
		}
		for _, cell := range cells {
			if cell != writer {
				list = append(list, Descent{Name: copyName(base, cell, era), Cell: cell, Of: list[original].Name})
			}
		}
	}
	now := list[original].Name
	for i := range list {
		list[i].Former = list[i].Name != now && list[i].Of != now
	}
	return list, nil
}

// copyName is the logical name of the copy in a cell, made when the writes had
// moved so many times.
func copyName(base, cell string, era int) string {
	if era == 0 {
		return base + "-" + cell
	}
	return fmt.Sprintf("%s-%s-%d", base, cell, era+1)
}

func checkWriters(writers, cells []string) error {
	if len(writers) == 0 {
		return errors.New("no region has them; name the one where they began")
	}
	for i, w := range writers {
		if !slices.Contains(cells, w) {
			return fmt.Errorf("%s is no region of the stack, want one of %v", w, cells)
		}
		if i > 0 && writers[i-1] == w {
			return fmt.Errorf("they are in %s already", w)
		}
	}
	return nil
}
