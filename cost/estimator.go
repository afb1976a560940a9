package cost

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Fallback says what to do when a region has no price.
type Fallback int

const (
	// FallbackLabelled takes the price of us-east-1 and says so on the line.
	FallbackLabelled Fallback = iota
	// FallbackNone leaves the item unpriced.
	FallbackNone
)

// Discount is how far a price may lie below the list, as shares from 0 to 1.
type Discount struct {
	// Least, Expected and Most are in rising order.
	Least, Expected, Most decimal.Decimal
}

// DefaultSpot is how far spot lies below on-demand. The seeds give 50–70 %;
// the samples in the catalogue (service "EC2 spot") lie 36–82 % below, and the
// zones of one region differ by up to 47 %.
func DefaultSpot() Discount {
	return Discount{Least: decimal.New(50, -2), Expected: decimal.New(60, -2), Most: decimal.New(70, -2)}
}

// spotSource is the source of every spot price.
const spotSource = "on-demand price less the spot discount of the seeds (50–70 %, 60 % expected)"

// defaultReserved is what a standard reservation for a year without upfront
// payment saves, per service, from the few list prices that are known:
// t3.medium 0.0261 against 0.0416 USD per hour, db.t3.large (MySQL) 0.0957
// against 0.136, cache.m6g.12xlarge 2.428 against 3.557.
var defaultReserved = map[Service]decimal.Decimal{
	EC2: decimal.New(37, -2), RDS: decimal.New(30, -2), ElastiCache: decimal.New(32, -2), Aurora: decimal.New(30, -2),
}

// Options are what an estimate assumes. The zero value prices us-east-1 with
// no traffic, no reservations and labelled fallbacks.
type Options struct {
	// Traffic drives usage. The zero value leaves usage out of the estimate
	// and lists what depends on it.
	Traffic ladder.Traffic
	// Region prices resources that name none; empty means HomeRegion.
	Region string
	// RegionUnknown says that Region is a guess: resources that name none are priced
	// there, and their lines say that nobody knows where they are.
	RegionUnknown bool
	// Fallback decides about regions without a price.
	Fallback Fallback
	// Reserved counts the reservations per instance type, database class or
	// node type. They cover on-demand hours in the order of the URNs; one that
	// covers nothing is not billed.
	Reserved map[string]int
	// ReservedDiscount is what a reservation saves, 0 to 1, whatever it covers;
	// zero means about
	// a third, what the known reserved prices of the service save.
	ReservedDiscount decimal.Decimal
	// Spot is the discount of spot capacity; zero means DefaultSpot.
	Spot Discount
	// EdgeShares says where viewers are: CloudFront edge area ("Europe,
	// Israel") to the share of the traffic. Empty means near the regions that
	// answer them, as many as each answers; near Region where none does. The
	// shares should add up to 1.
	EdgeShares map[string]float64
	// Usage is what somebody says is used, where no property tells.
	Usage Usage
	// Discounts are how much less than the list is paid; nil is the list.
	Discounts Discounts
	// Now decides which database versions are in paid extended support. Zero
	// means the day of the newest price of the catalogue.
	Now time.Time
}

// Estimator prices stacks. It may be used from several goroutines.
type Estimator struct {
	catalogue *Catalogue
	opts      Options
}

// NewEstimator returns an estimator for the given prices and assumptions.
func NewEstimator(c *Catalogue, opts Options) *Estimator {
	if opts.Region == "" {
		opts.Region = HomeRegion
	}
	if opts.Usage.Users > 0 || opts.Usage.Peak > 0 {
		opts.Traffic = withLoad(opts.Traffic, opts.Usage.Users, opts.Usage.Peak)
	}
	if opts.Spot == (Discount{}) {
		opts.Spot = DefaultSpot()
	}
	if opts.Now.IsZero() {
		opts.Now = c.newest()
	}
	return &Estimator{catalogue: c, opts: opts}
}

// With is an estimator that takes another load, and everything else the same.
func (e *Estimator) With(t ladder.Traffic) *Estimator {
	opts := e.opts
	opts.Traffic = t
	return &Estimator{catalogue: e.catalogue, opts: opts}
}

// withLoad is a profile with other users and another peak. A stack without a
// profile has that of a typical product, whose fleets are built for the peak.
func withLoad(t ladder.Traffic, users int, peak float64) ladder.Traffic {
	stage := ladder.Stage{Traffic: t}
	if t.Users == 0 {
		stage, _ = ladder.Get(ladder.First)
		stage.Traffic.BuiltForRequestsPerSecond, stage.Traffic.MostUsers = 0, 0
		if users == 0 {
			users = int(peak * usersPerPeak)
		}
		if peak == 0 {
			peak = float64(users) / usersPerPeak
		}
	}
	return stage.For(users, peak)
}

// usersPerPeak is how many users bring a request per second at the peak, on every
// stage of the ladder.
const usersPerPeak = 100

// pricer prices one resource: it writes charges, or why there are none, on
// the resource's sheet.
type pricer func(s *sheet)

// Estimate prices the resources of one stack. Their order does not matter;
// the lines come out sorted by URN.
func (e *Estimator) Estimate(resources []Resource) Estimate {
	st := newStack(e, resources)
	est := Estimate{
		Lines: make([]Line, 0, 2*len(resources)),
		Free:  []Note{}, UsageBased: []Note{}, Unpriced: []Note{},
		Expected: zero, Low: zero, High: zero,
	}
	for _, s := range st.sheets() {
		s.settle(&est)
	}
	return est
}

// sheets prices every resource, in their order. Dashboards come to their turn
// last: what they draw is whoever else's has it, and in a preview nobody knows
// yet what they draw.
func (st *stack) sheets() []*sheet {
	all := make([]*sheet, len(st.all))
	for _, boards := range []bool{false, true} {
		for i, r := range st.all {
			if (r.Type == token.CloudWatchDashboard) == boards {
				all[i] = st.price(r)
			}
		}
	}
	return all
}

// price fills the sheet of one resource.
func (st *stack) price(r *Resource) *sheet {
	s := &sheet{stack: st, r: r, props: r.Props, region: cmp.Or(r.Region, st.opts.Region),
		unplaced: r.Region == "" && st.opts.RegionUnknown}
	typ := resource.Canonical(r.Type)
	switch {
	case r.Group:
		s.free("groups other resources; not a cloud resource")
	case typ == typeOmitted:
		s.unpriced("", "the preview leaves unchanged resources out; make it with: pulumi preview --json --show-sames")
	case r.External:
		s.free("only read by this stack; whoever manages it pays for it")
	default:
		s.byModel(typ)
		s.asUsed()
	}
	return s
}

// byModel prices a resource by the model of its type.
func (s *sheet) byModel(typ string) {
	if p, ok := pricers[typ]; ok {
		p(s)
		return
	}
	if strings.HasPrefix(typ, "kubernetes:") {
		priceKubernetes(s)
		return
	}
	if reason, ok := freeReasons[typ]; ok {
		s.free(reason)
		return
	}
	k, ok := kindOf(typ)
	switch {
	case !ok:
		s.unpriced("", whyUnknown(typ))
	case k.state == "free":
		s.free(k.reason)
	case k.state == "usage":
		s.usage(k.reason)
	default:
		s.unpriced("", k.reason)
	}
}

// newStack sorts the resources by URN and prepares what pricers look up.
func newStack(e *Estimator, resources []Resource) *stack {
	resources, unread := withTemplates(resources)
	st := &stack{
		Estimator: e,
		unread:    unread,
		all:       make([]*Resource, len(resources)),
		byType:    make(map[string][]*Resource),
		byURN:     make(map[string]*Resource, len(resources)),
		refs:      map[string]map[string]*Resource{},
		groups:    map[string]map[string][]*Resource{},
		used:      map[string]decimal.Decimal{},
		sharersBy: map[string]*sharers{},
	}
	for i := range resources {
		st.all[i] = inClassicWords(&resources[i])
	}
	slices.SortStableFunc(st.all, func(a, b *Resource) int { return strings.Compare(a.URN, b.URN) })
	for _, r := range st.all {
		st.byURN[r.URN] = r
		if !r.Group && !r.External {
			t := resource.Canonical(r.Type)
			st.byType[t] = append(st.byType[t], r)
		}
	}
	st.spread = usageRange()
	st.gather()
	st.load = st.deriveLoad()
	return st
}

// AsOf is the youngest day of any price, as YYYY-MM-DD; empty when there is none.
func (c *Catalogue) AsOf() string {
	if day := c.newest(); !day.IsZero() {
		return day.Format(time.DateOnly)
	}
	return ""
}

// newest is the youngest date of any price; the zero time when there is none.
func (c *Catalogue) newest() time.Time {
	var last time.Time
	for _, p := range c.prices {
		if t, err := time.Parse(time.DateOnly, p.AsOf); err == nil && t.After(last) {
			last = t
		}
	}
	return last
}
