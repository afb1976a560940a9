package view

import (
	"slices"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/page"
)

// openUpTo is how many rows may be shown unfolded before a reader is lost.
const openUpTo = 80

func changesOf(r preview.Report) []page.Section {
	all := sections(r)
	rows := 0
	for _, s := range all {
		rows += len(s.rows)
	}
	var list []page.Section
	for _, s := range all {
		x := sectionOf(s)
		x.Open = rows <= openUpTo && len(x.Marks) > 0
		list = append(list, x)
	}
	return list
}

func sectionOf(s section) page.Section {
	x := page.Section{Name: s.component, Anchor: page.Anchor(s.component), Amounts: amountsOf(s.before, s.after, "")}
	if s.component == "" {
		x.Name = "(no component)"
	}
	count := map[preview.Op]int{}
	for _, r := range s.rows {
		if !r.tagsOnly {
			count[r.op] += r.size()
		}
		x.HoldsData = x.HoldsData || r.data()
		x.Rows = append(x.Rows, rowOf(r))
	}
	for _, op := range []preview.Op{preview.Create, preview.Update, preview.Replace, preview.Delete} {
		if count[op] > 0 {
			x.Marks = append(x.Marks, page.MarkOf(op, "%d to %s", count[op], op))
		}
	}
	return x
}

func rowOf(r row) page.Row {
	x := page.Row{
		Mark: page.MarkOf(r.op, "%s", r.op), Name: r.name, Type: r.typ, Why: r.why, HoldsData: r.holdsData,
		Amounts: amountsOf(r.before, r.after, r.unknown),
	}
	if r.folded {
		x.Members = r.members
	}
	return x
}

// data reports whether any resource of the row holds data.
func (r row) data() bool {
	return r.holdsData || slices.ContainsFunc(r.members, func(c preview.Change) bool { return c.HoldsData })
}

// size is how many resources the row stands for.
func (r row) size() int { return max(1, len(r.members)) }

func amountsOf(before, after preview.Money, unknown string) page.Amounts {
	if before.Free() && after.Free() {
		return page.Amounts{Unknown: unknown}
	}
	dash := func(m preview.Money) string {
		if m.Free() {
			return "–"
		}
		return m.String()
	}
	change := after.Minus(before)
	return page.Amounts{Now: dash(before), Then: dash(after), Change: change.Signed(), Sign: sign(change)}
}

func sign(change preview.Money) string {
	switch change.Round(2).Sign() {
	case 1:
		return "up"
	case -1:
		return "down"
	}
	return "even"
}
