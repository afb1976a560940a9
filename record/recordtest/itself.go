package recordtest

import (
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/rung-dev/rung/record"
)

// OfItself is a resource with an id that says nothing of its parent. Of what the real
// provider keeps apart by its parent, the offline cloud leads the id by the parent's for
// all but whoever comes first, so that an order can be told by it.
func OfItself(r record.Resource) record.Resource {
	if r.ID == "" {
		return r
	}
	r.ID = r.ID[strings.LastIndex(r.ID, "/")+1:]
	r.Outputs, r.OutputMap = maps.Clone(r.Outputs), r.OutputMap.Copy()
	r.Outputs["id"], r.OutputMap["id"] = r.ID, resource.NewStringProperty(r.ID)
	return r
}
