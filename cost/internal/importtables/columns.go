package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// column says which price of a machine a table holds.
type column struct {
	table string
	// engine is the key of the first copy: an operating system, an engine's code
	// in AWS's list, or empty where a type has one price.
	engine string
	// term is empty for on demand.
	term string
	// key is what the price is called; empty means by the term.
	key string
	// family makes the rows families and not types.
	family bool
}

// The terms of reservations, in the words of the first copy.
const (
	year       = "yrTerm1Standard.noUpfront"
	threeYears = "yrTerm3Standard.noUpfront"
	threeHalf  = "yrTerm3Standard.partialUpfront" // RDS sells three years only with a part upfront
	freeYear   = "yrTerm1Convertible.noUpfront"
	freeThree  = "yrTerm3Convertible.noUpfront"
)

// lists are the files of the first copy and the tables made of each. RDS's
// engines are the codes of AWS's list ("CreateDBInstance:0014" is PostgreSQL),
// because the copy's names mix editions.
var lists = map[string][]column{
	"instances.json": {
		{table: "ec2-linux", engine: "linux"}, {table: "ec2-windows", engine: "mswin"},
		{table: "ec2-rhel", engine: "rhel"}, {table: "ec2-sles", engine: "sles"},
		{table: "ec2-linux-1y", engine: "linux", term: year}, {table: "ec2-linux-3y", engine: "linux", term: threeYears},
		{table: "ec2-linux-1y-convertible", engine: "linux", term: freeYear},
		{table: "ec2-linux-3y-convertible", engine: "linux", term: freeThree},
		{table: "ec2-windows-1y", engine: "mswin", term: year}, {table: "ec2-windows-3y", engine: "mswin", term: threeYears},
		{table: "emr", engine: "emr", key: "emr"},
		{table: "ec2-host", engine: "dedicated", family: true},
	},
	"rds-instances.json": {
		{table: "rds-postgresql", engine: "14"}, {table: "rds-mysql", engine: "2"}, {table: "rds-mariadb", engine: "18"},
		{table: "rds-sqlserver-ex", engine: "10"}, {table: "rds-sqlserver-web", engine: "11"},
		{table: "rds-sqlserver-se", engine: "12"}, {table: "rds-sqlserver-ee", engine: "15"},
		{table: "rds-oracle-se2", engine: "20"}, {table: "rds-oracle-se2-byol", engine: "19"}, {table: "rds-oracle-ee-byol", engine: "5"},
		{table: "aurora-postgresql", engine: "21"}, {table: "aurora-mysql", engine: "16"}, {table: "aurora-iopt", engine: "211"},
		{table: "rds-postgresql-1y", engine: "14", term: year}, {table: "rds-postgresql-3y", engine: "14", term: threeHalf},
		{table: "rds-mysql-1y", engine: "2", term: year}, {table: "rds-mysql-3y", engine: "2", term: threeHalf},
		{table: "rds-mariadb-1y", engine: "18", term: year}, {table: "rds-mariadb-3y", engine: "18", term: threeHalf},
		{table: "aurora-postgresql-1y", engine: "21", term: year}, {table: "aurora-postgresql-3y", engine: "21", term: threeHalf},
		{table: "aurora-mysql-1y", engine: "16", term: year}, {table: "aurora-mysql-3y", engine: "16", term: threeHalf},
	},
	"elasticache-instances.json": {
		{table: "cache-redis", engine: "Redis"}, {table: "cache-valkey", engine: "Valkey"}, {table: "cache-memcached", engine: "Memcached"},
		{table: "cache-redis-1y", engine: "Redis", term: year}, {table: "cache-redis-3y", engine: "Redis", term: threeYears},
		{table: "cache-valkey-1y", engine: "Valkey", term: year}, {table: "cache-valkey-3y", engine: "Valkey", term: threeYears},
	},
	"opensearch-instances.json": {
		{table: "search"}, {table: "search-1y", term: year}, {table: "search-3y", term: threeYears},
	},
}

// row is the name of a type's row.
func (c column) row(typ string) string {
	if c.family {
		typ, _, _ = strings.Cut(typ, ".")
	}
	return typ
}

// price is that of a machine in one region; empty where there is none.
func (c column) price(m machine, prices map[string]json.RawMessage) string {
	if c.engine == "rhel" {
		cpus, _ := strconv.ParseInt(amount(m.CPUs), 10, 64) // text in some files, and not known of some types
		return redHat(cpus, prices)
	}
	return c.of(prices)
}

// of is the price of one region as it is listed; empty where there is none.
func (c column) of(prices map[string]json.RawMessage) string {
	if c.engine != "" {
		if json.Unmarshal(prices[c.engine], &prices) != nil {
			return ""
		}
	}
	key := cmp.Or(c.key, "ondemand")
	if c.term != "" {
		if json.Unmarshal(prices["reserved"], &prices) != nil {
			return ""
		}
		key = c.term
	}
	return amount(prices[key])
}

// amount is a price that stands as a number or as text; empty for none.
func amount(raw json.RawMessage) string {
	text := strings.Trim(string(raw), `"`)
	if i := strings.IndexByte(text, '.'); i >= 0 {
		const places = 6
		text = strings.TrimRight(text[:min(len(text), i+1+places)], "0")
		text = strings.TrimSuffix(text, ".")
	}
	if text == "0" || text == "N/A" || text == "null" {
		return ""
	}
	return text
}

var (
	inRegion = regexp.MustCompile(`^\t"(` + `[a-z]{2}(?:-gov)?-[a-z]+-\d)": \{`)
	inTable  = regexp.MustCompile(`"([a-z0-9-]+\.[a-z0-9-]+)": (\d+\.\d+)`)
)

// readKarpenter reads the newer copy, which is Go.
func readKarpenter(folder string) (table, error) {
	t := table{}
	for _, name := range []string{"zz_generated.pricing_aws.go", "zz_generated.pricing_aws_us_gov.go"} {
		raw, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		where := ""
		for line := range strings.Lines(string(raw)) {
			if m := inRegion.FindStringSubmatch(line); m != nil {
				where = m[1]
			}
			for _, m := range inTable.FindAllStringSubmatch(line, -1) {
				t.put(m[1], where, amount(json.RawMessage(m[2])))
			}
		}
	}
	if len(t) == 0 {
		return nil, fmt.Errorf("read the prices in %s: none found", folder)
	}
	return t, nil
}
