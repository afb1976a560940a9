package pricelist

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/outside/figure"
)

// filtersFile says which product of AWS's list a price of the catalogue is. The
// columns:
//
//	service, sku  the catalogue's; the sku is a pattern, and what it names stands in the attributes in braces
//	offer         AWS's code of the offer file
//	from          the region whose file holds it; empty is the price's own, global the file of all regions
//	family        the product family; empty is any
//	attributes    name=value, name~a part of the value; a * before the value is the region's prefix, or none
//	step          "from N" or "to N" of a price in steps, "first" for the first that costs anything;
//	              empty where there are none
//	factor        what one unit of AWS's is worth in the catalogue's, apart from bundles such as a million; empty is 1
//
//go:embed filters.csv
var filtersFile string

// filter is one row of the table.
type filter struct {
	service                   cost.Service
	sku                       *regexp.Regexp
	offer, from, family, step string
	attributes                []string
	factor                    decimal.Decimal
}

// allRegions is the file that has the prices of every region.
const allRegions = "global"

// areas are AWS's names of the CloudFront edge areas.
var areas = map[string]string{
	"US, Mexico, Canada": "United States", "Europe, Israel": "Europe", "South Africa, Kenya, Middle East": "South Africa",
	"South America": "South America", "Japan": "Japan", "Australia, New Zealand": "Australia", "India": "India",
	"Hong Kong, Philippines, Singapore, South Korea, Taiwan, Thailand": "Asia Pacific",
}

// filters is the table. It is part of the program, so that a wrong row is a
// mistake of ours.
var filters = sync.OnceValue(func() []filter { return mustFilters(filtersFile) })

func mustFilters(table string) []filter {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("filters.csv: %v", err))
	}
	out := make([]filter, 0, len(rows))
	for _, row := range rows[1:] {
		factor := decimal.NewFromInt(1)
		if row[7] != "" {
			var err error
			if factor, err = figure.Parse(row[7]); err != nil {
				panic(fmt.Sprintf("filters.csv: %q: %v", row[7], err))
			}
		}
		out = append(out, filter{
			service: cost.Service(row[0]), sku: regexp.MustCompile("^(?:" + row[1] + ")$"),
			offer: row[2], from: row[3], family: row[4], attributes: strings.Split(row[5], ";"), step: row[6], factor: factor,
		})
	}
	return out
}

// file is one file of the list.
type file struct{ offer, region string }

// query is what a price of the catalogue is in AWS's list.
type query struct {
	key        cost.Key
	file       file
	family     string
	attributes []condition
	step       string
	factor     decimal.Decimal
}

// queryOf finds the filter of a price; false where there is none.
func queryOf(k cost.Key) (query, bool) {
	for _, f := range filters() {
		if f.service != k.Service {
			continue
		}
		m := f.sku.FindStringSubmatch(k.SKU)
		if m == nil {
			continue
		}
		names := []string{"{region}", k.Region}
		for i, name := range f.sku.SubexpNames() {
			if name == "area" {
				m[i] = areas[m[i]]
			}
			names = append(names, "{"+name+"}", m[i])
		}
		q := query{key: k, file: file{f.offer, f.from}, family: f.family, step: f.step, factor: f.factor}
		if f.from == "" {
			q.file.region = k.Region
		}
		for _, text := range f.attributes {
			q.attributes = append(q.attributes, newCondition(strings.NewReplacer(names...).Replace(text)))
		}
		return q, true
	}
	return query{}, false
}

// condition is what an attribute of a product must be.
type condition struct {
	name, value string
	part        bool // the value need only be in it
	prefixed    bool // the region's prefix may stand before it
}

func newCondition(text string) condition {
	if name, value, ok := strings.Cut(text, "~"); ok && !strings.Contains(name, "=") {
		return condition{name: name, value: value, part: true}
	}
	name, value, _ := strings.Cut(text, "=")
	value, prefixed := strings.CutPrefix(value, "*")
	return condition{name: name, value: value, prefixed: prefixed}
}

// regionPrefix is what AWS puts before a type of usage for a region: "EU-",
// "USE1-", "us-east-1-"; nothing for most of those in us-east-1.
var regionPrefix = regexp.MustCompile(`^(?:EU|Global|[A-Z]{3}\d|[a-z]{2}-[a-z]+-\d)-$`)

func (c condition) holds(attributes map[string]string) bool {
	got, ok := attributes[c.name]
	switch {
	case !ok:
		return false
	case c.part:
		return strings.Contains(got, c.value)
	case got == c.value:
		return true
	}
	prefix, found := strings.CutSuffix(got, c.value)
	return c.prefixed && found && regionPrefix.MatchString(prefix)
}

// takes reports whether a product is the one that the query asks for.
func (q query) takes(p product) bool {
	if q.family != "" && q.family != p.Family {
		return false
	}
	for _, c := range q.attributes {
		if !c.holds(p.Attributes) {
			return false
		}
	}
	return true
}
