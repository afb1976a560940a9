package bill

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/outside/figure"
)

// field is what one column says.
type field int

const (
	colMonth field = iota
	colStart
	colEnd
	colProduct
	colResourceID
	colMeter
	colOperation
	colRegion
	colText
	colQuantity
	colCost     // as it is billed
	colReserved // what a used reservation costs
	colPlanned  // what is used of a savings plan
	colNetCost  // as it is billed, after discounts
	colPromised // what a savings plan promises
	colKept     // what of it was used
	colIdleFee  // what of a reservation was not used
	colIdlePaid // the part of it that was paid upfront
	colList     // on demand
	colKind
	colCurrency
	colTagsOf
	fields
)

// form is one of the two forms of a bill.
type form struct {
	name string
	// columns are the names of each field, the most telling first.
	columns map[field][]string
	// needs are the fields without which nothing can be read.
	needs []field
	kinds map[string]Kind
}

var forms = []form{
	{
		name: "FOCUS",
		columns: map[field][]string{
			colMonth: {"billingperiodstart"}, colStart: {"chargeperiodstart"}, colEnd: {"chargeperiodend"},
			colProduct: {"x_servicecode", "servicename"}, colResourceID: {"resourceid"}, colMeter: {"x_usagetype", "skumeter"},
			colOperation: {"x_operation"}, colRegion: {"regionid", "region"}, colText: {"chargedescription"},
			colQuantity: {"consumedquantity", "usagequantity", "pricingquantity"}, colCost: {"effectivecost", "billedcost"},
			colList: {"listcost"}, colKind: {"chargecategory", "chargetype"}, colCurrency: {"billingcurrency"}, colTagsOf: {"tags"},
		},
		needs: []field{colProduct, colCost, colKind},
		kinds: map[string]Kind{"usage": Usage, "purchase": Fee, "tax": Tax, "credit": Discount, "adjustment": Discount},
	},
	{
		name: "CUR",
		columns: map[field][]string{
			colMonth: {"bill_billing_period_start_date"}, colStart: {"line_item_usage_start_date"}, colEnd: {"line_item_usage_end_date"},
			colProduct: {"line_item_product_code"}, colResourceID: {"line_item_resource_id"}, colMeter: {"line_item_usage_type"},
			colOperation: {"line_item_operation"}, colRegion: {"product_region_code", "product_region"}, colText: {"line_item_line_item_description"},
			colQuantity: {"line_item_usage_amount"}, colCost: {"line_item_unblended_cost"}, colNetCost: {"line_item_net_unblended_cost"},
			colReserved: {"reservation_net_effective_cost", "reservation_effective_cost"},
			colPlanned:  {"savings_plan_net_savings_plan_effective_cost", "savings_plan_savings_plan_effective_cost"},
			colList:     {"pricing_public_on_demand_cost"}, colKind: {"line_item_line_item_type"}, colCurrency: {"line_item_currency_code"},
			colTagsOf:   {"resource_tags"},
			colPromised: {"savings_plan_total_commitment_to_date"}, colKept: {"savings_plan_used_commitment"},
			colIdleFee:  {"reservation_unused_recurring_fee"},
			colIdlePaid: {"reservation_unused_amortized_upfront_fee_for_billing_period"},
		},
		needs: []field{colProduct, colMeter, colQuantity, colCost, colKind},
		kinds: map[string]Kind{
			"usage": Usage, "discountedusage": Usage, "savingsplancoveredusage": Usage, "tax": Tax, "fee": Fee, "rifee": Fee,
			"savingsplanrecurringfee": Fee, "savingsplanupfrontfee": Fee, "savingsplannegation": Fee, "credit": Discount,
			"refund": Discount, "edpdiscount": Discount, "bundleddiscount": Discount, "sppdiscount": Discount,
			"privateratediscount": Discount, "discount": Discount,
		},
	},
}

// snake is the name of a column as CUR 2.0 spells it: "lineItem/UsageType" is
// line_item_usage_type. Names of FOCUS stay as they are, in small letters.
func snake(name string) string {
	name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
	before, after, old := strings.Cut(name, "/")
	if !old {
		return strings.ToLower(name)
	}
	var b strings.Builder
	for i, r := range before + "_" + after {
		if r >= 'A' && r <= 'Z' && i > 0 && !strings.HasSuffix(b.String(), "_") {
			b.WriteByte('_')
		}
		b.WriteString(strings.ToLower(string(r)))
	}
	return b.String()
}

// layout says at which place of a row each field stands; -1 for none.
type layout struct {
	form form
	at   [fields]int
}

var errNoBill = errors.New("it is no bill: want a FOCUS 1.x export (with ChargeCategory, EffectiveCost or " +
	"BilledCost, ServiceName) " +
	"or a cost and usage report (with line_item_usage_type, line_item_unblended_cost …)")

// layoutOf finds out which form a header is of.
func layoutOf(header []string) (layout, error) {
	at := map[string]int{}
	for i, name := range header {
		if _, twice := at[snake(name)]; !twice {
			at[snake(name)] = i
		}
	}
	var missing []string
	for _, f := range forms {
		l := layout{form: f}
		for i := range l.at {
			l.at[i] = -1
		}
		for of, names := range f.columns {
			for _, name := range slices.Backward(names) {
				if i, has := at[name]; has {
					l.at[of] = i
				}
			}
		}
		missing = nil
		found := 0
		for _, of := range f.needs {
			if l.at[of] < 0 {
				missing = append(missing, f.columns[of][0])
			} else {
				found++
			}
		}
		switch {
		case len(missing) == 0:
			return l, nil
		case found > 1:
			return l, fmt.Errorf("it looks like %s, but has no column %s", f.name, strings.Join(missing, ", "))
		}
	}
	return layout{}, errNoBill
}

// row reads cells by field.
type row struct {
	layout
	cells []string
}

func (r row) str(f field) string {
	if i := r.at[f]; i >= 0 && i < len(r.cells) {
		return strings.TrimSpace(r.cells[i])
	}
	return ""
}

// num is a cell as a number; an empty one is zero.
func (r row) num(f field) (decimal.Decimal, error) {
	text := r.str(f)
	if text == "" || text == "null" {
		return decimal.Zero, nil
	}
	d, err := figure.Parse(text)
	if err != nil {
		return d, fmt.Errorf("%s: got %.40q: %w", r.form.columns[f][0], text, err)
	}
	return d, nil
}

// times are the forms in which bills write an hour.
var times = []string{time.RFC3339, "2006-01-02T15:04:05.000Z", "2006-01-02 15:04:05", "2006-01-02 15:04:05.000",
	time.DateOnly,
	"2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05.000 -0700 MST"}

func (r row) time(f field) (time.Time, error) {
	text := r.str(f)
	if text == "" || text == "null" {
		return time.Time{}, nil
	}
	for _, form := range times {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s: got %.40q, want a time such as 2026-10-01T00:00:00Z", r.form.columns[f][0], text)
}

// charge reads a row.
func (r row) charge() (Charge, error) {
	c := Charge{Product: r.str(colProduct), Resource: r.str(colResourceID), Meter: r.str(colMeter),
		Operation: r.str(colOperation),
		Region:    r.str(colRegion), Text: r.str(colText)}
	var known bool
	said := strings.ToLower(strings.ReplaceAll(r.str(colKind), " ", ""))
	if c.Kind, known = r.form.kinds[said]; !known {
		return c, fmt.Errorf("%s: got %.40q, which is no kind of charge", r.form.columns[colKind][0], r.str(colKind))
	}
	var errs [3]error
	c.Quantity, errs[0] = r.num(colQuantity)
	c.Cost, errs[1] = r.cost(said)
	c.List, errs[2] = r.num(colList)
	return c, errors.Join(errs[:]...)
}

// cost is what a row costs: of what is covered by a commitment, the part of it that
// is used, and of the commitment what nothing used; else as billed after discounts, where
// the bill says so. Where it has no columns of commitments, a row costs as it is billed.
func (r row) cost(said string) (decimal.Decimal, error) {
	switch {
	case said == "discountedusage" && r.has(colReserved):
		return r.num(colReserved)
	case said == "savingsplancoveredusage" && r.has(colPlanned):
		return r.num(colPlanned)
	case said == "savingsplannegation" && r.has(colPlanned):
		return decimal.Zero, nil // takes back what was not counted
	case said == "savingsplanrecurringfee" && r.has(colPromised) && r.has(colKept):
		return r.added(colPromised, colKept, -1)
	case said == "rifee" && r.has(colIdleFee):
		return r.added(colIdleFee, colIdlePaid, 1)
	case r.str(colNetCost) != "":
		return r.num(colNetCost)
	}
	return r.num(colCost)
}

// has reports whether the bill has a column.
func (r row) has(f field) bool { return r.at[f] >= 0 }

// added is one field and so many times another.
func (r row) added(f, g field, times int64) (decimal.Decimal, error) {
	a, err := r.num(f)
	if err != nil {
		return a, err
	}
	b, err := r.num(g)
	return a.Add(b.Mul(decimal.NewFromInt(times))), err
}
