package pricelist

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/outside/figure"
)

// product is one product of an offer file, as far as filters ask.
type product struct {
	Family     string            `json:"productFamily"`
	Attributes map[string]string `json:"attributes"`
}

// term is one way to buy a product.
type term struct {
	PriceDimensions map[string]dimension `json:"priceDimensions"`
}

// dimension is one step of a price.
type dimension struct {
	BeginRange, EndRange, Unit string
	PricePerUnit               map[string]string
}

// offer is what was wanted of one offer file.
type offer struct {
	code, version string
	// published is the day on which AWS published the file.
	published time.Time
	// found are the products of each query, by SKU, with the steps of their
	// on-demand price.
	found map[int]map[string][]dimension
}

// Errors about a file as a whole. Their texts end the sentence that names it.
var (
	errForm = errors.New("it is not an offer file as AWS documents it")
	// errDone ends the reading of a file of which everything was found.
	errDone = errors.New("done")
)

// readOffer reads an offer file as it arrives: first the products, of which it
// keeps those that queries ask for, then their on-demand prices. Whatever comes
// behind these (reservations, half of the largest files) is not read.
func readOffer(r io.Reader, queries []query) (offer, error) {
	o := offer{found: map[int]map[string][]dimension{}}
	d := json.NewDecoder(r)
	wanted := map[string][]int{} // SKU to queries
	sawProducts := false
	err := fields(d, func(name string) error {
		switch name {
		case "offerCode":
			return d.Decode(&o.code)
		case "version":
			return d.Decode(&o.version)
		case "publicationDate":
			return d.Decode(&o.published)
		case "products":
			sawProducts = true
			return pickProducts(d, queries, wanted)
		case "terms":
			if !sawProducts {
				return errors.New("its terms stand before its products")
			}
			return o.readTerms(d, wanted)
		}
		return skip(d)
	})
	switch {
	case errors.Is(err, errDone):
		err = nil
	case err != nil:
		return o, fmt.Errorf("%w: %w", errForm, err)
	case !sawProducts:
		err = fmt.Errorf("%w: it has no products", errForm)
	}
	if err == nil && (o.version == "" || o.published.IsZero()) {
		err = fmt.Errorf("%w: it says neither which version it is nor when it was published", errForm)
	}
	return o, err
}

// pickProducts notes the SKUs that queries ask for.
func pickProducts(d *json.Decoder, queries []query, wanted map[string][]int) error {
	byType := indexByType(queries)
	return fields(d, func(sku string) error {
		var p product
		if err := d.Decode(&p); err != nil {
			return err
		}
		for _, candidates := range [][]int{byType[""], byType[p.Attributes[typeAttribute]]} {
			for _, i := range candidates {
				if queries[i].takes(p) {
					wanted[sku] = append(wanted[sku], i)
				}
			}
			if p.Attributes[typeAttribute] == "" {
				break // both lists are the same
			}
		}
		return nil
	})
}

// typeAttribute is where the list has a machine's type.
const typeAttribute = "instanceType"

// indexByType sorts queries by the machine type that they ask for, since a file
// has as many as there are types; those that ask for none stand under "".
func indexByType(queries []query) map[string][]int {
	out := map[string][]int{}
	for i, q := range queries {
		typ := ""
		for _, c := range q.attributes {
			if c.name == typeAttribute && !c.part && !c.prefixed {
				typ = c.value
			}
		}
		out[typ] = append(out[typ], i)
	}
	return out
}

// readTerms reads the on-demand prices of the SKUs, and ends with errDone.
func (o offer) readTerms(d *json.Decoder, wanted map[string][]int) error {
	return fields(d, func(kind string) error {
		if kind != "OnDemand" {
			return skip(d)
		}
		err := fields(d, func(sku string) error {
			if len(wanted[sku]) == 0 {
				return skip(d)
			}
			var terms map[string]term
			if err := d.Decode(&terms); err != nil {
				return err
			}
			o.keep(sku, wanted[sku], terms)
			return nil
		})
		if err != nil {
			return err
		}
		return errDone
	})
}

func (o offer) keep(sku string, queries []int, terms map[string]term) {
	for _, i := range queries {
		for _, t := range terms {
			for _, step := range t.PriceDimensions {
				if o.found[i] == nil {
					o.found[i] = map[string][]dimension{}
				}
				o.found[i][sku] = append(o.found[i][sku], step)
			}
		}
	}
}

// fields calls f with the name of each field of an object; f reads the value.
func fields(d *json.Decoder, f func(name string) error) error {
	if t, err := d.Token(); err != nil {
		return err
	} else if t != json.Delim('{') {
		return fmt.Errorf("got %v, want an object", t)
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, ok := t.(string)
		if !ok {
			return fmt.Errorf("got %v, want a name", t)
		}
		if err := f(name); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// skip reads a value and forgets it.
func skip(d *json.Decoder) error {
	var raw json.RawMessage
	return d.Decode(&raw)
}

// usd is the price of the step that a query asks for, in one of AWS's units.
func usd(steps []dimension, want string) (price decimal.Decimal, unit string, err error) {
	kind, at, _ := strings.Cut(want, " ")
	var best *dimension
	var begin decimal.Decimal
	for i, s := range steps {
		p, err := figure.Parse(s.PricePerUnit["USD"])
		if err != nil || p.IsNegative() {
			return price, "", fmt.Errorf("its price is %q, want USD", s.PricePerUnit["USD"])
		}
		from, err := figure.Parse(s.BeginRange)
		if err != nil && kind != "" {
			return price, "", fmt.Errorf("a step of it begins at %q, want a number", s.BeginRange)
		}
		switch {
		case kind == "from" && s.BeginRange != at, kind == "to" && s.EndRange != at:
			continue
		case p.IsZero(): // free steps, and capacity that is billed elsewhere
			continue
		case best != nil && kind == "first" && from.GreaterThanOrEqual(begin):
			continue
		case best != nil && kind != "first" && !p.Equal(price):
			return price, "", errors.New("it has several steps of price, and no one knows which is meant")
		}
		best, price, begin = &steps[i], p, from
	}
	if best == nil {
		return price, "", errors.New("it has no on-demand price for that step")
	}
	return price, best.Unit, nil
}
