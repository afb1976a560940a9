package cost

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/outside/figure"
)

// Discounts are how much less than the list somebody pays, as shares from 0 to 1, per
// service. The empty service stands for all that are not named. Nil is the list.
type Discounts map[Service]decimal.Decimal

// of is the discount on a service.
func (d Discounts) of(s Service) decimal.Decimal {
	if part, named := d[s]; named {
		return part
	}
	return d[""]
}

// Services are those of which the catalogue has prices, in order.
func (c *Catalogue) Services() []Service {
	var out []Service
	for k := range c.prices {
		out = append(out, k.Service)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Discounts reads discounts as people write them, "12%" on everything or "EC2=20%" on
// one service. It fails with every wrong one at once.
func (c *Catalogue) Discounts(all []string) (Discounts, error) {
	var errs []error
	out := Discounts{}
	for _, text := range all {
		name, part, named := strings.Cut(text, "=")
		if !named {
			name, part = "", text
		}
		service, known := c.serviceOf(name)
		number, percent := strings.CutSuffix(strings.TrimSpace(part), "%")
		n, err := figure.Parse(number)
		switch {
		case !known:
			errs = append(errs, fmt.Errorf("got %.60q: want one of the services %s", text, joined(c.Services())))
		case !percent || err != nil || n.IsNegative() || n.GreaterThan(decimal.NewFromInt(100)):
			errs = append(errs, fmt.Errorf("got %.60q: want a percentage from 0%% to 100%%, such as 12%% or EC2=20%%", text))
		default:
			out[service] = n.Shift(-2)
		}
	}
	return out, errors.Join(errs...)
}

// serviceOf finds a service by its name, in whatever letters; no name is all of them.
func (c *Catalogue) serviceOf(name string) (Service, bool) {
	if name == "" {
		return "", true
	}
	for _, s := range c.Services() {
		if strings.EqualFold(string(s), strings.TrimSpace(name)) {
			return s, true
		}
	}
	return "", false
}

func joined(all []Service) string {
	var names []string
	for _, s := range all {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

// Discounted is the estimator with discounts on the list.
func (e *Estimator) Discounted(d Discounts) *Estimator {
	same := *e
	same.opts.Discounts = d
	return &same
}

// discounted lowers the price of a charge by what its service is discounted, and says
// so; an empty note where it is not.
func (s *sheet) discounted(service Service, usd span) (span, string) {
	part := s.opts.Discounts.of(service)
	if part.IsZero() {
		return usd, ""
	}
	return usd.times(one.Sub(part)), "less your discount of " + part.Shift(2).String() + " %"
}
