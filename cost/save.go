package cost

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Saving is one way to have the same for less.
type Saving struct {
	// What is done, in one sentence, and Names are the resources that it is done to.
	What  string   `json:"what"`
	Names []string `json:"names"`
	// Monthly is what it saves of an expected month, in USD.
	Monthly decimal.Decimal `json:"monthly"`
	// Commitment is what one binds oneself to; empty for nothing.
	Commitment string `json:"commitment,omitempty"`
	// Risk is what may go wrong or become worse.
	Risk string `json:"risk"`
	// Change is the property to change, or where to buy.
	Change string `json:"change"`
	// Group is the same for savings that exclude one another: only one of them can
	// be had.
	Group string `json:"group"`
}

// Savings lists how the resources of a stack could be had for less, the most money
// first. Savings of one group exclude one another, and those of different groups may
// overlap: who moves to Arm reserves other machines. Only what the catalogue has a
// price for in the resource's own region is compared, at the list, whatever is discounted;
// NAT gateways everywhere, as a machine costs a tenth of one.
func (e *Estimator) Savings(resources []Resource) []Saving {
	st := newStack(e.Discounted(nil), resources)
	var lines []Line
	for _, s := range st.sheets() {
		lines = append(lines, s.lines...)
	}
	sv := &saver{stack: st, lines: lines}
	sv.reservations()
	sv.savingsPlans()
	sv.databasePlans()
	sv.spotShare()
	sv.fasterDisks()
	sv.idleResources()
	sv.fewerGateways()
	sv.cheaperKinds()
	sv.oldVersions()
	sv.machineNAT()
	sv.idleAddresses()
	sv.flatRates()
	slices.SortStableFunc(sv.found, func(a, b Saving) int {
		return cmp.Or(b.Monthly.Cmp(a.Monthly),
			cmp.Compare(a.What, b.What))
	})
	return sv.found
}

// saver gathers savings.
type saver struct {
	*stack
	lines []Line
	found []Saving
}

// leastSaving is the least that is worth a word, in USD a month.
var leastSaving = one

// add keeps a saving that is worth a word.
func (s *saver) add(x Saving) {
	x.Monthly = x.Monthly.Round(2)
	if x.Monthly.LessThan(leastSaving) {
		return
	}
	slices.Sort(x.Names)
	x.Names = slices.Compact(x.Names)
	s.found = append(s.found, x)
}

// alikeLines are the lines of one price, with their sums.
type alikeLines struct {
	key           Key
	names         []string
	expected, low decimal.Decimal // units of sale
	price         decimal.Decimal
}

// byPrice puts the lines of each price together that keep accepts, in the order of
// the prices. Spot and what is reserved already have a price of their own.
func (s *saver) byPrice(keep func(l Line) bool) []alikeLines {
	at := map[Key]*alikeLines{}
	for _, l := range s.lines {
		if l.Fallback || !l.Price.IsPositive() || strings.HasPrefix(l.Item, "spot ") ||
			strings.HasPrefix(l.Item, "reserved ") ||
			strings.HasPrefix(l.Item, "extended support") || !keep(l) {
			continue
		}
		g := at[l.key]
		if g == nil {
			g = &alikeLines{key: l.key, price: l.Price}
			at[l.key] = g
		}
		g.names = append(g.names, l.Name)
		g.expected = g.expected.Add(l.Quantity)
		g.low = g.low.Add(l.Low.Div(l.Price))
	}
	out := make([]alikeLines, 0, len(at))
	for _, g := range at {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b alikeLines) int { return compareKeys(a.key, b.key) })
	return out
}

// terms are the reservations whose prices the catalogue may hold.
var terms = []struct{ sku, commitment string }{
	{"reserved standard 1yr no-upfront", "1 year, nothing upfront"},
	{"reserved standard 3yr no-upfront", "3 years, nothing upfront"},
	{"reserved standard 3yr partial-upfront", "3 years, about half upfront"},
	{"reserved convertible 1yr no-upfront", "1 year, nothing upfront, exchangeable; about what a Compute Savings Plan costs"},
	{"reserved convertible 3yr no-upfront", "3 years, nothing upfront, exchangeable; about what a Compute Savings Plan costs"},
}

// reservations are for what runs at the quietest: only that is sure to be used.
func (s *saver) reservations() {
	for _, g := range s.byPrice(func(l Line) bool { return strings.HasSuffix(l.key.SKU, " on-demand") }) {
		base := strings.TrimSuffix(g.key.SKU, "on-demand")
		for _, t := range terms {
			p, ok := s.catalogue.At(Key{g.key.Service, base + t.sku, g.key.Region})
			if !ok || p.Rule != "" {
				continue
			}
			machines := g.low.Div(hoursPerMonth).Floor()
			typ, _, _ := strings.Cut(g.key.SKU, " ")
			s.add(Saving{
				What: "Reserve " + machines.String() + " × " + typ + " in " + g.key.Region, Names: g.names,
				Monthly: machines.Mul(hoursPerMonth).Mul(g.price.Sub(p.USD)), Commitment: t.commitment,
				Risk:   "paid whether it runs or not; as many as run at the quietest",
				Change: "buy it in the console, and say --set reservedInstances=" + typ + "=" + machines.String(),
				Group:  "reserve " + g.key.SKU + " " + g.key.Region,
			})
		}
	}
}

// otherWay is another way to have the same thing.
type otherWay struct {
	service  Service
	from, to string // a part of the SKU
	what     string
	risk     string
	change   string
}

// arm are Intel's and AMD's families with that of Arm that does the same.
var arm = [][2]string{
	{"t2", "t4g"}, {"t3", "t4g"}, {"t3a", "t4g"}, {"m3", "m7g"}, {"c3", "c7g"}, {"r3", "r7g"}, {"m4", "m7g"}, {"m5", "m7g"}, {"m5a", "m7g"}, {"m6i", "m7g"}, {"m6a", "m7g"}, {"m7i", "m7g"},
	{"c4", "c7g"}, {"c5", "c7g"}, {"c5a", "c7g"}, {"c6i", "c7g"}, {"c6a", "c7g"}, {"c7i", "c7g"},
	{"r4", "r7g"}, {"r5", "r7g"}, {"r5a", "r7g"}, {"r6i", "r7g"}, {"r6a", "r7g"}, {"r7i", "r7g"},
}

// otherWays are those, the same for all resources.
func otherWays() []otherWay {
	all := []otherWay{
		{EBS, "gp2", "gp3", "gp3 instead of gp2", "none: it is as fast or faster up to 1 TB; changed while in use", "type = gp3"},
		{CloudWatch, "Logs ingestion (Standard class)", "Logs ingestion (Infrequent Access class)", "logs of the Infrequent Access class",
			"no metric filters, alarms, subscriptions or live tail on them; a group keeps the class that it is made with",
			"logGroupClass = INFREQUENT_ACCESS, on new groups"},
		{ElastiCache, " Redis OSS node", " Valkey node", "Valkey instead of Redis OSS", "Redis 7.2's commands, and no later ones", "engine = valkey"},
	}
	for _, f := range arm {
		for service, at := range map[Service]string{EC2: "", RDS: "db.", Aurora: "db.", ElastiCache: "cache.",
			OpenSearch: ""} {
			risk := "programs and images must be built for Arm"
			if service != EC2 {
				risk = "the machine is replaced once; AWS's engine runs the same on Arm"
			}
			all = append(all, otherWay{service, at + f[0] + ".", at + f[1] + ".", at + f[1] + " instead of " + at + f[0], risk,
				"the type, " + at + f[1]})
		}
	}
	return all
}

// cheaperKinds compares what there is with other kinds of it.
func (s *saver) cheaperKinds() {
	for _, k := range otherWays() {
		lines := s.byPrice(func(l Line) bool {
			return l.key.Service == k.service && (strings.HasPrefix(l.key.SKU, k.from) || strings.HasPrefix(k.from, " ") &&
				strings.Contains(l.key.SKU, k.from)) &&
				!strings.Contains(l.key.SKU, "Windows")
		})
		saved, names := zero, []string{}
		for _, g := range lines {
			p, ok := s.catalogue.At(Key{g.key.Service, strings.Replace(g.key.SKU, k.from, k.to, 1), g.key.Region})
			if ok && p.USD.LessThan(g.price) {
				saved = saved.Add(g.expected.Mul(g.price.Sub(p.USD)))
				names = append(names, g.names...)
			}
		}
		s.add(Saving{What: string(k.service) + ": " + k.what, Names: names, Monthly: saved, Risk: k.risk, Change: k.change,
			Group: string(k.service) + k.what})
	}
}

// oldVersions are those past their standard support.
func (s *saver) oldVersions() {
	for _, l := range s.lines {
		switch {
		case strings.HasPrefix(l.Item, "extended support"):
			s.add(Saving{What: "End the " + l.Item, Names: []string{l.Name}, Monthly: l.Monthly,
				Risk:   "a major upgrade: try it on a copy first",
				Change: "engineVersion", Group: "upgrade " + l.URN})
		case l.key.SKU == "cluster in extended support":
			if p, ok := s.catalogue.At(Key{EKS, "cluster", l.key.Region}); ok {
				s.add(Saving{What: "Upgrade Kubernetes to a version in standard support", Names: []string{l.Name},
					Monthly: l.Monthly.Sub(p.USD.Mul(hoursPerMonth)), Risk: "one minor version after another; removed APIs", Change: "version", Group: "upgrade " + l.URN})
			}
		}
	}
}
