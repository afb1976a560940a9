package cost

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/outside/figure"
)

// typeTable is one price of many machine types in many regions, read when the
// first of its prices is asked for: there are several hundred thousand of them,
// and an estimate asks for a dozen.
type typeTable struct {
	// like is the price of every cell but for type, region and amount.
	like Price
	// before and after are what stands around the type in the SKU.
	before, after string
	// times is what an amount of the file is multiplied by.
	times decimal.Decimal
	file  func() ([]byte, error)

	once    sync.Once
	columns map[string]int
	rows    map[string]string
	// kin are the types of each family, in the order of their sizes.
	kin map[string][]string
}

// addTable reads one row of file, service, sku, unit, times, asOf, source. The
// sku has an asterisk where the type stands.
func (c *Catalogue) addTable(files fs.FS, sources map[string]source) func([]string) error {
	return func(row []string) error {
		before, after, ok := strings.Cut(row[2], "*")
		if !ok {
			return fmt.Errorf("sku: got %q, want an asterisk in the place of the type", row[2])
		}
		times, err := figure.Parse(row[4])
		if err != nil || !times.IsPositive() {
			return fmt.Errorf("times: got %q, want a number above zero", row[4])
		}
		src, ok := sources[row[6]]
		if !ok {
			return fmt.Errorf("source: unknown id %q", row[6])
		}
		name := "prices/tables/" + row[0] + ".csv"
		if _, err := fs.Stat(files, name); err != nil {
			return err
		}
		t := &typeTable{before: before, after: after, times: times,
			file: func() ([]byte, error) { return fs.ReadFile(files, name) }}
		t.like = Price{Unit: row[3], AsOf: row[5], Source: src.text, Unverified: src.unverified}
		t.like.times, t.like.zeros = bundle(row[3])
		service := Service(row[1])
		c.tables[service] = append(c.tables[service], t)
		return nil
	}
}

// inTables finds a price in the tables of its service: in the cell itself or, for
// a type that no table holds, by the rule that a family costs by its size.
func (c *Catalogue) inTables(k Key) (Price, bool) {
	for _, find := range []func(t *typeTable, typ, region string) (Price, bool){(*typeTable).cell, (*typeTable).bySize} {
		for _, t := range c.tables[k.Service] {
			typ, ok := t.typeOf(k.SKU)
			if !ok {
				continue
			}
			if p, ok := find(t, typ, k.Region); ok {
				p.Key = k
				return p, true
			}
		}
	}
	return Price{}, false
}

// typeOf is the machine type in a SKU of the table's form.
func (t *typeTable) typeOf(sku string) (string, bool) {
	typ, ok := strings.CutPrefix(sku, t.before)
	if !ok {
		return "", false
	}
	typ, ok = strings.CutSuffix(typ, t.after)
	return typ, ok && !strings.Contains(typ, " ")
}

// cell is the price of a type in a region.
func (t *typeTable) cell(typ, region string) (Price, bool) {
	usd, ok := t.amount(typ, region)
	if !ok {
		return Price{}, false
	}
	p := t.like
	p.USD = usd.Mul(t.times)
	return p, true
}

// amount is what the file says, which is trusted to be well formed: a test reads
// all of it.
func (t *typeTable) amount(typ, region string) (decimal.Decimal, bool) {
	t.once.Do(t.index)
	row, known := t.rows[typ]
	column, there := t.columns[region]
	if !known || !there {
		return zero, false
	}
	for range column {
		_, row, _ = strings.Cut(row, ",")
	}
	text, _, _ := strings.Cut(row, ",")
	usd, err := figure.Parse(text)
	return usd, err == nil
}

// index finds where the rows and the columns are.
func (t *typeTable) index() {
	raw, err := t.file()
	if err != nil {
		return // addTable saw it; an embedded file does not go
	}
	head, body, _ := strings.Cut(string(raw), "\n")
	t.columns, t.rows, t.kin = map[string]int{}, map[string]string{}, map[string][]string{}
	for i, name := range strings.Split(head, ",")[1:] {
		t.columns[name] = i
	}
	for line := range strings.Lines(body) {
		typ, row, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ",")
		t.rows[typ] = row
		if family, _, ok := sizeOf(typ); ok {
			t.kin[family] = append(t.kin[family], typ)
		}
	}
}

// bySize is the price of a type by that of another size of its family: the
// nearest one, and the smaller of two as near.
func (t *typeTable) bySize(typ, region string) (Price, bool) {
	t.once.Do(t.index)
	family, size, ok := sizeOf(typ)
	if !ok {
		return Price{}, false
	}
	var best string
	var near, by decimal.Decimal
	for _, other := range t.kin[family] {
		_, theirs, _ := sizeOf(other)
		if _, ok := t.amount(other, region); !ok {
			continue
		}
		ratio := size.Div(theirs)
		apart := decimal.Max(ratio, one.Div(ratio))
		if best == "" || apart.LessThan(near) {
			best, near, by = other, apart, ratio
		}
	}
	if best == "" {
		return Price{}, false
	}
	p, _ := t.cell(best, region)
	p.USD, p.Unverified = p.USD.Mul(by).Round(6), true
	p.Rule = fmt.Sprintf("the price of %s by size, as its family costs", best)
	return p, true
}

// sizes are those of machines, in the unit that AWS calls small.
var sizes = map[string]decimal.Decimal{
	"nano": decimal.New(25, -2), "micro": decimal.New(5, -1), "small": one, "medium": two, "large": num(4), "xlarge": num(8),
}

var manyLarge = regexp.MustCompile(`^(\d{1,3})xlarge$`)

// sizeOf splits a type into its family and its size, as a multiple of AWS's
// small; false for metal and whatever else has no size.
func sizeOf(typ string) (family string, size decimal.Decimal, ok bool) {
	parts := strings.Split(typ, ".")
	i := slices.IndexFunc(parts, func(p string) bool { return sizes[p].IsPositive() || manyLarge.MatchString(p) })
	if i < 1 {
		return "", zero, false
	}
	size = sizes[parts[i]]
	if m := manyLarge.FindStringSubmatch(parts[i]); m != nil {
		n, _ := strconv.Atoi(m[1])
		size = num(8 * n)
	}
	parts[i] = ""
	return strings.Join(parts, "."), size, size.IsPositive()
}

// TableKeys lists what the tables hold in a region, by service and SKU; a price
// that several tables hold comes once.
func (c *Catalogue) TableKeys(region string) []Key {
	seen := map[Key]bool{}
	for service, tables := range c.tables {
		for _, t := range tables {
			t.once.Do(t.index)
			for typ := range t.rows {
				if _, ok := t.amount(typ, region); ok {
					seen[Key{service, t.before + typ + t.after, region}] = true
				}
			}
		}
	}
	return slices.SortedFunc(maps.Keys(seen), compareKeys)
}

// checkTables reads every cell of every table; it is for tests, which alone have the time.
func (c *Catalogue) checkTables(each func(service Service, typ, region, text string, t *typeTable)) error {
	for service, tables := range c.tables {
		for _, t := range tables {
			raw, err := t.file()
			if err != nil {
				return err
			}
			rows, err := csv.NewReader(strings.NewReader(string(raw))).ReadAll()
			if err != nil {
				return err
			}
			for _, row := range rows[1:] {
				for i, text := range row[1:] {
					each(service, row[0], rows[0][i+1], text, t)
				}
			}
		}
	}
	return nil
}
