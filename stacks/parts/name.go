package parts

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/region"
)

// Name is a component's name taken apart: "database-shard-2-euw1" is shard 2 of
// the part database in the region with the code euw1.
type Name struct {
	// Part is the part that the component is or belongs to; empty for a component
	// that belongs to none.
	Part string
	// Base is the name as it would be at home.
	Base string
	// Region is the code of the component's region, empty at home.
	Region string
	// Shard is the number of the shard, from 2 on; zero for none.
	Shard int
}

const shardInfix = "-shard-"

// Parse takes a component's name apart.
func Parse(component string) Name {
	n := Name{Base: component}
	words := strings.Split(component, "-")
	if i := slices.IndexFunc(words, isCode); i > 0 {
		n.Region = words[i]
		n.Base = strings.Join(slices.Delete(words, i, i+1), "-")
	}
	if _, number, is := strings.Cut(n.Base, shardInfix); is {
		number, _, _ = strings.Cut(number, "-")
		n.Shard, _ = strconv.Atoi(number)
	}
	n.Part = owner(n.Base)
	return n
}

func isCode(word string) bool {
	_, known := region.ByCode(word)
	return known
}

// owner is the part with the longest name that begins the component's.
func owner(base string) string {
	best := ""
	for _, p := range table {
		if (base == p.Name || strings.HasPrefix(base, p.Name+"-")) && len(p.Name) > len(best) {
			best = p.Name
		}
	}
	return best
}

// Is reports whether the component is the part itself or a shard of it, and not
// something that stands beside it, such as its secret.
func (n Name) Is() bool {
	if n.Shard > 0 {
		return n.Base == n.Part+shardInfix+strconv.Itoa(n.Shard)
	}
	return n.Part != "" && n.Base == n.Part
}

// The ends of the names of an app's own services and of their databases, which no table
// can list.
const (
	serviceEnd = "-service"
	storeEnd   = "-database"
)

// Own is where a component stands that is a service of somebody's own app, or its
// database; false for everything else.
func (n Name) Own() (t Tier, is bool) {
	switch {
	case n.Part != "":
		return Beside, false
	case strings.HasSuffix(n.Base, serviceEnd):
		return Compute, true
	case strings.HasSuffix(n.Base, storeEnd):
		return Store, true
	}
	return Beside, false
}

// OwnStore is the name at home of the database of a service of somebody's own, whether it
// has one or not.
func (n Name) OwnStore() string { return strings.TrimSuffix(n.Base, serviceEnd) + storeEnd }

// Compare orders components as they are listed: by part, then shard by shard,
// then by name, home before the other regions. What belongs to no part comes
// last, and the nameless after it.
func Compare(a, b string) int {
	x, y := Parse(a), Parse(b)
	return cmp.Or(cmp.Compare(place(x), place(y)), cmp.Compare(x.Shard, y.Shard), strings.Compare(x.Base, y.Base),
		strings.Compare(x.Region, y.Region))
}

func place(n Name) int {
	switch {
	case n.Base == "":
		return len(table) + 1
	case n.Part == "":
		return len(table)
	}
	return index(n.Part)
}
