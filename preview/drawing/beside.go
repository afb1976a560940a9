package drawing

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/stacks/parts"
)

// placeOf is what a component is, and the code of its region among those drawn.
func placeOf(name string, codes []string) (base, code string) {
	n := parts.Parse(name)
	if !slices.Contains(codes, n.Region) {
		return name, ""
	}
	return n.Base, n.Region
}

// share puts what has no tier beside its region, and what there is only once
// beside all of them.
func (b *blueprint) share(left map[string]Node, codes []string) {
	elsewhere := map[string]bool{}
	for name := range left {
		if base, code := placeOf(name, codes); code != "" {
			elsewhere[base] = true
		}
	}
	for _, name := range sortedNames(left) {
		n := left[name]
		base, code := placeOf(name, codes)
		n.label = base
		i := slices.IndexFunc(b.cells, func(c cellPlan) bool { return c.code == code })
		if i < 0 || code == "" && len(b.cells) > 1 && !elsewhere[base] {
			b.common = append(b.common, n)
			continue
		}
		b.cells[i].beside = append(b.cells[i].beside, n)
	}
	b.common = foldChips(b.common)
	for i := range b.cells {
		b.cells[i].beside = foldChips(b.cells[i].beside)
	}
}

// shardNumber is what the names of a stack's shards differ in.
var shardNumber = regexp.MustCompile(`-shard-[0-9]+`)

// foldChips puts what belongs to three shards or more into one.
func foldChips(nodes []Node) []Node {
	count := map[string]int{}
	for _, n := range nodes {
		count[shardNumber.ReplaceAllString(n.label, "-shard")]++
	}
	at := map[string]int{}
	var list []Node
	for _, n := range nodes {
		kind := shardNumber.ReplaceAllString(n.label, "-shard")
		i, again := at[kind]
		switch {
		case count[kind] < FoldFrom:
			list = append(list, n)
		case again:
			list[i].After = list[i].After.Plus(n.After)
			if list[i].Op != n.Op {
				list[i].Op = preview.Update
			}
		default:
			at[kind], n.label = len(list), fmt.Sprintf("%d × %s", count[kind], kind)
			list = append(list, n)
		}
	}
	return list
}

func sortedNames(nodes map[string]Node) []string {
	var names []string
	for name := range nodes {
		names = append(names, name)
	}
	slices.SortFunc(names, parts.Compare)
	return names
}
