package preview

import "slices"

// htmlSection is one component of the changes.
type htmlSection struct {
	Name, Anchor string
	// Marks count what changes in it; none where nothing does.
	Marks     []mark
	HoldsData bool
	Open      bool
	Amounts   amounts
	Rows      []htmlRow
}

// htmlRow is one resource, or several with their names.
type htmlRow struct {
	Mark      mark
	Name      string
	Type, Why string
	HoldsData bool
	Amounts   amounts
	Members   []Change
}

// amounts are the month before and after. Unknown says why there are none; it
// is empty where a resource costs nothing. Sign is "up", "down" or "even".
type amounts struct{ Now, Then, Change, Sign, Unknown string }

// openUpTo is how many rows may be shown unfolded before a reader is lost.
const openUpTo = 80

func htmlSections(r Report) []htmlSection {
	all := sections(r)
	rows := 0
	for _, s := range all {
		rows += len(s.rows)
	}
	var list []htmlSection
	for _, s := range all {
		x := htmlSectionOf(s)
		x.Open = rows <= openUpTo && len(x.Marks) > 0
		list = append(list, x)
	}
	return list
}

func htmlSectionOf(s section) htmlSection {
	x := htmlSection{Name: s.component, Anchor: anchor(s.component), Amounts: amountsOf(s.before, s.after, "")}
	if s.component == "" {
		x.Name = "(no component)"
	}
	count := map[Op]int{}
	for _, r := range s.rows {
		if !r.tagsOnly {
			count[r.op] += r.size()
		}
		x.HoldsData = x.HoldsData || r.data()
		x.Rows = append(x.Rows, htmlRowOf(r))
	}
	for _, op := range []Op{Create, Update, Replace, Delete} {
		if count[op] > 0 {
			x.Marks = append(x.Marks, markOf(op, "%d to %s", count[op], op))
		}
	}
	return x
}

func htmlRowOf(r row) htmlRow {
	x := htmlRow{
		Mark: markOf(r.op, "%s", r.op), Name: r.name, Type: r.typ, Why: r.why, HoldsData: r.holdsData,
		Amounts: amountsOf(r.before, r.after, r.unknown),
	}
	if r.folded {
		x.Members = r.members
	}
	return x
}

// data reports whether any resource of the row holds data.
func (r row) data() bool {
	return r.holdsData || slices.ContainsFunc(r.members, func(c Change) bool { return c.HoldsData })
}

// size is how many resources the row stands for.
func (r row) size() int { return max(1, len(r.members)) }

func amountsOf(before, after Money, unknown string) amounts {
	if before.free() && after.free() {
		return amounts{Unknown: unknown}
	}
	dash := func(m Money) string {
		if m.free() {
			return "–"
		}
		return m.String()
	}
	change := after.sub(before)
	return amounts{Now: dash(before), Then: dash(after), Change: change.Signed(), Sign: sign(change)}
}

func sign(change Money) string {
	switch change.Round(2).Sign() {
	case 1:
		return "up"
	case -1:
		return "down"
	}
	return "even"
}
