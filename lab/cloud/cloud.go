// Package cloud is the offline cloud as the lab reads it: resources by type, with the
// few questions that the lab asks of them. It changes nothing.
package cloud

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/rung-dev/rung/offline/sim"
)

// Resource is one resource of the cloud.
type Resource struct {
	// Token is its type, ID what the cloud calls it, Name its logical name.
	Token, ID, Name, URN, Region string
	sim.Props
}

// Cloud is what stands in a state file. The zero value is an empty cloud.
type Cloud struct {
	byType map[string][]Resource
}

// ErrMissing is a state file that is not there: nothing is known then, which is not
// the same as a cloud without resources.
var ErrMissing = errors.New("the offline cloud's file is missing")

// Read reads a state file.
func Read(path string) (Cloud, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return Cloud{}, fmt.Errorf("%w: %s", ErrMissing, path)
	}
	c := Cloud{}
	err := sim.OpenStore(path).View(func(s *sim.Cloud) error {
		entries, err := s.Of("")
		if err != nil {
			return err
		}
		c = Of(entries)
		return nil
	})
	return c, err
}

// Of is the cloud of some entries.
func Of(entries []*sim.Entry) Cloud {
	c := Cloud{byType: map[string][]Resource{}}
	for _, e := range entries {
		c.byType[e.Type] = append(c.byType[e.Type], Resource{Token: e.Type, ID: e.ID, Name: e.Name, URN: e.URN,
			Region: e.Region, Props: e.Properties})
	}
	for _, list := range c.byType {
		slices.SortFunc(list, func(a, b Resource) int {
			return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.ID, b.ID))
		})
	}
	return c
}

// All are the resources of a type, in the order of region and id.
func (c Cloud) All(token string) []Resource { return c.byType[token] }

// Types are the types of which there are resources, in order.
func (c Cloud) Types() []string {
	var all []string
	for t := range c.byType {
		all = append(all, t)
	}
	slices.Sort(all)
	return all
}

// Where are the resources of a type with a text in a property.
func (c Cloud) Where(token, key, value string) []Resource {
	var found []Resource
	for _, r := range c.byType[token] {
		if r.Str(key) == value {
			found = append(found, r)
		}
	}
	return found
}

// First is the first resource of a type with a text in a property.
func (c Cloud) First(token, key, value string) (Resource, bool) {
	for _, r := range c.byType[token] {
		if r.Str(key) == value {
			return r, true
		}
	}
	return Resource{}, false
}

// ByID is the resource of a type with an id.
func (c Cloud) ByID(token, id string) (Resource, bool) {
	for _, r := range c.byType[token] {
		if r.ID == id {
			return r, true
		}
	}
	return Resource{}, false
}
