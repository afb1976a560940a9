package bill

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"github.com/shopspring/decimal"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Filter says what of a file is wanted.
type Filter struct {
	// Month is the first day of it, or zero for the only one of the file.
	Month time.Time
	// Tag is KEY=VALUE that charges must have; empty takes all.
	Tag string
}

// Bounds of a file, so that a hostile one costs no more than a large one.
const (
	mostBytes   = 8 << 30
	mostCharges = 5_000_000
)

// ReadFile reads a bill from a file; "-" is the standard input, which cannot hold
// Parquet. Errors name the file and the row.
func ReadFile(path string, f Filter) (Statement, error) {
	in := os.Stdin
	name := "the standard input"
	if path != "-" {
		opened, err := os.Open(path)
		if err != nil {
			return Statement{}, fmt.Errorf("read the bill: %w", err)
		}
		defer opened.Close()
		in, name = opened, path
	}
	s, err := read(in, f)
	if err != nil {
		return s, fmt.Errorf("read the bill from %s: %w", name, err)
	}
	return s, nil
}

// read takes a file of any of the forms.
func read(in *os.File, f Filter) (Statement, error) {
	head := bufio.NewReader(in)
	mark, _ := head.Peek(4)
	if string(mark) == "PAR1" {
		info, err := in.Stat()
		if err != nil || !info.Mode().IsRegular() {
			return Statement{}, errors.New("Parquet must be a file, as it is read from its end")
		}
		return ReadParquet(in, info.Size(), f)
	}
	return ReadCSV(head, f)
}

// ReadCSV reads a bill as CSV, packed with gzip or not.
func ReadCSV(r io.Reader, f Filter) (Statement, error) {
	plain, err := unpacked(r)
	if err != nil {
		return Statement{}, err
	}
	rows := csv.NewReader(transform.NewReader(plain, unicode.BOMOverride(transform.Nop)))
	rows.ReuseRecord, rows.FieldsPerRecord = true, -1
	header, err := rows.Read()
	if err == io.EOF {
		return Statement{}, errors.New("it is empty")
	}
	if err != nil {
		return Statement{}, fmt.Errorf("%w (%w)", errNoBill, err)
	}
	g, err := newGathering(header, f)
	if err != nil {
		return Statement{}, err
	}
	for {
		cells, err := rows.Read()
		switch {
		case err == io.EOF:
			return g.statement()
		case err != nil:
			return Statement{}, err // it names the line
		}
		line, _ := rows.FieldPos(0)
		if err := g.take(cells); err != nil {
			return Statement{}, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// unpacked unpacks gzip once, and bounds what is read.
func unpacked(r io.Reader) (io.Reader, error) {
	head := bufio.NewReader(io.LimitReader(r, mostBytes))
	mark, _ := head.Peek(2)
	if !bytes.Equal(mark, []byte{0x1f, 0x8b}) {
		return head, nil
	}
	z, err := gzip.NewReader(head)
	if err != nil {
		return nil, fmt.Errorf("unpack it: %w", err)
	}
	return io.LimitReader(z, mostBytes), nil
}

// ReadParquet reads a bill as Parquet of the given size in bytes.
func ReadParquet(in io.ReaderAt, size int64, f Filter) (_ Statement, err error) {
	defer func() { // the library panics on some broken files
		if broken := recover(); broken != nil {
			err = fmt.Errorf("it is broken Parquet: %v", broken)
		}
	}()
	file, err := parquet.OpenFile(in, size)
	if err != nil {
		return Statement{}, fmt.Errorf("it is no Parquet that can be read: %w", err)
	}
	header, leaf := leaves(file.Schema())
	g, err := newGathering(header, f)
	if err != nil {
		return Statement{}, err
	}
	n := 0
	for _, group := range file.RowGroups() {
		if n, err = g.group(group, header, leaf, n); err != nil {
			return Statement{}, err
		}
	}
	return g.statement()
}

// leaves are the columns of a schema by name, and which of them each leaf is: all
// leaves of a column that has parts are that column.
func leaves(s *parquet.Schema) (names []string, of []int) {
	at := map[string]int{}
	for _, path := range s.Columns() {
		name := path[0]
		i, known := at[name]
		if !known {
			i = len(names)
			at[name] = i
			names = append(names, name)
		}
		of = append(of, i)
	}
	return names, of
}

// group takes the rows of one group, of which before are read already.
func (g *gathering) group(group parquet.RowGroup, header []string, leaf []int, before int) (int, error) {
	rows := group.Rows()
	defer rows.Close()
	buffer := make([]parquet.Row, 256)
	schema := group.Schema()
	for {
		n, err := rows.ReadRows(buffer)
		for _, r := range buffer[:n] {
			before++
			if taken := g.take(cellsOf(r, schema, header, leaf)); taken != nil {
				return before, fmt.Errorf("row %d: %w", before, taken)
			}
		}
		if err == io.EOF || err == nil && n == 0 {
			return before, nil
		}
		if err != nil {
			return before, fmt.Errorf("row %d: %w", before+1, err)
		}
	}
}

// cellsOf writes the values of a row as the cells of a CSV have them. Of a column with
// parts, such as a map of tags, the parts stand one after another.
func cellsOf(r parquet.Row, schema *parquet.Schema, header []string, leaf []int) []string {
	cells := make([]string, len(header))
	columns := schema.Columns()
	for _, v := range r {
		if v.IsNull() || v.Column() >= len(leaf) {
			continue
		}
		at := leaf[v.Column()]
		text := textOf(v, schema, columns[v.Column()])
		if cells[at] != "" {
			text = cells[at] + "\x00" + text
		}
		cells[at] = text
	}
	return cells
}

// textOf writes one value; a point in time as RFC 3339.
func textOf(v parquet.Value, schema *parquet.Schema, path []string) string {
	if column, ok := schema.Lookup(path...); ok && v.Kind() == parquet.Int64 {
		if of := column.Node.Type().LogicalType(); of != nil {
			switch of := of.Value.(type) {
			case *format.TimestampType:
				return timeOf(v.Int64(), of.Unit).Format(time.RFC3339)
			case *format.DecimalType:
				return decimal.New(v.Int64(), -of.Scale).String()
			}
		}
	}
	if v.Kind() == parquet.Int96 {
		i := v.Int96() // days since 4713 BC, and nanoseconds of the day
		day := int64(i[2]) - 2_440_588
		return time.Unix(day*86_400, int64(i[1])<<32|int64(i[0])).UTC().Format(time.RFC3339)
	}
	return v.String()
}

// timeOf is a point in time as a count since 1970.
func timeOf(n int64, unit format.TimeUnit) time.Time {
	each := time.Nanosecond
	if unit.Value != nil {
		each = unit.Value.Duration()
	}
	perSecond := int64(time.Second / each)
	return time.Unix(n/perSecond, n%perSecond*int64(each)).UTC()
}

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
		return Statement{}, fmt.Errorf("it has nothing of %s, but of %s", g.filter.Month.Format("2006-01"), strings.Join(names, ", "))
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
