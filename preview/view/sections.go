package view

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/drawing"
	"github.com/rung-dev/rung/stacks/ladder"
	"github.com/rung-dev/rung/stacks/parts"
)

// section is one component as the renderers show it.
type section struct {
	component     string
	region        string
	before, after preview.Money
	rows          []row
}

// row is one resource, or several alike that are shown as one.
type row struct {
	op            preview.Op
	name, typ     string
	holdsData     bool
	before, after preview.Money
	// priced is false where neither side has an amount; unknown says why that
	// is not nothing: "by usage" or "no price".
	priced  bool
	unknown string
	// tagsOnly is true for a number of updates of tags.
	tagsOnly bool
	// folded is true for several resources in one row.
	folded bool
	// members are the resources of a folded row.
	members []preview.Change
	// why says what changes or what forces the replacement; often empty.
	why string
}

// sections groups the report for people: per component, what changes one by
// one, and what is alike, free and without data as a number.
func sections(r preview.Report) []section {
	byName := map[string][]preview.Change{}
	for _, c := range slices.Concat(r.Resources.Changes, r.Resources.Unchanged) {
		byName[c.Component] = append(byName[c.Component], c)
	}
	var out []section
	for name, changes := range byName {
		s := section{component: name}
		for _, c := range changes {
			s.before, s.after = s.before.Plus(c.Before), s.after.Plus(c.After)
			s.region = cmp.Or(s.region, c.Region)
		}
		s.rows = rows(changes)
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b section) int { return parts.Compare(a.component, b.component) })
	return out
}

func rows(changes []preview.Change) []row {
	var out []row
	alike := map[string][]preview.Change{}
	for _, c := range changes {
		alike[likeness(c)] = append(alike[likeness(c)], c)
	}
	seen := map[string]bool{}
	for _, c := range changes {
		key := likeness(c)
		switch group := alike[key]; {
		case seen[key]:
		case foldable(c) && (len(group) >= drawing.FoldFrom || c.Op == preview.Same || c.TagsOnly):
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
func foldable(c preview.Change) bool {
	switch {
	case c.Op == preview.Same, c.TagsOnly:
		return true
	case c.Op == preview.Replace, c.HoldsData, c.Op == preview.Update:
		return false
	}
	dollar := decimal.NewFromInt(1)
	return c.Before.LessThan(dollar) && c.After.LessThan(dollar)
}

// likeness is equal for resources that may share a row: all that are free, and
// those of one type that cost a little.
func likeness(c preview.Change) string {
	switch {
	case c.Op == preview.Same:
		return "same"
	case c.TagsOnly:
		return "tags"
	case foldable(c) && c.Pricing == preview.FreeOfCost:
		return string(c.Op)
	case foldable(c):
		return string(c.Op) + string(c.Pricing) + c.Type
	}
	return c.URN
}

// weight puts what is singled out first and what is unchanged last.
func weight(r row) int {
	switch {
	case r.op == preview.Same:
		return 3
	case r.tagsOnly:
		return 2
	case !r.priced && (r.folded || r.why == ""):
		return 1
	}
	return 0
}

func singleRow(c preview.Change) row {
	return row{
		op: c.Op, name: c.Name, typ: preview.ShortType(c.Type), holdsData: c.HoldsData,
		before: c.Before, after: c.After, priced: !c.Before.Free() || !c.After.Free(),
		unknown: unknown(c.Pricing), why: why(c),
	}
}

// unknown stands in place of an amount that is not known.
func unknown(p preview.Pricing) string {
	return map[preview.Pricing]string{preview.UsageBased: "by usage", preview.Unpriced: "no price"}[p]
}

func foldedRow(group []preview.Change) row {
	r := row{op: group[0].Op, folded: true, members: group}
	for _, c := range group {
		r.before, r.after = r.before.Plus(c.Before), r.after.Plus(c.After)
	}
	r.priced = !r.before.Free() || !r.after.Free()
	switch {
	case r.op == preview.Same:
		r.name = fmt.Sprintf("%d unchanged", len(group))
	case group[0].TagsOnly:
		r.name, r.tagsOnly = fmt.Sprintf("%d with new tags only", len(group)), true
	case r.priced, group[0].Pricing != preview.FreeOfCost:
		r.name, r.unknown = fmt.Sprintf("%d × %s", len(group), preview.ShortType(group[0].Type)), unknown(group[0].Pricing)
	default:
		r.name, r.why = fmt.Sprintf("%d that cost nothing", len(group)), typesOf(group)
	}
	return r
}

// typesOf counts the types of a group: "2 × ec2/route, ec2/vpc".
func typesOf(group []preview.Change) string {
	count := map[string]int{}
	for _, c := range group {
		count[preview.ShortType(c.Type)]++
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
func why(c preview.Change) string {
	keys := strings.Join(brief(c.Keys), ", ")
	switch {
	case c.Op == preview.Replace && keys != "":
		return "forced by " + keys
	case c.Op == preview.Update && keys != "":
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
		if r := preview.PropertyOf(k); r != "tags" && r != "tagsAll" {
			out = append(out, k)
		}
	}
	if len(out) == 0 {
		return keys
	}
	return out
}

// headline says where the plan leads from and to.
func headline(r preview.Report) string {
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
func summary(r preview.Report) string {
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
