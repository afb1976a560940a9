package pricelist

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
)

// Options say what to refresh and from where. The zero value refreshes
// us-east-1 and what belongs to no region, from AWS.
type Options struct {
	// Regions are those whose prices are refreshed, besides what belongs to
	// none. Empty means us-east-1.
	Regions []string
	// Services limits it to these; empty means all.
	Services []cost.Service
	// From is the address of the list; empty means Home.
	From string
	// Client reads it; nil means one that waits a minute for each answer to begin.
	Client *http.Client
	// Now is the day of the refresh; nil means time.Now.
	Now func() time.Time
	// Progress is told of each file before it is read; nil tells nobody.
	Progress func(file string)
}

// Change is a price that was read.
type Change struct {
	// Old is the zero value for a price that the catalogue did not have.
	Old, New cost.Price
}

// Same reports whether the amount is what it was.
func (c Change) Same() bool { return c.Old.USD.Equal(c.New.USD) && c.Old.Unit != "" }

// Left is a price that stays as it is.
type Left struct {
	Key    cost.Key
	Reason string
}

// Result is what a refresh found.
type Result struct {
	// Changes and Left are sorted by service, SKU and region.
	Changes []Change
	Left    []Left
}

// Prices are the new prices, for a file of the user's own.
func (r Result) Prices() []cost.Price {
	out := make([]cost.Price, len(r.Changes))
	for i, c := range r.Changes {
		out[i] = c.New
	}
	return out
}

// mostChange is how far a price may move before it is taken for that of
// something else, or by another unit.
var mostChange = decimal.NewFromInt(5)

// Refresh reads the prices of the catalogue anew. Prices of us-east-1 are
// looked for in the other regions too, where the catalogue has none. It fails,
// and names the file, when one cannot be read or is of another form or offer;
// then nothing of what was read counts.
func Refresh(ctx context.Context, c *cost.Catalogue, o Options) (Result, error) {
	o = o.withDefaults()
	queries, left := o.queries(c)
	r := Result{Left: left}
	l := list{o.From, o.Client}
	for _, f := range sortedFiles(queries) {
		o.Progress(f.String())
		got, err := l.read(ctx, f, queries[f])
		if errors.Is(err, errNoRegion) {
			r.leave(queries[f], err.Error())
			continue
		}
		if err != nil {
			return Result{}, fmt.Errorf("read the prices of %s from %s, so nothing was changed: %w", f, o.From, err)
		}
		for i, q := range queries[f] {
			r.take(c, q, got, got.found[i], o.Now())
		}
	}
	slices.SortFunc(r.Changes, func(a, b Change) int { return compareKeys(a.New.Key, b.New.Key) })
	slices.SortFunc(r.Left, func(a, b Left) int { return compareKeys(a.Key, b.Key) })
	return r, nil
}

func (o Options) withDefaults() Options {
	if len(o.Regions) == 0 {
		o.Regions = []string{cost.HomeRegion}
	}
	o.From = cmp.Or(o.From, Home)
	if o.Client == nil {
		o.Client = patient()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	return o
}

// String names the file as people would: "AmazonEC2 in us-east-1".
func (f file) String() string {
	if f.region == allRegions {
		return f.offer
	}
	return f.offer + " in " + f.region
}

// queries sorts what to look for by file, and names what has no filter.
func (o Options) queries(c *cost.Catalogue) (map[file][]query, []Left) {
	byFile := map[file][]query{}
	var left []Left
	for _, k := range o.keys(c) {
		q, ok := queryOf(k)
		if !ok {
			left = append(left, Left{k, whyNoFilter(k)})
			continue
		}
		byFile[q.file] = append(byFile[q.file], q)
	}
	return byFile, left
}

// keys are the prices to refresh: those of the catalogue, and in each region
// what us-east-1 has a price for.
func (o Options) keys(c *cost.Catalogue) []cost.Key {
	var out []cost.Key
	held := map[cost.Key]bool{}
	for _, k := range c.Keys() {
		held[k] = true
	}
	for _, k := range c.Keys() {
		if len(o.Services) > 0 && !slices.Contains(o.Services, k.Service) {
			continue
		}
		switch {
		case slices.Contains(o.Regions, k.Region) || k.Global():
			out = append(out, k)
		}
		if k.Region != cost.HomeRegion {
			continue
		}
		for _, region := range o.Regions {
			there := cost.Key{Service: k.Service, SKU: k.SKU, Region: region}
			if _, filtered := queryOf(there); filtered && region != cost.HomeRegion && !held[there] {
				held[there] = true
				out = append(out, there)
			}
		}
	}
	return append(out, o.tableKeys(c, held)...)
}

// tableKeys are the prices of the tables that the list is asked for, but those
// that are held besides. Reservations have no filter and stay as they are.
func (o Options) tableKeys(c *cost.Catalogue, held map[cost.Key]bool) (out []cost.Key) {
	for _, region := range o.Regions {
		for _, k := range c.TableKeys(region) {
			if len(o.Services) > 0 && !slices.Contains(o.Services, k.Service) || held[k] {
				continue
			}
			if _, filtered := queryOf(k); filtered {
				held[k] = true
				out = append(out, k)
			}
		}
	}
	return out
}

// whyNoFilter says why a price cannot be refreshed.
func whyNoFilter(k cost.Key) string {
	if k.Service == cost.Cloudflare {
		return "Cloudflare publishes no list for programs"
	}
	if k.Service == "EC2 spot" {
		return "spot prices are not in the list"
	}
	return "no filter says which product of the list it is"
}

// take puts what a file says of a query into the result.
func (r *Result) take(c *cost.Catalogue, q query, o offer, skus map[string][]dimension, now time.Time) {
	amount, sku, unit, err := agree(skus, q)
	if err != nil {
		r.leave([]query{q}, err.Error())
		return
	}
	old, known := c.At(q.key)
	like := old
	if !known {
		like, _ = c.At(cost.Key{Service: q.key.Service, SKU: q.key.SKU, Region: cost.HomeRegion})
	}
	amount = amount.Mul(like.Per()).Mul(q.factor)
	if amount.GreaterThan(like.USD.Mul(mostChange)) || amount.Mul(mostChange).LessThan(like.USD) {
		r.leave([]query{q}, fmt.Sprintf("the list has %s USD per %s, which is out of proportion to %s USD per %s", amount,
			unit, like.USD, like.Unit))
		return
	}
	price := like
	price.Key, price.USD, price.Unverified = q.key, amount, false
	price.AsOf = o.published.UTC().Format(time.DateOnly)
	price.Source = fmt.Sprintf("AWS Price List offer file %s %s, SKU %s, refreshed %s", q.file.offer, o.version, sku,
		now.UTC().Format(time.DateOnly))
	r.Changes = append(r.Changes, Change{Old: old, New: price})
}

// agree is the price that all products found have in common; the list names some
// twice. The SKU is the first of them.
func agree(skus map[string][]dimension, q query) (amount decimal.Decimal, first, unit string, err error) {
	var problem error
	for _, sku := range sortedKeys(skus) {
		price, per, err := usd(skus[sku], q.step)
		switch {
		case err != nil:
			problem = fmt.Errorf("SKU %s: %w", sku, err)
		case first == "":
			amount, first, unit = price, sku, per
		case !price.Equal(amount):
			return amount, "", "", fmt.Errorf("two products fit, %s at %s USD and %s at %s USD", first, amount, sku, price)
		}
	}
	switch {
	case first != "":
		return amount, first, unit, nil
	case problem != nil:
		return amount, "", "", problem
	}
	return amount, "", "", errors.New("the list has no such product")
}

func (r *Result) leave(all []query, reason string) {
	for _, q := range all {
		r.Left = append(r.Left, Left{q.key, reason})
	}
}
