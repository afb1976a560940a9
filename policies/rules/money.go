package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// money lists the rules about the bill.
func money() []rule.Rule {
	return []rule.Rule{
		{
			ID: "stage-budget", Title: "The month stays under the stage's budget, and somebody is told before it ends", Severity: rule.High, Kind: rule.OnStack,
			Why: "Costs are found out a month late otherwise. A budget that you set yourself (rung:budget) makes the rule mandatory.", Default: from(rule.Advisory, 3),
			Types: []string{token.BudgetsBudget}, Stack: stageBudget, Strict: func(s rule.Settings) bool { return s.OwnBudget },
		},
		{
			ID: "spot-share", Title: "Spot never carries the baseline", Severity: rule.High, Kind: rule.OnStack,
			Why: "Spot machines go with two minutes' notice, often all of one type at once.", Default: mandatory,
			Types: []string{token.AutoScalingGroup, token.EC2LaunchTemplate, token.EC2LaunchConfiguration}, Stack: spotShare,
			Params: []rule.Param{
				{Name: "types", Meaning: "least machine types that spot may choose from", Default: 4.0, Low: 1, High: 40},
				{Name: "onDemandPercent", Meaning: "least part above the baseline that is on-demand, in percent", Default: 0.0, Low: 0, High: 100},
			},
		},
		{
			ID: "commitment-covers-base", Title: "What always runs is covered by a commitment", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "A year's commitment saves about a third of what runs anyway; one for more than that is paid for nothing.", Default: rule.Default{Level: rule.Advisory, From: 3},
			Types: []string{token.AutoScalingGroup, token.RDSInstance, token.RDSReservedInstance}, Stack: commitment,
			Params: []rule.Param{
				{Name: "percent", Meaning: "least part that is covered", Default: 60.0, Low: 0, High: 100},
				{Name: "instances", Meaning: "fewest machines of a family for which a commitment is worth its risk, in units of a large", Default: 4.0, Low: 1, High: 1000},
			},
		},
	}
}

// catalogue is read once: it is the same for every run. Prices of the user's own
// count here as they do in a preview.
var catalogue = sync.OnceValues(cost.LoadUser)

// Estimate is the month of a stack under the settings.
func Estimate(s *rule.Stack, set rule.Settings) (cost.Estimate, error) {
	c, err := catalogue()
	if err != nil {
		return cost.Estimate{}, fmt.Errorf("read the price catalogue: %w", err)
	}
	e := cost.NewEstimator(c,
		cost.Options{Traffic: set.Traffic, Region: set.Region, Reserved: set.Reserved,
			ReservedDiscount: set.ReservedDiscount})
	return e.Estimate(priced(s)), nil
}

// priced turns the resources into what the estimate reads.
func priced(s *rule.Stack) []resource.Resource {
	all := make([]resource.Resource, 0, len(s.All()))
	for _, r := range s.All() {
		outputs := resource.PropsFromProperties(r.Props.Map())
		props := resource.Planned(resource.PropsFromProperties(r.Inputs.Map()), outputs, "")
		all = append(all, resource.Resource{
			URN: r.URN, Type: r.Type, Name: r.Name, Component: s.ComponentName(r), Group: resource.IsGroup(r.Type),
			Region: resource.RegionOf(r.Type, props, r.Region), Props: props, Dependencies: r.Depends,
		})
	}
	return all
}

func stageBudget(c *rule.Check, s *rule.Stack) {
	limit := c.Settings.Budget
	if limit.IsZero() {
		return
	}
	estimate, err := Estimate(s, c.Settings)
	if err != nil {
		c.FailStack(fmt.Sprintf("the month could not be estimated: %v", err))
		return
	}
	if estimate.Expected.GreaterThan(limit) {
		c.FailStack(fmt.Sprintf("the estimate is $%s a month and the budget $%s; the dearest are %s. Make them smaller, or "+
			"raise rung:budget",
			estimate.Expected.StringFixed(2), limit.StringFixed(2), strings.Join(dearest(estimate, 3), ", ")))
	}
	budgetAlarm(c, s)
}

// dearest are the resources that cost most, with their price.
func dearest(e cost.Estimate, n int) []string {
	sums := map[string]decimal.Decimal{}
	names := map[string]string{}
	for _, l := range e.Lines {
		sums[l.URN] = sums[l.URN].Add(l.Monthly)
		names[l.URN] = l.Name
	}
	urns := slices.SortedFunc(maps.Keys(sums), func(a, b string) int {
		if by := sums[b].Cmp(sums[a]); by != 0 {
			return by
		}
		return strings.Compare(a, b)
	})
	var out []string
	for _, urn := range urns[:min(n, len(urns))] {
		out = append(out, fmt.Sprintf("%s ($%s)", names[urn], sums[urn].StringFixed(2)))
	}
	return out
}

// budgetAlarm wants notices at 80 % of what was spent and 100 % of what AWS
// expects to be spent.
func budgetAlarm(c *rule.Check, s *rule.Stack) {
	budgets := s.Of(token.BudgetsBudget)
	if len(budgets) == 0 {
		c.FailStack("no budget alarm; add an aws:budgets/budget:Budget with notices at 80 % of the actual and 100 % of the " +
			"forecast cost")
	}
	for _, b := range budgets {
		for _, want := range []struct {
			kind  string
			limit float64
		}{{"ACTUAL", 80}, {"FORECASTED", 100}} {
			c.Require(notifies(b, want.kind, want.limit), b, "notifications",
				fmt.Sprintf("add a notice at %g %% of the %s cost", want.limit, strings.ToLower(want.kind)))
		}
	}
}

func notifies(b *rule.Resource, kind string, most float64) rule.Tri {
	all, there := b.At("notifications").List()
	if there != rule.Yes {
		return there
	}
	got := rule.No
	for _, n := range all {
		if n.Unknown() {
			got = rule.Any(got, rule.Unknown)
			continue
		}
		got = rule.Any(got, rule.All(n.At("notificationType").Is(kind), inTime(b, n, most)))
	}
	return got
}

// inTime says whether a notice comes at a percentage of the budget or before. It
// may be given as an amount.
func inTime(b *rule.Resource, notice rule.Value, most float64) rule.Tri {
	threshold := notice.At("threshold")
	if notice.At("thresholdType").Is("ABSOLUTE_VALUE") != rule.Yes {
		return threshold.Between(1, most)
	}
	limit, there := b.At("limitAmount").Number()
	return rule.All(there, threshold.Between(0, limit*most/100))
}

func spotShare(c *rule.Check, s *rule.Stack) {
	for _, g := range s.Of(token.AutoScalingGroup) {
		checkSpotOnly(c, s, g)
		const at = "mixedInstancesPolicy.instancesDistribution."
		percent := g.At(at + "onDemandPercentageAboveBaseCapacity")
		n, there := percent.Number()
		if there == rule.Unknown {
			c.Undecided(g, at+"onDemandPercentageAboveBaseCapacity")
		}
		if there != rule.Yes || n >= 100 {
			continue // AWS's default is no spot
		}
		if g.Tag("rung:state").Is("stateful") == rule.Yes {
			c.Require(rule.No, g, at+"onDemandPercentageAboveBaseCapacity", "set it to 100: the group holds state")
		}
		checkBaseline(c, g, at)
		c.Require(percent.AtLeast(c.Number("onDemandPercent")), g, at+"onDemandPercentageAboveBaseCapacity",
			fmt.Sprintf("set it to %g or more", c.Number("onDemandPercent")))
		c.Require(g.At("capacityRebalance").Flag(), g, "capacityRebalance",
			"set it to true: AWS then replaces a spot machine before it takes it")
		checkChoice(c, g)
	}
}

// checkSpotOnly finds groups that have no baseline at all, because what they
// start is a spot machine whatever the group says.
func checkSpotOnly(c *rule.Check, s *rule.Stack, g *rule.Resource) {
	const fix = "leave it out, and mix spot in with the group's mixedInstancesPolicy"
	if g.At("minSize").AtLeast(1) == rule.No {
		return
	}
	for _, t := range s.Targets(g, "launchTemplate", token.EC2LaunchTemplate) {
		c.Refuse(t.At("instanceMarketOptions.marketType").Is("spot"), t, "instanceMarketOptions.marketType", fix)
	}
	for _, l := range s.Targets(g, "launchConfiguration", token.EC2LaunchConfiguration) {
		c.Refuse(l.At("spotPrice").Present(), l, "spotPrice", fix)
	}
}

func checkBaseline(c *rule.Check, g *rule.Resource, at string) {
	least, there := g.At("minSize").Number()
	switch there {
	case rule.Unknown:
		c.Undecided(g, "minSize")
	case rule.Yes:
		base := g.At(at + "onDemandBaseCapacity")
		if least > 0 || base.Unknown() {
			c.Require(base.AtLeast(least), g, at+"onDemandBaseCapacity", fmt.Sprintf("set it to %g, the group's minimum", least))
		}
	}
}

func checkChoice(c *rule.Check, g *rule.Resource) {
	const path = "mixedInstancesPolicy.launchTemplate.overrides"
	overrides := g.At(path)
	if g.At(path+".instanceRequirements").Given() == rule.Yes {
		return // chosen by what a machine must have
	}
	all, there := overrides.List()
	switch {
	case there == rule.Unknown:
		c.Undecided(g, path)
	case float64(len(all)) < c.Number("types"):
		c.Fail(g, path, fmt.Sprintf("%d machine types", len(all)),
			fmt.Sprintf("name at least %g, so that one type running out does not matter", c.Number("types")))
	}
}

// base is what always runs of a family, in units of a large, and where from.
type base struct {
	units float64
	first *rule.Resource
}

func commitment(c *rule.Check, s *rule.Stack) {
	bases := map[string]base{}
	for _, g := range s.Of(token.AutoScalingGroup) {
		n, _ := g.At("minSize").Number()
		add(bases, g, "", g.At("mixedInstancesPolicy.launchTemplate.overrides.instanceType"), n)
	}
	for _, db := range s.Of(token.RDSInstance) {
		n := 1.0
		if db.At("multiAz").Flag() == rule.Yes {
			n = 2
		}
		add(bases, db, "db.", db.At("instanceClass"), n)
	}
	covered := coverage(c, s)
	for _, family := range slices.Sorted(maps.Keys(bases)) {
		checkCoverage(c, family, bases[family], covered[family])
	}
}

func add(bases map[string]base, r *rule.Resource, prefix string, class rule.Value, n float64) {
	family, units := unitsOf(class)
	b := bases[prefix+family]
	if b.first == nil {
		b.first = r
	}
	b.units += n * units
	if family != "" && b.units > 0 {
		bases[prefix+family] = b
	}
}

func unitsOf(v rule.Value) (family string, units float64) {
	text, _ := v.Text()
	family, size := class(text)
	return family, factorOf(size) / factorOf("large")
}

// coverage is what reservations cover of each family, in units of a large.
func coverage(c *rule.Check, s *rule.Stack) map[string]float64 {
	covered := map[string]float64{}
	for name, n := range c.Settings.Reserved {
		family, size := class(name)
		if strings.HasPrefix(name, "db.") {
			family = "db." + family
		}
		covered[family] += float64(n) * factorOf(size) / factorOf("large")
	}
	for _, r := range s.Of(token.RDSReservedInstance) {
		n, there := r.At("instanceCount").Number()
		if there != rule.Yes {
			n = 1
		}
		family, units := unitsOf(r.At("dbInstanceClass"))
		covered["db."+family] += n * units
	}
	return covered
}

func checkCoverage(c *rule.Check, family string, b base, covered float64) {
	percent := 100 * covered / b.units
	switch {
	case percent > 100:
		c.Fail(b.first, "reserved "+family, fmt.Sprintf("%.0f %% of what always runs", percent),
			"do not renew what is never used")
	case b.units >= c.Number("instances") && percent < c.Number("percent"):
		c.Fail(b.first, "reserved "+family, fmt.Sprintf("%.0f %% of what always runs", percent),
			fmt.Sprintf("reserve %g %% of it for a year and say so in rung:reservedInstances", c.Number("percent")))
	}
}
