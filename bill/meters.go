package bill

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/outside/figure"
)

// metersFile says what a meter of AWS's measures, and which prices of the catalogue
// measure the same. The columns:
//
//	product    AWS's code of the service, a pattern
//	meter      the usage type without the region before it, a pattern
//	operation  what the operation begins with; empty is any
//	thing      what is measured; what the patterns name stands in it in braces
//	service    the catalogue's, a pattern
//	sku        the catalogue's, a pattern
//	factor     what one unit of AWS's is worth in the catalogue's; empty is 1
//
//go:embed meters.csv
var metersFile string

// measure is one row of the table.
type measure struct {
	product, meter, service, sku *regexp.Regexp
	operation, thing             string
	factor                       decimal.Decimal
}

// measures is the table. It is part of the program, so that a wrong row is a mistake
// of ours.
var measures = sync.OnceValue(func() []measure { return mustMeasures(metersFile) })

func mustMeasures(table string) []measure {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("meters.csv: %v", err))
	}
	whole := func(pattern string) *regexp.Regexp { return regexp.MustCompile("^(?:" + pattern + ")$") }
	out := make([]measure, 0, len(rows))
	for _, r := range rows[1:] {
		m := measure{product: whole(r[0]), meter: whole(regionPrefix + "(?:" + r[1] + ")"), operation: r[2], thing: r[3],
			service: whole(r[4]), sku: whole(r[5]), factor: decimal.NewFromInt(1)}
		if r[6] != "" {
			if m.factor, err = figure.Parse(r[6]); err != nil {
				panic(fmt.Sprintf("meters.csv: %q: %v", r[6], err))
			}
		}
		out = append(out, m)
	}
	return out
}

// regionPrefix is what AWS puts before a usage type outside of us-east-1: EUC1-, EU-.
const regionPrefix = `(?:[A-Z]{2,4}[0-9]?-)?`

// filled puts what a pattern has found into the name of a thing.
func filled(thing string, pattern *regexp.Regexp, text string) (string, bool) {
	found := pattern.FindStringSubmatch(text)
	if found == nil {
		return "", false
	}
	for i, name := range pattern.SubexpNames() {
		if name != "" {
			thing = strings.ReplaceAll(thing, "{"+name+"}", found[i])
		}
	}
	return thing, true
}

// measured is what a charge measures, and its quantity in the catalogue's unit; false
// when no row of the table tells.
func (c Charge) measured() (thing string, quantity decimal.Decimal, ok bool) {
	of := codesOf(c.Product)
	for _, m := range measures() {
		if !slices.ContainsFunc(of, m.product.MatchString) || !strings.HasPrefix(c.Operation, m.operation) {
			continue
		}
		if thing, ok := filled(m.thing, m.meter, c.Meter); ok {
			return thing, c.Quantity.Mul(m.factor), true
		}
	}
	return "", c.Quantity, false
}

// measuredBy is what a price of the catalogue measures; false when nothing of AWS's
// bill is known to measure the same.
func measuredBy(k cost.Key) (string, bool) {
	for _, m := range measures() {
		if !m.service.MatchString(string(k.Service)) {
			continue
		}
		if thing, ok := filled(m.thing, m.sku, k.SKU); ok {
			return thing, true
		}
	}
	return "", false
}
