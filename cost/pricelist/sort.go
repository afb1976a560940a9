package pricelist

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rung-dev/rung/cost"
)

func compareKeys(a, b cost.Key) int {
	return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Region, b.Region))
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func sortedFiles(queries map[file][]query) []file {
	return slices.SortedFunc(maps.Keys(queries), func(a, b file) int {
		return cmp.Or(cmp.Compare(a.offer, b.offer), cmp.Compare(a.region, b.region))
	})
}
