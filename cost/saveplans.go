package cost

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// computePlans are the terms of a Compute Savings Plan, whose prices are usually those
// of reservations that can be exchanged.
var computePlans = []struct{ sku, term string }{
	{"reserved convertible 1yr no-upfront", "1 year"}, {"reserved convertible 3yr no-upfront", "3 years"},
}

// savingsPlans commit to an amount an hour, for all machines of EC2 together, as many as
// run at the quietest: a plan that is not used is lost by the hour.
func (s *saver) savingsPlans() {
	lines := s.byPrice(func(l Line) bool { return l.key.Service == EC2 && strings.HasSuffix(l.key.SKU, " on-demand") })
	for _, plan := range computePlans {
		saved, hourly, names := zero, zero, []string{}
		for _, g := range lines {
			p, ok := s.catalogue.At(Key{EC2, strings.TrimSuffix(g.key.SKU, "on-demand") + plan.sku, g.key.Region})
			if !ok || p.Rule != "" {
				continue
			}
			machines := g.low.Div(hoursPerMonth).Floor()
			saved = saved.Add(machines.Mul(hoursPerMonth).Mul(g.price.Sub(p.USD)))
			hourly, names = hourly.Add(machines.Mul(p.USD)), append(names, g.names...)
		}
		s.add(Saving{
			What: "A Compute Savings Plan of $" + hourly.StringFixed(3) + " an hour", Names: names, Monthly: saved,
			Commitment: plan.term + ", nothing upfront",
			Risk:       "paid whether it is used or not, by the hour; holds for any type, region, Fargate and Lambda, and never for spot",
			Change:     "buy it under Savings Plans in the billing console",
			Group:      "reserve " + string(EC2),
		})
	}
}

// databasePlan is what a Database Savings Plan saves at least of provisioned machines;
// AWS says 12 to 20 % by class, and up to 35 % of serverless.
var databasePlan = decimal.New(12, -2)

// newGeneration finds the generation of a class: the plan holds for the 7th and later.
var newGeneration = regexp.MustCompile(`^(?:db|cache)\.[a-z]+[7-9]`)

// databasePlans commit to an amount an hour for databases of a recent generation, of any
// engine. Machines before the seventh are not covered.
func (s *saver) databasePlans() {
	saved, hourly, names := zero, zero, []string{}
	for _, g := range s.byPrice(coveredByDatabasePlan) {
		month := g.low.Mul(g.price)
		saved = saved.Add(month.Mul(databasePlan))
		hourly, names = hourly.Add(month.Div(hoursPerMonth).Mul(one.Sub(databasePlan))), append(names, g.names...)
	}
	s.add(Saving{
		What: "A Database Savings Plan of $" + hourly.StringFixed(3) + " an hour", Names: names, Monthly: saved,
		Commitment: "1 year, nothing upfront",
		Risk:       "paid whether it is used or not; for any engine, size and region; AWS says 12 to 20 % by class, and the least is counted",
		Change:     "buy it under Savings Plans in the billing console", Group: "reserve databases",
	})
}

func coveredByDatabasePlan(l Line) bool {
	switch l.key.Service {
	case RDS, Aurora, DocumentDB, Neptune:
		return newGeneration.MatchString(l.key.SKU)
	case ElastiCache:
		return newGeneration.MatchString(l.key.SKU) && strings.Contains(l.key.SKU, "Valkey")
	case DynamoDB:
		return strings.HasPrefix(l.key.SKU, "provisioned ")
	}
	return false
}

// spotHalf is the part of a fleet that is offered as spot.
var spotHalf = decimal.New(5, -1)

// spotShare buys a half of the fleets that run on demand as spot.
func (s *saver) spotShare() {
	saved, names := zero, []string{}
	for _, l := range s.lines {
		if l.key.Service != EC2 || l.Fallback || !strings.HasPrefix(l.Item, "instance hours") {
			continue
		}
		if typ := resource.Canonical(l.Type); typ != token.AutoScalingGroup && typ != token.EKSNodeGroup {
			continue
		}
		saved, names = saved.Add(l.Monthly.Mul(spotHalf).Mul(s.opts.Spot.Least)), append(names, l.Name)
	}
	s.add(Saving{What: "Half of the machines of fleets as spot", Names: names, Monthly: saved,
		Risk:   "machines go with two minutes' notice, several at once; counted at the least that spot is below on demand",
		Change: "--set web.spotShare=… and workers.spotShare=… on a stage; elsewhere mixedInstancesPolicy, or capacityType = SPOT",
		Group:  "spot"})
}

// fasterDisks puts gp3 with as many operations in the place of disks with provisioned
// ones, as far as gp3 has them.
func (s *saver) fasterDisks() {
	const most, included = 16_000, 3_000
	for _, v := range s.byType[token.EBSVolume] {
		p := props(v.Props)
		iops, known := p.num("iops")
		typ := p.str("type")
		if !known || typ != "io1" && typ != "io2" || iops.GreaterThan(num(most)) {
			continue
		}
		now, gb := zero, p.numOr("size", 0)
		region := ""
		for _, l := range s.lines {
			if l.URN == v.URN && !l.Fallback {
				now, region = now.Add(l.Monthly), l.key.Region
			}
		}
		disk, ok1 := s.catalogue.At(Key{EBS, "gp3", region})
		more, ok2 := s.catalogue.At(Key{EBS, "gp3 IOPS above 3,000", region})
		if !ok1 || !ok2 {
			continue
		}
		then := gb.Mul(disk.USD).Add(atLeastZero(iops.Sub(num(included))).Mul(more.USD))
		s.add(Saving{What: fmt.Sprintf("EBS: gp3 with %s IOPS instead of %s", iops, typ), Names: []string{v.Name},
			Monthly: now.Sub(then),
			Risk:    "it lasts less surely (99.8 % instead of 99.9 or 99.999 %) and answers in milliseconds, not below one; changed while in use",
			Change:  "type = gp3, and throughput as it is used", Group: "disk " + v.URN})
	}
}
