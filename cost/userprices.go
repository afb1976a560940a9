package cost

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rung-dev/rung/outside/figure"
	"github.com/rung-dev/rung/outside/whole"
)

// PricesEnv names the user's file of prices; "none" is no file.
const PricesEnv = "RUNG_PRICES"

// noFile is the value of PricesEnv for the built-in prices alone.
const noFile = "none"

// UserFile is where prices of the user's own are: where RUNG_PRICES says, else
// rung/prices.csv in the user's directory of configurations. It is empty where
// there is to be none.
func UserFile() string {
	if path := os.Getenv(PricesEnv); path != "" {
		if path == noFile {
			return ""
		}
		return path
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "rung", "prices.csv")
}

// LoadUser reads the embedded catalogue and lays the user's prices over it,
// where there are any. It fails when the file is damaged, and names every bad
// row; a price that went unseen could be the one that matters.
func LoadUser() (*Catalogue, error) {
	c, err := Load()
	if err != nil {
		return nil, err
	}
	path := UserFile()
	if path == "" {
		return c, nil
	}
	own, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		err = c.overlay(string(own))
	}
	if err != nil {
		return nil, fmt.Errorf("read your prices from %s: %w; mend the file, remove it, or set %s=%s", path, err, PricesEnv,
			noFile)
	}
	c.own.path = path
	return c, nil
}

// own says which prices of a catalogue are the user's.
type own struct {
	path string
	keys map[Key]bool
}

// Own are the user's prices: how many, from which file, and the youngest day of
// any; zero when there are none.
func (c *Catalogue) Own() (n int, path, asOf string) {
	for k := range c.own.keys {
		asOf = max(asOf, c.prices[k].AsOf)
	}
	return len(c.own.keys), c.own.path, asOf
}

// ownColumns are those of a file of prices.
var ownColumns = []string{"service", "sku", "region", "unit", "usd", "asOf", "source"}

// overlay lays a file of prices over the catalogue.
func (c *Catalogue) overlay(table string) error {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\ufeff"))) // a spreadsheet begins with a mark
	r.FieldsPerRecord = len(ownColumns)
	rows, err := r.ReadAll()
	if err != nil {
		return err
	}
	if len(rows) == 0 || !slices.Equal(rows[0], ownColumns) {
		return fmt.Errorf("its first line should be %s", strings.Join(ownColumns, ","))
	}
	c.own.keys = map[Key]bool{}
	var errs []error
	for i, row := range rows[1:] {
		if err := c.overlayRow(row); err != nil {
			errs = append(errs, fmt.Errorf("line %d: %w", i+2, err))
		}
	}
	return errors.Join(errs...)
}

func (c *Catalogue) overlayRow(row []string) error {
	usd, err := figure.Parse(row[4])
	if err != nil || usd.IsNegative() {
		return fmt.Errorf("usd: got %.100q, want a price of zero or more", row[4])
	}
	k := Key{Service(row[0]), row[1], row[2]}
	if c.own.keys[k] {
		return fmt.Errorf("a second price for %v", k)
	}
	p := Price{Key: k, USD: usd, Unit: row[3], AsOf: row[5], Source: row[6]}
	p.times, p.zeros = bundle(p.Unit)
	c.prices[k], c.own.keys[k] = p, true
	return nil
}

// SaveUser writes prices to the user's file, over those that it has: all of
// them or, if that fails, none. It returns where it wrote.
func SaveUser(prices []Price) (string, error) {
	path := UserFile()
	if path == "" {
		return "", fmt.Errorf("write your prices: there is no file for them; set %s to one", PricesEnv)
	}
	c, err := LoadUser()
	if err != nil {
		return "", err
	}
	all := map[Key]Price{}
	for k := range c.own.keys {
		all[k] = c.prices[k]
	}
	for _, p := range prices {
		all[p.Key] = p
	}
	if err := writeWhole(path, ownTable(all)); err != nil {
		return "", fmt.Errorf("write your prices: %w", err)
	}
	return path, nil
}

func ownTable(prices map[Key]Price) [][]string {
	rows := [][]string{ownColumns}
	keys := slices.SortedFunc(maps.Keys(prices), compareKeys)
	for _, k := range keys {
		p := prices[k]
		rows = append(rows, []string{string(k.Service), k.SKU, k.Region, p.Unit, p.USD.String(), p.AsOf, p.Source})
	}
	return rows
}

// writeWhole writes a table in one step.
func writeWhole(path string, rows [][]string) error {
	var text bytes.Buffer
	if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
		return err
	}
	return whole.Write(path, text.Bytes(), 0o600)
}
