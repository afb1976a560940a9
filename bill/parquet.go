package bill

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"github.com/shopspring/decimal"
)

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
		if errors.Is(err, io.EOF) || err == nil && n == 0 {
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
