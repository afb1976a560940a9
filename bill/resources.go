package bill

import (
	"strings"

	"github.com/rung-dev/rung/cost"
)

// index finds the resources of a stack by what a bill calls them.
type index struct {
	// whole are ids and ARNs, which are of one resource; names may be of several, and
	// are then of none.
	whole, names map[string]*cost.Resource
}

// nameKeys are the properties by which bills call resources besides their id and ARN.
var nameKeys = []string{"identifier", "bucket", "name", "clusterIdentifier", "allocationId", "functionName",
	"domainName"}

func indexOf(resources []cost.Resource) index {
	x := index{whole: map[string]*cost.Resource{}, names: map[string]*cost.Resource{}}
	for i := range resources {
		r := &resources[i]
		if r.Group || r.External {
			continue
		}
		for _, key := range []string{"id", "arn"} {
			if v, ok := r.Props[key].(string); ok && v != "" {
				x.whole[v] = r
			}
		}
		for _, key := range nameKeys {
			v, ok := r.Props[key].(string)
			if !ok || v == "" {
				continue
			}
			if other, twice := x.names[v]; twice && other != r {
				x.names[v] = nil
				continue
			}
			x.names[v] = r
		}
	}
	return x
}

// find is the resource that a bill means; nil for none of the stack. Bills give an id,
// an ARN, or a name.
func (x index) find(called string) *cost.Resource {
	if called == "" {
		return nil
	}
	last := called[strings.LastIndexAny(called, "/:")+1:]
	for _, name := range []string{called, last} {
		if r := x.whole[name]; r != nil {
			return r
		}
	}
	return x.names[last]
}
