package cost

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/rung-dev/rung/outside/figure"
)

//go:embed prices/*.csv prices/tables/*.csv
var priceFiles embed.FS

// Load reads the embedded catalogue. It fails only when the embedded files
// are damaged, and then names every bad row.
func Load() (*Catalogue, error) {
	return read(priceFiles)
}

// read loads a catalogue from the files under prices/.
func read(files fs.FS) (*Catalogue, error) {
	c := &Catalogue{prices: map[Key]Price{}, tables: map[Service][]*typeTable{}, allowances: map[string]Allowance{}}
	sources := map[string]source{}
	err := errors.Join(
		eachRow(files, "prices/sources.csv", 3, addSource(sources)),
		eachRow(files, "prices/added-sources.csv", 3, addSource(sources)),
		eachRow(files, "prices/prices.csv", 7, c.addPrice(sources)),
		eachRow(files, "prices/added.csv", 7, c.addPrice(sources)),
		eachRow(files, "prices/allowances.csv", 5, c.addAllowance(sources)),
		eachRow(files, "prices/tables.csv", 7, c.addTable(files, sources)),
	)
	if err != nil {
		return nil, fmt.Errorf("load the price catalogue: %w", err)
	}
	c.noteRegions()
	return c, nil
}

// noteRegions lists the regions of the prices.
func (c *Catalogue) noteRegions() {
	seen := map[string]bool{}
	for k := range c.prices {
		if !k.Global() && !seen[k.Region] {
			seen[k.Region] = true
			c.regions = append(c.regions, k.Region)
		}
	}
}

// source is one row of a table of sources.
type source struct {
	text       string
	unverified bool
}

// eachRow calls f for every row of a CSV file but the header.
func eachRow(files fs.FS, name string, columns int, f func(row []string) error) error {
	file, err := files.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.FieldsPerRecord = columns
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	var errs []error
	for i, row := range rows {
		if i == 0 {
			continue
		}
		if err := f(row); err != nil {
			errs = append(errs, fmt.Errorf("%s line %d: %w", name, i+1, err))
		}
	}
	return errors.Join(errs...)
}

func addSource(to map[string]source) func([]string) error {
	return func(row []string) error {
		unverified, err := strconv.ParseBool(row[1])
		if err != nil {
			return fmt.Errorf("unverified: got %q, want true or false", row[1])
		}
		to[row[0]] = source{text: row[2], unverified: unverified}
		return nil
	}
}

// addPrice stores one row of service, sku, region, unit, usd, asOf, source.
func (c *Catalogue) addPrice(sources map[string]source) func([]string) error {
	return func(row []string) error {
		usd, err := figure.Parse(row[4])
		if err != nil || usd.IsNegative() {
			return fmt.Errorf("usd: got %q, want a price of zero or more", row[4])
		}
		src, ok := sources[row[6]]
		if !ok {
			return fmt.Errorf("source: unknown id %q", row[6])
		}
		k := Key{Service(row[0]), row[1], row[2]}
		if _, twice := c.prices[k]; twice {
			return fmt.Errorf("a second price for %v", k)
		}
		p := Price{Key: k, USD: usd, Unit: row[3], Source: src.text, AsOf: row[5], Unverified: src.unverified}
		p.times, p.zeros = bundle(p.Unit)
		c.prices[k] = p
		return nil
	}
}

// addAllowance stores one row of service, item, unit, quantity, source.
func (c *Catalogue) addAllowance(sources map[string]source) func([]string) error {
	return func(row []string) error {
		q, err := figure.Parse(row[3])
		if err != nil || q.IsNegative() {
			return fmt.Errorf("quantity: got %q, want a number of zero or more", row[3])
		}
		src, ok := sources[row[4]]
		if !ok {
			return fmt.Errorf("source: unknown id %q", row[4])
		}
		c.allowances[row[0]+"/"+row[1]] = Allowance{Unit: row[2], Quantity: q, Source: src.text}
		return nil
	}
}
