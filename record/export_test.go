package record

import (
	"maps"
	"slices"
)

// KnownTypes are the types with a row of their own, for a test over all of them.
func KnownTypes() []string {
	all := map[string]bool{}
	for typ := range prefixedIDs {
		all[typ] = true
	}
	for typ := range awsOutputs {
		all[typ] = true
	}
	for typ := range otherOutputs {
		all[typ] = true
	}
	return slices.Sorted(maps.Keys(all))
}
