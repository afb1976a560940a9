package bill

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// gathering sums the rows of a file up.
type gathering struct {
	layout
	filter  Filter
	charges map[identity]*Charge
	months  map[time.Time]bool
	out     Statement
}

// identity is what the rows of one charge have in common.
type identity struct {
	kind                                        Kind
	product, resource, meter, operation, region string
}

func newGathering(header []string, f Filter) (*gathering, error) {
	l, err := layoutOf(header)
	if err != nil {
		return nil, err
	}
	if f.Tag != "" && !strings.Contains(f.Tag, "=") {
		return nil, fmt.Errorf("the tag: got %q, want KEY=VALUE", f.Tag)
	}
	return &gathering{layout: l, filter: f, charges: map[identity]*Charge{}, months: map[time.Time]bool{},
		out: Statement{Form: l.form.name}}, nil
}

// take adds one row.
func (g *gathering) take(cells []string) error {
	r := row{g.layout, cells}
	c, err := r.charge()
	if err != nil {
		return err
	}
	from, err1 := r.time(colStart)
	to, err2 := r.time(colEnd)
	of, err3 := r.time(colMonth)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	if of.IsZero() {
		of = from
	}
	of = time.Date(of.Year(), of.Month(), 1, 0, 0, 0, 0, time.UTC)
	g.months[of] = true
	if !g.filter.Month.IsZero() && !of.Equal(g.filter.Month) || !g.tagged(r) {
		return nil
	}
	g.out.Month = of
	g.out.Rows++
	if c.Kind == Usage {
		g.cover(from, to)
	}
	if named := r.str(colCurrency); named != "" {
		if g.out.Currency != "" && g.out.Currency != named {
			return fmt.Errorf("it is in %s and in %s: give the bill of one", g.out.Currency, named)
		}
		g.out.Currency = named
	}
	return g.add(c)
}

// tagged reports whether a row has the tag that is wanted. AWS puts user_ and the like
// before the keys.
func (g *gathering) tagged(r row) bool {
	if g.filter.Tag == "" {
		return true
	}
	key, value, _ := strings.Cut(g.filter.Tag, "=")
	for _, t := range pairs(r.str(colTagsOf)) {
		k := strings.TrimPrefix(strings.TrimPrefix(t[0], "user_"), "user:")
		if strings.EqualFold(plain(k), plain(key)) && t[1] == value {
			return true
		}
	}
	return false
}

// pairs are the tags of a cell: an object of JSON, or of Parquet's map all keys and then
// all values.
func pairs(cell string) [][2]string {
	var out [][2]string
	if parts := strings.Split(cell, "\x00"); len(parts) > 1 {
		for i, key := range parts[:len(parts)/2] {
			out = append(out, [2]string{key, parts[len(parts)/2+i]})
		}
		return out
	}
	var tags map[string]any
	if json.Unmarshal([]byte(cell), &tags) != nil {
		return nil
	}
	for key, value := range tags {
		if text, ok := value.(string); ok {
			out = append(out, [2]string{key, text})
		}
	}
	return out
}

// plain is the key of a tag without what reports put in the place of its signs.
func plain(key string) string { return strings.NewReplacer(":", "_", "-", "_", ".", "_").Replace(key) }

// cover widens the time that the bill is of.
func (g *gathering) cover(from, to time.Time) {
	if to.IsZero() {
		to = from.Add(24 * time.Hour)
	}
	if from.IsZero() {
		return
	}
	if g.out.From.IsZero() || from.Before(g.out.From) {
		g.out.From = from
	}
	if to.After(g.out.To) {
		g.out.To = to
	}
}

// add puts a charge to those that are like it.
func (g *gathering) add(c Charge) error {
	key := identity{c.Kind, c.Product, c.Resource, c.Meter, c.Operation, c.Region}
	sum := g.charges[key]
	if sum == nil {
		if len(g.charges) >= mostCharges {
			return fmt.Errorf("it has more than %d resources and meters; give the bill of one stack", mostCharges)
		}
		g.charges[key] = &c
		return nil
	}
	sum.Quantity, sum.Cost, sum.List = sum.Quantity.Add(c.Quantity), sum.Cost.Add(c.Cost), sum.List.Add(c.List)
	return nil
}

// statement is all that was gathered.
func (g *gathering) statement() (Statement, error) {
	months := slices.SortedFunc(maps.Keys(g.months), time.Time.Compare)
	var names []string
	for _, m := range months {
		names = append(names, m.Format("2006-01"))
	}
	switch {
	case len(months) == 0:
		return Statement{}, errors.New("it has no charges")
	case g.filter.Month.IsZero() && len(months) > 1:
		return Statement{}, fmt.Errorf("it holds the months %s: say which with --month", strings.Join(names, ", "))
	case g.out.Rows == 0 && g.filter.Tag != "":
		return Statement{}, fmt.Errorf("no charge has the tag %s", g.filter.Tag)
	case g.out.Rows == 0:
		return Statement{}, fmt.Errorf("it has nothing of %s, but of %s", g.filter.Month.Format("2006-01"),
			strings.Join(names, ", "))
	}
	if g.out.Currency == "" {
		g.out.Currency = "USD"
	}
	for _, c := range g.charges {
		g.out.Charges = append(g.out.Charges, *c)
	}
	slices.SortFunc(g.out.Charges, compareCharges)
	return g.out, nil
}
