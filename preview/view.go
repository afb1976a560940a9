package preview

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/stacks/ladder"
	"github.com/rung-dev/rung/stacks/parts"
)

// section is one component as the renderers show it.
type section struct {
	component     string
	region        string
	before, after Money
	rows          []row
}

// row is one resource, or several alike that are shown as one.
type row struct {
	op            Op
	name, typ     string
	holdsData     bool
	before, after Money
	// priced is false where neither side has an amount; unknown says why that
	// is not nothing: "by usage" or "no price".
	priced  bool
	unknown string
	// tagsOnly is true for a number of updates of tags.
	tagsOnly bool
	// folded is true for several resources in one row.
	folded bool
	// members are the resources of a folded row.
	members []Change
	// why says what changes or what forces the replacement; often empty.
	why string
}

// foldFrom is how many resources alike are shown as one row.
const foldFrom = 3

// sections groups the report for people: per component, what changes one by
// one, and what is alike, free and without data as a number.
func sections(r Report) []section {
	byName := map[string][]Change{}
	for _, c := range slices.Concat(r.Resources.Changes, r.Resources.same) {
		byName[c.Component] = append(byName[c.Component], c)
	}
	var out []section
	for name, changes := range byName {
		s := section{component: name}
		for _, c := range changes {
			s.before, s.after = s.before.add(c.Before), s.after.add(c.After)
			s.region = cmp.Or(s.region, c.region)
		}
		s.rows = rows(changes)
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b section) int { return parts.Compare(a.component, b.component) })
	return out
}

func rows(changes []Change) []row {
	var out []row
	alike := map[string][]Change{}
	for _, c := range changes {
		alike[likeness(c)] = append(alike[likeness(c)], c)
	}
	seen := map[string]bool{}
	for _, c := range changes {
		key := likeness(c)
		switch group := alike[key]; {
		case seen[key]:
		case foldable(c) && (len(group) >= foldFrom || c.Op == Same || c.TagsOnly):
			seen[key] = true
			out = append(out, foldedRow(group))
		default:
			out = append(out, singleRow(c))
		}
	}
	slices.SortStableFunc(out, func(a, b row) int { return weight(a) - weight(b) })
	return out
}

// foldable reports whether a resource may disappear in a number: nobody needs
// to see each route and each alarm, but everyone must see what costs a dollar,
// holds data or is replaced.
func foldable(c Change) bool {
	switch {
	case c.Op == Same, c.TagsOnly:
		return true
	case c.Op == Replace, c.HoldsData, c.Op == Update:
		return false
	}
	dollar := decimal.NewFromInt(1)
	return c.Before.LessThan(dollar) && c.After.LessThan(dollar)
}

// likeness is equal for resources that may share a row: all that are free, and
// those of one type that cost a little.
func likeness(c Change) string {
	switch {
	case c.Op == Same:
		return "same"
	case c.TagsOnly:
		return "tags"
	case foldable(c) && c.Pricing == FreeOfCost:
		return string(c.Op)
	case foldable(c):
		return string(c.Op) + string(c.Pricing) + c.Type
	}
	return c.URN
}

// weight puts what is singled out first and what is unchanged last.
func weight(r row) int {
	switch {
	case r.op == Same:
		return 3
	case r.tagsOnly:
		return 2
	case !r.priced && (r.folded || r.why == ""):
		return 1
	}
	return 0
}

func singleRow(c Change) row {
	return row{
		op: c.Op, name: c.Name, typ: shortType(c.Type), holdsData: c.HoldsData,
		before: c.Before, after: c.After, priced: !c.Before.free() || !c.After.free(),
		unknown: unknown(c.Pricing), why: why(c),
	}
}

// unknown stands in place of an amount that is not known.
func unknown(p Pricing) string {
	return map[Pricing]string{UsageBased: "by usage", Unpriced: "no price"}[p]
}

func foldedRow(group []Change) row {
	r := row{op: group[0].Op, folded: true, members: group}
	for _, c := range group {
		r.before, r.after = r.before.add(c.Before), r.after.add(c.After)
	}
	r.priced = !r.before.free() || !r.after.free()
	switch {
	case r.op == Same:
		r.name = fmt.Sprintf("%d unchanged", len(group))
	case group[0].TagsOnly:
		r.name, r.tagsOnly = fmt.Sprintf("%d with new tags only", len(group)), true
	case r.priced, group[0].Pricing != FreeOfCost:
		r.name, r.unknown = fmt.Sprintf("%d × %s", len(group), shortType(group[0].Type)), unknown(group[0].Pricing)
	default:
		r.name, r.why = fmt.Sprintf("%d that cost nothing", len(group)), typesOf(group)
	}
	return r
}

// typesOf counts the types of a group: "2 × ec2/route, ec2/vpc".
func typesOf(group []Change) string {
	count := map[string]int{}
	for _, c := range group {
		count[shortType(c.Type)]++
	}
	var out []string
	for _, typ := range slices.Sorted(maps.Keys(count)) {
		if n := count[typ]; n > 1 {
			typ = fmt.Sprintf("%d × %s", n, typ)
		}
		out = append(out, typ)
	}
	return strings.Join(out, ", ")
}

// why explains a change in the words of its properties.
func why(c Change) string {
	keys := strings.Join(brief(c.Keys), ", ")
	switch {
	case c.Op == Replace && keys != "":
		return "forced by " + keys
	case c.Op == Update && keys != "":
		return "changes " + keys
	case c.Retained:
		return "leaves the stack but stays in the cloud"
	}
	return ""
}

// brief drops tags where there is more to say, and the computed copy of them.
func brief(keys []string) []string {
	var out []string
	for _, k := range keys {
		if r := root(k); r != "tags" && r != "tagsAll" {
			out = append(out, k)
		}
	}
	if len(out) == 0 {
		return keys
	}
	return out
}

// shortType turns "aws:ec2/natGateway:NatGateway" into "ec2/natGateway".
func shortType(typ string) string {
	parts := strings.Split(typ, ":")
	if len(parts) != 3 {
		return typ
	}
	module := strings.TrimPrefix(parts[1], "index/")
	if !strings.Contains(module, "/") && module != parts[2] && parts[1] == module {
		return module + "/" + parts[2]
	}
	return module
}

// symbol is the mark of an operation, as in every diff.
func symbol(op Op) string {
	return map[Op]string{Create: "+", Update: "~", Replace: "±", Delete: "-", Same: "="}[op]
}

// headline says where the plan leads from and to.
func headline(r Report) string {
	switch {
	case r.From == nil && r.To == nil:
		return "an empty stack, as it is"
	case r.From == nil:
		return fmt.Sprintf("nothing → stage %d%s", *r.To, named(*r.To))
	case r.To == nil:
		return fmt.Sprintf("stage %d%s → nothing", *r.From, named(*r.From))
	case *r.From == *r.To:
		return fmt.Sprintf("stage %d%s, in place", *r.To, named(*r.To))
	}
	return fmt.Sprintf("stage %d → stage %d%s", *r.From, *r.To, named(*r.To))
}

// summary counts the changes in words.
func summary(r Report) string {
	x := r.Resources
	return fmt.Sprintf("%d to create, %d to update, %d to replace, %d to delete, %d unchanged",
		x.Create, x.Update, x.Replace, x.Delete, x.Same)
}

// named is the name of a stage in parentheses; empty for none.
func named(n int) string {
	s, err := ladder.Get(ladder.Number(n))
	if err != nil {
		return ""
	}
	return " (" + s.Name + ")"
}
