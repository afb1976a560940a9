// Command importtables turns two public copies of AWS's list into the tables of
// prices per machine type and region that package cost embeds. It is run by hand
// when a newer copy is out; its output is committed.
//
//	go mod download -json github.com/cristim/ec2-instances-info@VERSION
//	go mod download -json github.com/aws/karpenter-provider-aws@VERSION
//	go run ./cost/internal/importtables LIST/data KARPENTER/pkg/providers/pricing cost/prices/tables
//
// The first copy holds EC2, RDS, ElastiCache and OpenSearch in every region with
// their reservations; the second, newer one, EC2 on demand in us-east-1 and in
// GovCloud. Neither is a dependency of rung: both are far larger than what is
// taken from them. What a table is, and of which day, stands in tables.csv, which
// is kept by hand.
package main

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "importtables:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("want three arguments: the folder of the list, that of Karpenter's prices, and the one to write to")
	}
	all := map[string]table{}
	for file, wanted := range lists {
		if err := readList(filepath.Join(args[0], file), wanted, all); err != nil {
			return err
		}
	}
	newer, err := readKarpenter(args[1])
	if err != nil {
		return err
	}
	all["ec2-linux-newer"] = newer
	for name, t := range all {
		if err := t.write(filepath.Join(args[2], name+".csv")); err != nil {
			return fmt.Errorf("write the table %s: %w", name, err)
		}
	}
	return nil
}

// table is a price per type and region, as the copies write it.
type table map[string]map[string]string

func (t table) put(typ, region, usd string) {
	if t[typ] == nil {
		t[typ] = map[string]string{}
	}
	t[typ][region] = usd
}

// write writes a table as CSV: a row per type, a column per region.
func (t table) write(path string) error {
	columns := map[string]bool{}
	for _, row := range t {
		for region := range row {
			columns[region] = true
		}
	}
	regions := slices.Sorted(maps.Keys(columns))
	rows := [][]string{append([]string{"type"}, regions...)}
	for _, typ := range slices.SortedFunc(maps.Keys(t), cmp.Compare) {
		row := []string{typ}
		for _, region := range regions {
			row = append(row, t[typ][region])
		}
		rows = append(rows, row)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(csv.NewWriter(f).WriteAll(rows), f.Close())
}

// region is the name of a region proper; local zones and wavelength zones have longer ones.
var region = regexp.MustCompile(`^[a-z]{2}(-gov)?-[a-z]+-\d$`)

// machine is a type in the first copy, with its prices by region.
type machine struct {
	Type    string                                `json:"instance_type"`
	CPUs    json.RawMessage                       `json:"vCPU"`
	Pricing map[string]map[string]json.RawMessage `json:"pricing"`
}

// readList reads one file of the first copy into the tables that are made of it.
func readList(path string, wanted []column, into map[string]table) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var machines []machine
	if err := json.Unmarshal(raw, &machines); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	for _, c := range wanted {
		t := table{}
		for _, m := range machines {
			for name, prices := range m.Pricing {
				if usd := c.price(m, prices); region.MatchString(name) && usd != "" {
					t.put(c.row(m.Type), name, usd)
				}
			}
		}
		into[c.table] = t
	}
	return nil
}
