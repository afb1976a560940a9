// Command importprices turns one JSON file of dated price facts into the CSV
// tables that package cost embeds. It is run by hand when a new set of facts
// arrives; its output is committed, so that a change of a price shows in
// review as one changed line.
//
//	go run ./cost/internal/importprices FACTS.json cost/prices
//
// The input is an object with a list "prices" of {service, sku, region, unit,
// usd, source, asOf}. The command writes prices.csv and sources.csv and leaves
// added.csv, which is kept by hand, alone: a price that stands there, from a
// better source, is left out of prices.csv.
package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// fact is one price as the input gives it.
type fact struct {
	Service, SKU, Region, Unit, Source string
	USD                                json.Number
	AsOf                               *string
}

// renames joins SKUs that mean the same but are worded differently per region.
var renames = map[string]string{
	"in-use public IPv4 address (attached, NAT, ALB, EC2)": "in-use public IPv4 address",
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "importprices:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("want two arguments: the file of facts and the folder to write to")
	}
	facts, err := read(args[0])
	if err != nil {
		return err
	}
	added, err := keptByHand(filepath.Join(args[1], "added.csv"))
	if err != nil {
		return err
	}
	ids := sourceIDs(facts)
	if err := writeCSV(filepath.Join(args[1], "sources.csv"), sourceRows(ids)); err != nil {
		return err
	}
	return writeCSV(filepath.Join(args[1], "prices.csv"), priceRows(facts, ids, added))
}

// read decodes the facts and sorts them, so that the same facts always give
// the same files.
func read(path string) ([]fact, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the facts: %w", err)
	}
	var in struct{ Prices []fact }
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, fmt.Errorf("decode %s: %w", path, err)
	}
	for i := range in.Prices {
		if to, ok := renames[in.Prices[i].SKU]; ok {
			in.Prices[i].SKU = to
		}
	}
	slices.SortFunc(in.Prices, func(a, b fact) int {
		return strings.Compare(a.Service+"\x00"+a.SKU+"\x00"+a.Region, b.Service+"\x00"+b.SKU+"\x00"+b.Region)
	})
	return in.Prices, nil
}

// sourceIDs numbers the sources in alphabetical order.
func sourceIDs(facts []fact) map[string]string {
	var all []string
	for _, f := range facts {
		all = append(all, f.Source)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	ids := make(map[string]string, len(all))
	for i, s := range all {
		ids[s] = "s" + strconv.Itoa(i+1)
	}
	return ids
}

// unverified reports whether a source is hearsay: neither AWS's or
// Cloudflare's own list nor a program's copy of it.
func unverified(source string) bool {
	for _, mark := range []string{"third party", "third-party", "several public docs", "public docs quoting", "undated"} {
		if strings.Contains(source, mark) {
			return true
		}
	}
	return false
}

func sourceRows(ids map[string]string) [][]string {
	rows := make([][]string, len(ids)+1)
	rows[0] = []string{"id", "unverified", "source"}
	for text, id := range ids {
		n, _ := strconv.Atoi(id[1:]) // ids are made by sourceIDs
		rows[n] = []string{id, strconv.FormatBool(unverified(text)), text}
	}
	return rows
}

// keptByHand are the service, SKU and region of the prices in added.csv; none
// where there is no such file.
func keptByHand(path string) (map[[3]string]bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the prices kept by hand: %w", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the prices kept by hand: %w", err)
	}
	added := map[[3]string]bool{}
	for _, row := range rows {
		added[[3]string(row[:3])] = true
	}
	return added, nil
}

func priceRows(facts []fact, ids map[string]string, added map[[3]string]bool) [][]string {
	rows := [][]string{{"service", "sku", "region", "unit", "usd", "asOf", "source"}}
	for _, f := range facts {
		if added[[3]string{f.Service, f.SKU, f.Region}] {
			continue
		}
		asOf := ""
		if f.AsOf != nil {
			asOf = *f.AsOf
		}
		rows = append(rows, []string{f.Service, f.SKU, f.Region, f.Unit, f.USD.String(), asOf, ids[f.Source]})
	}
	return rows
}

func writeCSV(path string, rows [][]string) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write a table: %w", err)
	}
	w := csv.NewWriter(f)
	return errors.Join(w.WriteAll(rows), f.Close())
}
